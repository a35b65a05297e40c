"""What a bill shows with a store leaves the store's account in the books (P2).

    payment shared, its line in a bill    -> store received: spend settled - what was shared
    freed without its share, paid in one  -> store received: spend settled
      shared after all, its line in one   -> store paid in:  what was shared
    refund after settlement in a bill     -> store paid in:  refund - what came back of the share
      less what was paid in for its case, which the books have since it came (E16)
    what came back for a refund that the channel then refused  -> store received, once

What is left of a pay-in once its case is over was the store's own all the time, in its own account:
it is set against these, and is received where nothing else is left.

One fact a store and round, in the transaction that marks what it is made of: never twice. Between
settlement and the bill the store's account says what is on its way.

Units: fen; micro-yuan in the fact. Source: P2, P3.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.base.money import FEN
from gongxiang.lab.lines import StorePaidInLine, StoreReceivedLine
from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.orders.models import Kind

STORES_AT_ONCE: Final = 50
_LINES: Final[dict[Kind, type[StorePaidInLine | StoreReceivedLine]]] = {
    Kind.STORE_PAID_IN: StorePaidInLine,
    Kind.STORE_RECEIVED: StoreReceivedLine,
}
_ARRIVED: Final = """
(share.state = 'done' OR share.freed_at IS NOT NULL) AND share.received_id IS NULL
   AND EXISTS (SELECT FROM payments_billline line
                WHERE (line.provider, line.kind, line.reference)
                      = (share.provider, 'paid', share.transaction_id))
   AND (share.freed_at IS NOT NULL OR share.amount_fen = 0 OR EXISTS (
        SELECT FROM payments_billline line
         WHERE (line.provider, line.kind, line.number) = (share.provider, 'shared', share.number)))
"""
_TAKEN: Final = """
share.state = 'done' AND share.freed_at IS NOT NULL AND share.taken_id IS NULL
   AND EXISTS (SELECT FROM payments_billline line
         WHERE (line.provider, line.kind, line.number) = (share.provider, 'shared', share.number))
"""
"""What was freed, and received whole, was shared after all: it left the store's account again."""
_LEFT: Final = """
back.returned_fen IS NOT NULL AND back.paid_in_id IS NULL
   AND (back.state = 'done' AND EXISTS (SELECT FROM payments_billline line
                WHERE (line.provider, line.kind, line.number)
                      = (back.provider, 'refunded', back.number))
     OR back.state = 'failed' AND back.returned_at IS NOT NULL AND back.came_back_id IS NULL
        AND EXISTS (SELECT FROM payments_billline line
                WHERE (line.provider, line.kind, line.number)
                      = (back.provider, 'returned', back.number || 'B')))
"""
_OVER: Final = """
pay_in.fact_id IS NOT NULL AND pay_in.received_id IS NULL
   AND EXISTS (SELECT FROM payments_transaction money
                 JOIN payments_billline line ON (line.provider, line.kind, line.reference)
                                              = (money.provider, 'paid', money.transaction_id)
                WHERE money.attempt_number = pay_in.number AND NOT money.is_surplus)
   AND EXISTS (SELECT FROM treasury_refundcase "case"
                WHERE ("case".member_id, "case".id) = (pay_in.member_id, pay_in.case_id)
                  AND "case".state IN (4, 5)
                  AND NOT EXISTS (SELECT FROM payments_channelrefund back
                        WHERE back.refund_id = "case".refund_id AND NOT back.is_replaced
                          AND back.paid_in_id IS NULL))
"""
"""Its line is in a bill, its case at its end, and the refund of it in a bill as well.

Where the channel refused the refund for good it stays: the member's money is still with the store.
"""
_STORES: Final = f"""
SELECT store_id FROM (
SELECT store_id FROM payments_share share WHERE {_ARRIVED}
UNION
SELECT store_id FROM payments_share share WHERE {_TAKEN}
UNION
SELECT attempt.store_id FROM payments_channelrefund back
  JOIN payments_transaction money USING (provider, transaction_id)
  JOIN payments_attempt attempt ON attempt.number = money.attempt_number
 WHERE {_LEFT}
UNION
SELECT store_id FROM treasury_payin pay_in WHERE {_OVER}
) AS found WHERE store_id > %s ORDER BY store_id LIMIT %s
"""  # noqa: S608  no value is spliced in
_RECEIVE: Final = f"""
UPDATE payments_share share SET received_id = %s WHERE share.store_id = %s AND {_ARRIVED}
RETURNING spend_fen - CASE WHEN freed_at IS NULL THEN amount_fen ELSE 0 END
"""  # noqa: S608  no value is spliced in
_TAKE: Final = f"""
UPDATE payments_share share SET taken_id = %s WHERE share.store_id = %s AND {_TAKEN}
RETURNING amount_fen
"""  # noqa: S608  no value is spliced in
_PAY_IN: Final = f"""
UPDATE payments_channelrefund back
   SET paid_in_id = CASE back.state WHEN 'done' THEN fact.id ELSE back.paid_in_id END,
       came_back_id = CASE back.state WHEN 'failed' THEN fact.id ELSE back.came_back_id END
  FROM (SELECT %s::bigint AS id) fact, payments_transaction money
  JOIN payments_attempt attempt ON attempt.number = money.attempt_number
 WHERE (money.provider, money.transaction_id) = (back.provider, back.transaction_id)
   AND attempt.store_id = %s AND {_LEFT}
RETURNING CASE back.state WHEN 'done' THEN back.amount_fen ELSE 0 END
    - CASE WHEN back.state = 'done' AND back.came_back_id IS NOT NULL THEN 0
           ELSE coalesce((SELECT least(back.returned_fen, share.amount_fen)
    FROM payments_share share WHERE (share.provider, share.transaction_id, share.state)
         = (back.provider, back.transaction_id, 'done')), 0) END
"""  # noqa: S608  no value is spliced in
_NET: Final = f"""
UPDATE treasury_payin pay_in SET received_id = %s WHERE pay_in.store_id = %s AND {_OVER}
RETURNING -amount_fen
"""  # noqa: S608  no value is spliced in
_KEY: Final = "SELECT key FROM members_party WHERE id = %s"


def receive_arrivals() -> int:
    """Record what has reached stores; give for how many stores something was looked at."""
    count = last = 0
    while stores := _stores(after=last):
        for store in stores:
            _receive(store)
        count, last = count + len(stores), stores[-1]
    return count


def _stores(*, after: int) -> list[int]:
    """Give the next stores that something reached."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_STORES, (after, STORES_AT_ONCE))
        return [store for (store,) in cursor.fetchall()]


def _receive(store: int) -> None:
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_KEY, (store,))
        (key,) = cursor.fetchone() or ("",)
        number = ids.next_id()
        _record(cursor, (store, key, at, number), -_sum(cursor, _RECEIVE, number, store))
        number = ids.next_id()
        left_fen = _sum(cursor, _TAKE, number, store)
        left_fen += _sum(cursor, _PAY_IN, number, store)
        left_fen += _sum(cursor, _NET, number, store)
        _record(cursor, (store, key, at, number), left_fen)


def _sum(cursor: Cursor[Any], statement: str, number: int, store: int) -> int:
    """Mark what a fact is made of, and add it up."""
    cursor.execute(statement, (number, store))
    return sum(amount_fen for (amount_fen,) in cursor.fetchall())


def _record(cursor: Cursor[Any], of: tuple[int, str, int, int], left_fen: int) -> None:
    """Record what left a store's account, or what reached it where it is below zero."""
    store, key, at, number = of
    kind = Kind.STORE_PAID_IN if left_fen > 0 else Kind.STORE_RECEIVED
    line, total_fen = _LINES[kind], abs(left_fen)
    if total_fen:
        facts.record(
            cursor,
            lambda moment: line(f"{kind.name.lower()}-{number}", key, total_fen, moment),
            kind=kind,
            home=store,
            amount=total_fen * FEN,
            at=at,
        )
