"""What the pages of paying ask the database; few questions, each from a key.

Units: µ¥, atoms, microseconds since 1970 UTC. Source: design/ui/faces.md 6.2.
"""

from typing import Any, Final

from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.merchants.codes import plain
from gongxiang.merchants.rates import RATE_NOW
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import open_channels_of
from gongxiang.queries.orders_data import Attempt, Paid, Row, Shop, standing
from gongxiang.rulebook.divisions import divisions

_SIZE: Final = 20
_NEWEST: Final = 2**63 - 1
_SHOP: Final = f"""
SELECT store.store_id, party.key, coalesce(nullif(store.name, ''), party.key),
       store.division_code, {RATE_NOW},
       EXISTS (SELECT FROM merchants_application handed_in
                WHERE handed_in.store_id = store.store_id AND handed_in.state = 'approved')
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
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, pay_in.case_id
  FROM payments_attempt attempt
  JOIN merchants_store store ON store.store_id = attempt.store_id
  JOIN members_party party ON party.id = attempt.store_id
  LEFT JOIN treasury_payin pay_in
    ON (pay_in.store_id, pay_in.number) = (attempt.store_id, attempt.number)
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
           AND asked.state = 'asked'), 0),
       coalesce((SELECT answer FROM payments_refundrequest declined
         WHERE (declined.member_id, declined.order_id) = (paid.member_id, paid.id)
           AND declined.state = 'declined' ORDER BY answered_at DESC LIMIT 1), ''),
       coalesce(paid.amount - paid.returned - lot.spend, 0)
  FROM orders_fact fact
  JOIN orders_order paid ON (paid.member_id, paid.id) = (fact.home_id, fact.id)
  JOIN merchants_store store ON store.store_id = paid.store_id
  JOIN members_party party ON party.id = paid.store_id
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (paid.member_id, paid.id)
 WHERE fact.key = %s
"""
_LIST: Final = """
SELECT paid.id, fact.key, coalesce(nullif(store.name, ''), party.key), paid.amount,
       (extract(epoch FROM paid.paid_at) * 1000000)::bigint,
       paid.amount - coalesce(lot.spend, paid.amount - paid.returned), lot.id IS NOT NULL,
       coalesce(store.division_code, '')
  FROM (SELECT * FROM orders_order WHERE member_id = %s AND id < %s
         ORDER BY id DESC LIMIT %s) paid
  JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
  JOIN merchants_store store ON store.store_id = paid.store_id
  JOIN members_party party ON party.id = paid.store_id
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (paid.member_id, paid.id)
 ORDER BY paid.id DESC
"""


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
    at, now, case = more
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
    )


def paid(*, number: str) -> Paid | None:
    """Find a paid order by its number."""
    row = _one(_PAID, number) if "\0" not in number else None
    if row is None:
        return None
    key, order, member, name, code, provider, amount, returned, rate, version, *rest = row
    paid_at, due_at, now, minted, back, asked, answer, by_case = rest
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
    )


def orders(*, member: int, before: int = _NEWEST, size: int = _SIZE) -> tuple[Row, ...]:
    """Give the newest orders of a member below a number, newest first."""
    with raw.cursor() as cursor:
        cursor.execute(_LIST, (member, before, size))
        rows = cursor.fetchall()
    return tuple(map(_row, rows))


def _row(row: tuple[Any, ...]) -> Row:
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
