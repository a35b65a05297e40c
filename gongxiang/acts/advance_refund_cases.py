"""Cases of refunds go on: what was settled is sent back, what waits for a store is tried again.

    answered at its place -> money to the channel's outbox, or waiting for the store again
    waiting for the store -> placed when the store is owed enough

What others than the store pay goes back from the platform's share of the payment first, in whole
fen; the rest of a fen, and what the store pays beyond the refund, is carried to its next share.

May run twice, and beside itself: each case is taken under its own lock.

Units: micro-yuan. Source: E16; P5; I-4, I-14.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.economy import accounts
from gongxiang.economy.refusal import StoreOwedTooLittle
from gongxiang.ledger import raw
from gongxiang.ledger.chart import LEGS
from gongxiang.orders import facts
from gongxiang.payments import receipts
from gongxiang.settlement import cases
from gongxiang.treasury.models import CaseState

AT_ONCE: Final = 20
_DUE: Final = """
SELECT member_id, id FROM treasury_refundcase "case"
 WHERE state = 2 AND next_at <= %s
    OR state = 3 AND EXISTS (
       SELECT FROM orders_outcome outcome
        WHERE (outcome.home_id, outcome.fact_id) = ("case".member_id, "case".refund_id))
 ORDER BY state DESC, id LIMIT %s
"""
_LOCK: Final = """
SELECT state, order_id, refund_id, store_id FROM treasury_refundcase
 WHERE member_id = %s AND id = %s FOR UPDATE
"""
_OUTCOME: Final = """
SELECT outcome.is_accepted, outcome.reason, outcome.amount,
       coalesce(store.debit, 0)::bigint - coalesce(store.credit, 0)::bigint
  FROM orders_outcome outcome
  LEFT JOIN ledger_posting store
    ON (store.home_id, store.batch_id, store.event_id, store.leg)
       = (%s, outcome.batch_id, outcome.fact_id, %s)
 WHERE outcome.home_id = %s AND outcome.fact_id = %s
"""
_STORE_PAYS: Final = LEGS["case", accounts.STORE]
_GRANTED: Final = """
UPDATE treasury_refundcase SET state = %s, ended_at = %s
 WHERE member_id = %s AND id = %s AND state = 3
"""


def advance_refund_cases() -> int:
    """Take up what can go on; give how many cases were looked at."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_DUE, (format_at(facts.moment(cursor)), AT_ONCE))
        due = cursor.fetchall()
    for member, case in due:
        with transaction.atomic(durable=True), raw.cursor() as cursor:
            _advance(cursor, member, case, facts.moment(cursor))
    return len(due)


def _advance(cursor: Cursor[Any], member: int, case: int, at: int) -> None:
    """Let one case go on, if nobody else let it meanwhile."""
    cursor.execute(_LOCK, (member, case))
    state, order, refund, store = cursor.fetchone() or (None, None, None, None)
    if state == CaseState.FUNDS:
        cases.place(cursor, member=member, case=case, at=at)
    elif state == CaseState.PLACED:
        cursor.execute(_OUTCOME, (store, _STORE_PAYS, member, refund))
        answer = cursor.fetchone()
        if answer is not None:
            _conclude(cursor, (member, case, order, refund, *answer), at)


def _conclude(cursor: Cursor[Any], row: tuple[Any, ...], at: int) -> None:
    """Send the money of a settled case, or let a refused one wait or be looked at again."""
    member, case, order, refund, is_accepted, reason, amount, store_pays = row
    if is_accepted:
        cursor.execute(_GRANTED, (CaseState.GRANTED.value, format_at(at), member, case))
        assert cursor.rowcount == 1, f"case {case} is locked"
        _send_back(cursor, member, order, refund, amount=amount, others=amount - store_pays)
    elif reason == StoreOwedTooLittle.reason:
        cases.wait(cursor, member=member, case=case, at=at)
    else:
        cases.review_again(cursor, member=member, case=case)


def _send_back(
    cursor: Cursor[Any], member: int, order: int, refund: int, *, amount: int, others: int
) -> None:
    """Send a refund back, what others than the store pay of it out of the share."""
    returned_fen = max(0, others // FEN)
    receipts.carry(cursor, member=member, order=order, amount=returned_fen * FEN - others)
    receipts.send_order_back(
        cursor,
        number=f"GXC{refund}",
        member=member,
        order=order,
        amount_fen=amount // FEN,
        refund=refund,
        returned_fen=returned_fen,
    )
