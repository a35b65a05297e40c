"""A member asks the store for money of an order back, within its window; the store answers.

Units: fen. Source: E7; I-18; design/ui/faces.md 3.2 (refund), 6.2.
"""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.payments.models import RefundRequest

_ORDER: Final = """
SELECT store_id, amount - returned, due_at > %s::timestamptz
  FROM orders_order WHERE member_id = %s AND id = %s FOR UPDATE
"""
_INSERT: Final = """
INSERT INTO payments_refundrequest
    (key, member_id, order_id, store_id, amount_fen, reason, state, asked_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_KNOWN: Final = """
SELECT order_id, amount_fen, reason FROM payments_refundrequest
 WHERE (member_id, key) = (%s, %s)
"""
_WAITING: Final = """
SELECT amount_fen FROM payments_refundrequest WHERE (member_id, order_id, state) = (%s, %s, %s)
"""


class RefundKeyTaken(Exception):
    """The key stands for another request: nothing was asked (I-18)."""


@dataclass(slots=True, eq=False)
class AskedAlready(Exception):
    """A request of the order waits already, for `amount_fen`: it is answered first.

    Nothing where it was answered just now: then the order can be asked for anew.
    """

    amount_fen: int | None


class CannotAsk(Exception):
    """No such order, its window is over, or more than is left of it: nothing was asked."""


def ask_refund(*, key: str, member: int, order: int, amount_fen: int, reason: str) -> None:
    """Ask for money of an order, once for its key; one open request an order.

    Raises `CannotAsk`, `RefundKeyTaken`, `AskedAlready`; nothing has then been asked.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_ORDER, (format_at(at), member, order))
        row = cursor.fetchone()
        if row is None or not row[2] or not FEN <= amount_fen * FEN <= row[1]:
            raise CannotAsk(f"{amount_fen} fen of order {order}")
        state = RefundRequest.State.ASKED.value
        values = (key, member, order, row[0], amount_fen, reason, state, format_at(at))
        cursor.execute(_INSERT, values)
        if cursor.rowcount:
            return
        cursor.execute(_KNOWN, (member, key))
        known = cursor.fetchone()
        if known is None:
            cursor.execute(_WAITING, (member, order, state))
            raise AskedAlready(amount_fen=(cursor.fetchone() or (None,))[0])
        if known != (order, amount_fen, reason):
            raise RefundKeyTaken("the key stands for another request")
