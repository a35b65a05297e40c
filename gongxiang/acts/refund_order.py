"""Money of an order goes back before it settles: exact, never more than was paid (E7).

    order locked -> window open, Σ returned + r <= paid -> fact, refund, instruction: one commit

The channel hears of it after the commit, from the outbox, under the number written here.

Units: fen. Source: E7; I-14; reliability C1, C8; P5.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.lab.lines import RefundedLine
from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.orders.facts import Recorded
from gongxiang.orders.models import Kind
from gongxiang.payments import receipts
from gongxiang.payments.models import RefundRequest

_ORDER: Final = """
SELECT paid.amount - paid.returned, paid.due_at > %s::timestamptz, fact.key
  FROM orders_order paid
  JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
 WHERE paid.member_id = %s AND paid.id = %s FOR UPDATE OF paid
"""
_KNOWN: Final = "SELECT EXISTS (SELECT FROM orders_fact WHERE key = %s)"
_RETURN: Final = """
UPDATE orders_order SET returned = returned + %(amount)s
 WHERE member_id = %(member)s AND id = %(order)s AND due_at > %(at)s::timestamptz
   AND returned + %(amount)s <= amount
"""
_REFUND: Final = """
INSERT INTO orders_refund (id, member_id, order_id, amount, is_by_case)
VALUES (%s, %s, %s, %s, false)
"""
_GRANTED: Final = """
UPDATE payments_refundrequest SET state = %s WHERE member_id = %s AND order_id = %s AND state = %s
"""
_GIVEN: Final = """
INSERT INTO payments_storerefund (store_id, refund_id, person_id, amount_fen, reason, at)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_REASON: Final = """
SELECT reason FROM payments_storerefund WHERE (store_id, refund_id) = (%s, %s)
"""


class UnknownOrder(Exception):
    """No such order of this member: nothing changed."""


class WindowOver(Exception):
    """The order's refund window is over; only a case can return its money now (E16)."""


class RefundExceedsOrder(Exception):
    """More than is left of what was paid: nothing changed."""

    def __init__(self, left_fen: int) -> None:
        """Keep what may still be returned, in fen."""
        super().__init__(f"{left_fen} fen are left")
        self.left_fen = left_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """Who of the store gives money back, and why."""

    store: int
    person: int
    reason: str


def refund_order(
    *, key: str, member: int, order: int, amount_fen: int, giver: Giver | None = None
) -> Recorded:
    """Return money of an order within its window, once for its key.

    Raises `UnknownOrder`, `WindowOver`, `RefundExceedsOrder` and `facts.KeyTaken`.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_ORDER, (format_at(at), member, order))
        row = cursor.fetchone()
        if row is None:
            raise UnknownOrder(f"order {order} of {member}")
        left, is_open, order_key = row
        cursor.execute(_KNOWN, (key,))
        (is_known,) = cursor.fetchone() or (False,)
        if not is_known:
            _refuse(left, amount_fen, is_open=is_open)
        recorded = facts.record(
            cursor,
            lambda moment: RefundedLine(key, order_key, amount_fen, moment),
            kind=Kind.RETURNED,
            home=member,
            amount=amount_fen * FEN,
            at=at,
        )
        if recorded.is_new:
            _write(cursor, recorded, member, order, amount_fen)
            if giver is not None:
                own = (giver.store, recorded.number, giver.person)
                cursor.execute(_GIVEN, (*own, amount_fen, giver.reason, format_at(recorded.at)))
        elif giver is not None:
            cursor.execute(_REASON, (giver.store, recorded.number))
            if cursor.fetchone() != (giver.reason,):
                raise facts.KeyTaken(f"{key} stands for a refund for another reason")
    return recorded


def _refuse(left: int, amount_fen: int, *, is_open: bool) -> None:
    if not is_open:
        raise WindowOver("the order settles or has settled")
    if not amount_fen >= 1 or amount_fen * FEN > left:
        raise RefundExceedsOrder(left // FEN)


def _write(
    cursor: Cursor[Any], recorded: Recorded, member: int, order: int, amount_fen: int
) -> None:
    amount = amount_fen * FEN
    values = {"amount": amount, "member": member, "order": order, "at": format_at(recorded.at)}
    cursor.execute(_RETURN, values)
    assert cursor.rowcount == 1, "the order is locked and was looked at"
    cursor.execute(_REFUND, (recorded.number, member, order, amount))
    granted, asked = RefundRequest.State.GRANTED.value, RefundRequest.State.ASKED.value
    cursor.execute(_GRANTED, (granted, member, order, asked))
    receipts.send_order_back(
        cursor,
        number=f"GXR{recorded.number}",
        member=member,
        order=order,
        amount_fen=amount_fen,
        refund=recorded.number,
    )
