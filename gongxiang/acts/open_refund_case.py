"""A member asks, or a store offers, a refund after settlement: a case that officers decide (E16).

    order locked -> settled, in time, Σ refunds + r <= paid -> one open case for the order

Nothing moves: two officers decide, and the fact is recorded after that.

Units: `amount_fen` in fen. Source: E16; I-14, I-18; reliability C1.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.base.clock import DAY, format_at, from_datetime
from gongxiang.base.money import FEN
from gongxiang.governance.terms import terms_of
from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.treasury.models import CaseState

_ORDER: Final = """
SELECT bought.store_id, bought.version_id, bought.paid_at, lot.spend
  FROM orders_order bought
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (bought.member_id, bought.id)
 WHERE bought.member_id = %s AND bought.id = %s FOR UPDATE OF bought
"""
_KNOWN: Final = """
SELECT id, order_id, amount, reason, is_by_store FROM treasury_refundcase
 WHERE member_id = %s AND key = %s
"""
_OPEN: Final = """
SELECT id FROM treasury_refundcase WHERE member_id = %s AND order_id = %s AND state < 4
"""
_INSERT: Final = """
INSERT INTO treasury_refundcase (id, member_id, key, order_id, store_id, amount, reason,
    is_by_store, state, maker, maker_reason, checker, checker_reason, tries, opened_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', '', '', '', 0, %s)
"""


class UnknownOrder(Exception):
    """No such order of this member: nothing was asked."""


class NotSettled(Exception):
    """The order waits or settles this moment; in its window the store itself gives money back."""


class TooLate(Exception):
    """More days than the rules allow have gone by since the payment (E16): `days` of them do."""

    def __init__(self, days: int) -> None:
        """Keep how many days a case may be opened."""
        super().__init__(f"a case is opened within {days} days of the payment")
        self.days = days


class CaseIsOpen(Exception):
    """Another case of this order is not decided yet: one at a time."""


class CaseExceedsOrder(Exception):
    """Nothing, or more than is left of what was paid: nothing was asked."""

    def __init__(self, left_fen: int) -> None:
        """Keep what may still be asked, in fen."""
        super().__init__(f"{left_fen} fen are left")
        self.left_fen = left_fen


class CaseKeyTaken(Exception):
    """The key stands for another case already: nothing was asked (I-18)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case's number, and whether it was opened now."""

    number: int
    is_new: bool


def open_refund_case(
    *, key: str, member: int, order: int, amount_fen: int, reason: str, is_by_store: bool
) -> Opened:
    """Open a case for money of a settled order, once for its key.

    Raises `UnknownOrder`, `NotSettled`, `TooLate`, `CaseIsOpen`, `CaseExceedsOrder` and
    `CaseKeyTaken`; nothing has then changed.
    """
    amount = amount_fen * FEN
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_ORDER, (member, order))
        row = cursor.fetchone()
        if row is None:
            raise UnknownOrder(f"order {order} of {member}")
        cursor.execute(_KNOWN, (member, key))
        known = cursor.fetchone()
        if known is not None:
            if known[1:] != (order, amount, reason, is_by_store):
                raise CaseKeyTaken(f"{key} stands for another case")
            return Opened(number=known[0], is_new=False)
        _refuse(cursor, row, (member, order), amount, at)
        number, state = ids.next_id(), CaseState.REVIEW.value
        body = (order, row[0], amount, reason, is_by_store, state, format_at(at))
        cursor.execute(_INSERT, (number, member, key, *body))
    return Opened(number=number, is_new=True)


def _refuse(
    cursor: Cursor[Any], row: tuple[Any, ...], order: tuple[int, int], amount: int, at: int
) -> None:
    _, version, paid_at, left = row
    if left is None:
        raise NotSettled(f"order {order[1]} has not settled")
    days = terms_of(version).refund_case_days
    if at > from_datetime(paid_at) + days * DAY:
        raise TooLate(days)
    cursor.execute(_OPEN, order)
    if cursor.fetchone() is not None:
        raise CaseIsOpen(f"order {order[1]} has an open case")
    if not FEN <= amount <= left:
        raise CaseExceedsOrder(left // FEN)
