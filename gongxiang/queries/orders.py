"""What the pages of paying ask the database; few questions, each from a key.

Units: µ¥, atoms, microseconds since 1970 UTC. Source: design/ui/faces.md 6.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.ledger.together import Together
from gongxiang.merchants.codes import plain
from gongxiang.merchants.rates import RATE_NOW
from gongxiang.payments.clock import LATE
from gongxiang.payments.models import Attempt as AttemptRow
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import open_channels_of
from gongxiang.queries.moment import NOW, now_of
from gongxiang.queries.orders_data import (
    Attempt,
    Kind,
    Paid,
    Row,
    Shop,
    Unfinished,
    standing,
)
from gongxiang.rulebook.divisions import divisions

_SIZE: Final = 20
NEWEST: Final = 2**63 - 1
"""Above every order's number."""
_SHOP: Final = f"""
SELECT store.store_id, party.key, coalesce(nullif(store.name, ''), party.key),
       store.division_code, {RATE_NOW},
       EXISTS (SELECT FROM merchants_application handed_in
                WHERE handed_in.store_id = store.store_id AND handed_in.state = 'approved'
                  AND handed_in.member_id = store.owner_id)
  FROM merchants_store store JOIN members_party party ON party.id = store.store_id
 WHERE store.store_id = coalesce(
         (SELECT store_id FROM merchants_storecode WHERE code = %s),
         (SELECT party_id FROM members_partykey WHERE (key, kind) = (%s, 2)))
"""  # noqa: S608  no value is spliced in
_ATTEMPT: Final = """
SELECT attempt.number, attempt.home_id, attempt.member_id, attempt.order_id,
       coalesce(nullif(store.name, ''), party.key), party.key, attempt.provider,
       attempt.amount_fen, attempt.state, attempt.hand_off,
       (extract(epoch FROM attempt.opened_at) * 1000000)::bigint,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, pay_in.case_id, attempt.note
  FROM payments_attempt attempt
  JOIN merchants_store store ON store.store_id = attempt.store_id
  JOIN members_party party ON party.id = attempt.store_id
  LEFT JOIN treasury_payin pay_in
    ON (pay_in.store_id, pay_in.number) = (attempt.store_id, attempt.number)
 WHERE attempt.number = %s
"""
_BACK: Final = f"""
SELECT CASE WHEN bool_and(back.state = 'done') THEN 'done'
            WHEN bool_or(back.state = 'failed') THEN 'failed'
            WHEN bool_or(back.state <> 'done' AND back.created_at < {LATE}) THEN 'late'
            ELSE 'waiting' END AS state, sum(back.amount_fen) AS fen
  FROM payments_transaction money
  JOIN payments_channelrefund back USING (provider, transaction_id)
 WHERE money.attempt_number = fact.key AND NOT back.is_replaced AND {{which}}
HAVING count(*) > 0
"""  # noqa: S608  no value is spliced in
"""How far the channel is with what goes back to a payer; no row where nothing does."""
_PAID: Final = f"""
SELECT fact.key, paid.id, paid.member_id, coalesce(nullif(store.name, ''), party.key), party.key,
       coalesce((SELECT provider FROM payments_attempt WHERE number = fact.key), ''),
       paid.amount, paid.returned, paid.commission_rate, paid.version_id,
       (extract(epoch FROM paid.paid_at) * 1000000)::bigint,
       (extract(epoch FROM paid.due_at) * 1000000)::bigint,
       (extract(epoch FROM clock_timestamp() + make_interval(secs => (
            SELECT offset_seconds FROM points_horizon))) * 1000000)::bigint,
       lot.minted,
       coalesce(refund.state, ''),
       coalesce((SELECT amount_fen FROM payments_refundrequest asked
         WHERE (asked.member_id, asked.order_id) = (paid.member_id, paid.id)
           AND asked.state = 'asked'), 0),
       coalesce((SELECT answer FROM payments_refundrequest declined
         WHERE (declined.member_id, declined.order_id) = (paid.member_id, paid.id)
           AND declined.state = 'declined' ORDER BY answered_at DESC LIMIT 1), ''),
       coalesce(paid.amount - paid.returned - lot.spend, 0),
       coalesce(surplus.fen, 0), coalesce(surplus.state, ''), coalesce(profile.phone, ''),
       coalesce((SELECT note FROM payments_attempt WHERE number = fact.key), '')
  FROM orders_fact fact
  JOIN orders_order paid ON (paid.member_id, paid.id) = (fact.home_id, fact.id)
  JOIN merchants_store store ON store.store_id = paid.store_id
  JOIN members_party party ON party.id = paid.store_id
  LEFT JOIN merchants_profile profile ON profile.store_id = paid.store_id
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (paid.member_id, paid.id)
  LEFT JOIN LATERAL ({_BACK.format(which="NOT money.is_surplus")}) refund ON true
  LEFT JOIN LATERAL ({_BACK.format(which="money.is_surplus")}) surplus ON true
 WHERE fact.key = %s
"""  # noqa: S608  no value is spliced in
LIST: Final = """
SELECT paid.id, fact.key, coalesce(nullif(store.name, ''), party.key), paid.amount,
       (extract(epoch FROM paid.paid_at) * 1000000)::bigint,
       paid.gone, paid.is_settled, coalesce(store.division_code, '')
  FROM (SELECT own.*, lot.id IS NOT NULL AS is_settled,
               own.amount - coalesce(lot.spend, own.amount - own.returned) AS gone
          FROM orders_order own
          LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (own.member_id, own.id)
         WHERE own.member_id = %(member)s AND own.id < %(before)s {where}
         ORDER BY own.id DESC LIMIT %(size)s) paid
  JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
  JOIN merchants_store store ON store.store_id = paid.store_id
  JOIN members_party party ON party.id = paid.store_id
 ORDER BY paid.id DESC
"""
_WHERE: Final[dict[Kind | None, str]] = {
    None: "",
    Kind.WAITING: "AND lot.id IS NULL AND own.returned < own.amount",
    Kind.SETTLED: "AND lot.id IS NOT NULL AND lot.spend > 0",
    Kind.RETURNED: "AND coalesce(lot.spend, own.amount - own.returned) < own.amount",
}
_OF_MONTH: Final = (
    " AND own.paid_at >= %(since)s::timestamptz AND own.paid_at < %(until)s::timestamptz"
)
OPEN: Final = """
SELECT attempt.number, coalesce(nullif(store.name, ''), party.key), attempt.amount_fen,
       attempt.state,
       (extract(epoch FROM attempt.opened_at
            + make_interval(secs => (SELECT offset_seconds FROM points_horizon))) * 1000000)::bigint
  FROM payments_attempt attempt
  JOIN merchants_store store ON store.store_id = attempt.store_id
  JOIN members_party party ON party.id = attempt.store_id
 WHERE attempt.home_id = {home} AND attempt.state IN ('opened', 'paying', 'unknown')
 ORDER BY attempt.id DESC LIMIT {size}
"""
_LISTED: Final = {
    (kind, is_month, is_whole): Together(
        now=NOW,
        rows=LIST.format(where=_WHERE[kind] + (_OF_MONTH if is_month else "")),
        **({"unfinished": OPEN.format(home="%(home)s", size=_SIZE)} if is_whole else {}),
    )
    for kind in _WHERE
    for is_month in (False, True)
    for is_whole in (False, True)
}


def open_channels(*, store: int) -> frozenset[Provider]:
    """Give the channels at which a store can take money (P2)."""
    with raw.cursor() as cursor:
        return open_channels_of(cursor, store=store)


def shop(*, code: str) -> Shop | None:
    """Find the store of a public code, or of the key that it was imported with."""
    row = _one(_SHOP, plain(typed=code), code) if "\0" not in code else None
    if row is None:
        return None
    store, key, name, division, commission_rate, is_verified = row
    return Shop(
        store=store,
        code=key,
        name=name,
        place=_place(division),
        commission_rate=commission_rate,
        is_verified=is_verified,
    )


def attempt(*, number: str) -> Attempt | None:
    """Find a wish to pay by its number."""
    row = _one(_ATTEMPT, number) if "\0" not in number else None
    if row is None:
        return None
    own, home, member, order, name, code, provider, amount_fen, state, hand_off, *more = row
    at, now, case, note = more
    return Attempt(
        number=own,
        home=home,
        member=member,
        order=order,
        shop=name,
        code=code,
        channel=Provider(provider).title,
        amount=amount_fen * FEN,
        state=state,
        hand_off=hand_off,
        opened_at=at,
        now=now,
        case=case,
        note=note,
    )


def paid(*, number: str) -> Paid | None:
    """Find a paid order by its number."""
    row = _one(_PAID, number) if "\0" not in number else None
    if row is None:
        return None
    key, order, member, name, code, provider, amount, returned, rate, version, *rest = row
    paid_at, due_at, now, minted, back, asked, answer, by_case, *more = rest
    surplus_fen, surplus_back, phone, note = more
    return Paid(
        number=key,
        order=order,
        member=member,
        shop=name,
        code=code,
        channel=Provider(provider).title if provider else "",
        amount=amount,
        returned=returned,
        commission_rate=rate,
        version=version,
        paid_at=paid_at,
        due_at=due_at,
        now=now,
        minted=None if minted is None else int(minted),
        back=back,
        asked=asked * FEN,
        answer=answer,
        by_case=by_case,
        surplus=int(surplus_fen) * FEN,
        surplus_back=surplus_back,
        phone=phone,
        note=note,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Orders, newest first; the moment now; what nobody knows the end of yet, where it is asked."""

    now: int
    rows: tuple[Row, ...]
    unfinished: tuple[Unfinished, ...]


def listed(
    *,
    member: int,
    home: int | None,
    before: int = NEWEST,
    size: int = _SIZE,
    kind: Kind | None = None,
    month: tuple[int, int] | None = None,
) -> Listed:
    """Give the newest orders of a member below a number; of a kind, of a month.

    A month is its two ends in microseconds. Whatever is asked, only the member's own are looked at.
    With a `home`, also what that person began to pay and has not finished. Raises `NotOpen`.
    """
    since, until = map(format_at, month or (0, 0))
    asked = _LISTED[kind, month is not None, home is not None]
    told = asked.ask(
        member=member, home=home or 0, before=before, size=size, since=since, until=until
    )
    return Listed(
        now=now_of(told["now"]),
        rows=tuple(map(row_of, told["rows"])),
        unfinished=tuple(map(unfinished_of, told.get("unfinished", ()))),
    )


def orders(
    *, member: int, before: int = NEWEST, size: int = _SIZE, kind: Kind | None = None
) -> tuple[Row, ...]:
    """Give the newest orders of a member below a number, newest first; of a kind."""
    return listed(member=member, home=None, before=before, size=size, kind=kind).rows


def unfinished_of(row: Sequence[Any]) -> Unfinished:
    """Read one row of `OPEN`."""
    number, name, amount_fen, state, at = row
    return Unfinished(
        number=number,
        shop=name,
        amount=amount_fen * FEN,
        word=str(AttemptRow.State(state).label),
        opened_at=at,
    )


def row_of(row: tuple[Any, ...]) -> Row:
    """Read a row of `LIST`."""
    order, number, name, amount, at, returned, is_settled, division = row
    word, tone = standing(amount=amount, returned=returned, is_settled=is_settled)
    return Row(
        order=order,
        number=number,
        shop=name,
        amount=amount,
        paid_at=at,
        returned=returned,
        is_settled=is_settled,
        word=word,
        tone=tone,
        is_waiting=tone == "wait",
        division=division,
    )


def _place(code: str | None) -> str:
    """Write where a store is: its city and its district."""
    place = divisions().place(code)
    codes = [each for each in (place.city, place.district) if each]
    return "".join(divisions()[each].name for each in codes)


def _one(query: str, *values: str | None) -> tuple[Any, ...] | None:
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()
