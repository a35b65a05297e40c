"""What the pages of paying ask the database; few questions, each from a key.

Units: µ¥, atoms, microseconds since 1970 UTC. Source: design/ui/faces.md 6.2.
"""

from typing import Any, Final

from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.payments.provider import Provider
from gongxiang.rulebook.divisions import divisions
from gongxiang.web.member.paying.data import Attempt, Paid, Row, Shop
from gongxiang.web.member.paying.words import standing

_SIZE: Final = 50
_SHOP: Final = """
SELECT store.store_id, party.key, coalesce(nullif(store.name, ''), party.key),
       store.division_code, store.commission_rate
  FROM members_partykey party JOIN merchants_store store ON store.store_id = party.party_id
 WHERE (party.key, party.kind) = (%s, 2)
"""
_ATTEMPT: Final = """
SELECT attempt.number, attempt.home_id, attempt.member_id, attempt.order_id,
       coalesce(nullif(store.name, ''), party.key), party.key, attempt.provider,
       attempt.amount_fen, attempt.state, attempt.hand_off,
       (extract(epoch FROM attempt.opened_at) * 1000000)::bigint,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
  FROM payments_attempt attempt
  JOIN merchants_store store ON store.store_id = attempt.store_id
  JOIN members_party party ON party.id = attempt.store_id
 WHERE attempt.number = %s
"""
_PAID: Final = """
SELECT fact.key, paid.id, paid.member_id, coalesce(nullif(store.name, ''), party.key), party.key,
       coalesce((SELECT provider FROM payments_attempt WHERE number = fact.key), ''),
       paid.amount, paid.returned, paid.commission_rate, paid.version_id,
       (extract(epoch FROM paid.paid_at) * 1000000)::bigint,
       (extract(epoch FROM paid.due_at) * 1000000)::bigint,
       (extract(epoch FROM clock_timestamp() + make_interval(secs => (
            SELECT offset_seconds FROM points_horizon))) * 1000000)::bigint,
       lot.minted,
       coalesce((SELECT CASE WHEN bool_and(back.state = 'done') THEN 'done'
                             WHEN bool_or(back.state = 'failed') THEN 'failed' ELSE 'waiting' END
          FROM payments_transaction money
          JOIN payments_channelrefund back USING (provider, transaction_id)
         WHERE money.attempt_number = fact.key AND NOT money.is_surplus), ''),
       coalesce((SELECT amount_fen FROM payments_refundrequest asked
         WHERE (asked.member_id, asked.order_id) = (paid.member_id, paid.id)
           AND asked.state = 'asked'), 0)
  FROM orders_fact fact
  JOIN orders_order paid ON (paid.member_id, paid.id) = (fact.home_id, fact.id)
  JOIN merchants_store store ON store.store_id = paid.store_id
  JOIN members_party party ON party.id = paid.store_id
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (paid.member_id, paid.id)
 WHERE fact.key = %s
"""
_LIST: Final = """
SELECT fact.key, coalesce(nullif(store.name, ''), party.key), paid.amount,
       (extract(epoch FROM paid.paid_at) * 1000000)::bigint, paid.returned, lot.id IS NOT NULL
  FROM (SELECT * FROM orders_order WHERE member_id = %s ORDER BY id DESC LIMIT %s) paid
  JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
  JOIN merchants_store store ON store.store_id = paid.store_id
  JOIN members_party party ON party.id = paid.store_id
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (paid.member_id, paid.id)
 ORDER BY paid.id DESC
"""


def shop(*, code: str) -> Shop | None:
    """Find the store of a code."""
    row = _one(_SHOP, code) if "\0" not in code else None
    if row is None:
        return None
    store, key, name, division, commission_rate = row
    return Shop(
        store=store,
        code=key,
        name=name,
        place=_place(division),
        commission_rate=commission_rate,
    )


def attempt(*, number: str) -> Attempt | None:
    """Find a wish to pay by its number."""
    row = _one(_ATTEMPT, number) if "\0" not in number else None
    if row is None:
        return None
    own, home, member, order, name, code, provider, amount_fen, state, hand_off, at, now = row
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
    )


def paid(*, number: str) -> Paid | None:
    """Find a paid order by its number."""
    row = _one(_PAID, number) if "\0" not in number else None
    if row is None:
        return None
    key, order, member, name, code, provider, amount, returned, rate, version, *rest = row
    paid_at, due_at, now, minted, back, asked = rest
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
    )


def orders(*, member: int) -> tuple[Row, ...]:
    """Give the newest orders of a member, newest first."""
    with raw.cursor() as cursor:
        cursor.execute(_LIST, (member, _SIZE))
        rows = cursor.fetchall()
    return tuple(map(_row, rows))


def _row(row: tuple[Any, ...]) -> Row:
    number, name, amount, at, returned, is_settled = row
    word, tone = standing(amount=amount, returned=returned, is_settled=is_settled)
    return Row(
        number=number,
        shop=name,
        amount=amount,
        at=at,
        word=word,
        tone=tone,
        is_waiting=tone == "wait",
    )


def _place(code: str | None) -> str:
    """Write where a store is: its city and its district."""
    place = divisions().place(code)
    codes = [each for each in (place.city, place.district) if each]
    return "".join(divisions()[each].name for each in codes)


def _one(query: str, value: str) -> tuple[Any, ...] | None:
    with raw.cursor() as cursor:
        cursor.execute(query, (value,))
        return cursor.fetchone()
