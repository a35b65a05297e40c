"""Recording a paid order: the fact, and everything it will be settled with, frozen (E7).

Works inside the caller's transaction, without the pool's lock: `pay_at_store` opens one for it,
`confirm_payment` adds what the channel said to the same commit.

Units: `amount_fen` in fen. Source: E7, R1-R5, R9; reliability C2, C3.
"""

from typing import Any

from psycopg import Cursor

from gongxiang.base.clock import SECOND, format_at
from gongxiang.base.money import FEN
from gongxiang.economy import referral, reward
from gongxiang.economy.agency import LEVELS
from gongxiang.economy.events import Reward
from gongxiang.governance.terms import terms_of
from gongxiang.lab.lines import PaidLine
from gongxiang.merchants.rates import RATE
from gongxiang.orders import arrivals, facts
from gongxiang.orders.facts import Recorded
from gongxiang.orders.models import Kind
from gongxiang.rulebook.divisions import divisions
from gongxiang.settlement.place import due_rank

_PAYER = """
SELECT party.key, member.referrer_id, above.referrer_id, bound_by.recruiter_id, member.member_id
  FROM members_party party
  LEFT JOIN members_member member ON member.member_id = party.id
  LEFT JOIN members_member above ON above.member_id = member.referrer_id
  LEFT JOIN merchants_store bound_by ON bound_by.store_id = member.via_store_id
 WHERE party.id = %s
"""
_STORE = f"""
SELECT party.key, {RATE.format(at="%s::timestamptz")}, store.recruiter_id, store.division_code
  FROM merchants_store store JOIN members_party party ON party.id = store.store_id
 WHERE store.store_id = %s
"""  # noqa: S608  no value is spliced in
_GRAND_REGION = """
SELECT region.name FROM regions_grandregionprovince province
  JOIN regions_grandregion region ON region.id = province.grand_region_id
 WHERE province.province_code = %s
"""
_IN_OFFICE = """
SELECT contract.level, contract.member_id
  FROM unnest(%s::text[], %s::text[]) AS place (level, region)
  JOIN regions_contract contract USING (level, region)
 WHERE tstzrange(contract.start_at, contract.end_at) @> %s::timestamptz
"""
_MEET = """
INSERT INTO members_member (member_id, is_introduced, joined_at) VALUES (%s, false, %s)
ON CONFLICT (member_id) DO NOTHING
"""
_ORDER = """
INSERT INTO orders_order (id, member_id, store_id, amount, returned, commission_rate, version_id,
    direct_id, indirect_id, recruiter_id, district_id, city_id, province_id, grand_region_id,
    paid_at, due_at, due_rank)
VALUES (%s, %s, %s, %s, 0, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


class UnknownParty(Exception):
    """A member or a store that the platform does not know: nothing was recorded."""


def record_paid(
    cursor: Cursor[Any], *, key: str, member: int, store: int, amount_fen: int
) -> Recorded:
    """Record a paid order under its key; the same key and body give the first answer again.

    Raises `UnknownParty` and `facts.KeyTaken`; the caller's transaction must then be undone.
    """
    at = facts.moment(cursor)
    payer = _one(cursor, _PAYER, member)
    shop = _one(cursor, _STORE, format_at(at), store)
    recorded = facts.record(
        cursor,
        lambda moment: PaidLine(key, payer[0], shop[0], amount_fen, moment),
        kind=Kind.PAID,
        home=member,
        amount=amount_fen * FEN,
        at=at,
    )
    if recorded.is_new:
        if payer[4] is None:
            cursor.execute(_MEET, (member, format_at(at)))
        _write_order(cursor, recorded, member, store, amount_fen * FEN, payer, shop)
        arrivals.announce(cursor, store=store, key=key)
    return recorded


def _write_order(  # noqa: PLR0917  an order is what it is
    cursor: Cursor[Any],
    recorded: Recorded,
    member: int,
    store: int,
    amount: int,
    payer: tuple[Any, ...],
    shop: tuple[Any, ...],
) -> None:
    version, terms = 1, terms_of(1)
    _, referrer, referrer_of_referrer, bound_by_recruiter, _ = payer
    _, commission_rate, recruiter, division = shop
    agents = _agents(cursor, division, recorded.at)
    indirect = referral.indirect(
        referrer=referrer,
        bound_by_recruiter=bound_by_recruiter,
        referrer_of_referrer=referrer_of_referrer,
    )
    persons = _persons(
        reward.of_referral(referrer, indirect, terms=terms)
        + reward.of_store(recruiter, agents, terms=terms)
    )
    due_at = recorded.at + terms.window * SECOND
    cursor.execute(
        _ORDER,
        (
            recorded.number,
            member,
            store,
            amount,
            commission_rate,
            version,
            *(persons.get(role) for role in reward.ROLES),
            format_at(recorded.at),
            format_at(due_at),
            due_rank(paid_at=recorded.at, due_at=due_at),
        ),
    )


def _agents(cursor: Cursor[Any], division: str | None, at: int) -> tuple[int | None, ...]:
    """Give who is in office for a division, at each of the four levels (R5)."""
    place = divisions().place(division)
    cursor.execute(_GRAND_REGION, (place.province,))
    grand_region = (cursor.fetchone() or (None,))[0]
    regions = (place.district, place.city, place.province, grand_region)
    known = [(level, region) for level, region in zip(LEVELS, regions, strict=True) if region]
    cursor.execute(
        _IN_OFFICE,
        ([level for level, _ in known], [region for _, region in known], format_at(at)),
    )
    in_office = dict(cursor.fetchall())
    return tuple(in_office.get(level) for level in LEVELS)


def _persons(rewards: tuple[Reward, ...]) -> dict[str, object]:
    return {role: person for role, person, _ in rewards}


def _one(cursor: Cursor[Any], query: str, *values: object) -> tuple[Any, ...]:
    cursor.execute(query, values)
    row = cursor.fetchone()
    if row is None:
        raise UnknownParty(f"party {values[-1]} is not known")
    return tuple(row)
