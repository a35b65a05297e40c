"""Somebody hands over a till (交班): the drawer is counted, a difference is explained.

Payments go through channels, so the drawer should hold the float and nothing else. What was paid
and given back belongs to the shift by its moment; nothing of it is copied here.

Units: fen. Source: spec/platform.md (Store); design/ui/faces.md 6.3, 7 (c) 7; reliability C1.
"""

from typing import Final

from django.conf import settings
from django.db import transaction

from gongxiang.base.clock import format_at
from gongxiang.ledger import raw
from gongxiang.orders import facts

_SHIFT: Final = """
SELECT float_fen, closed_at IS NOT NULL, counted_fen, closed_by_id
  FROM payments_shift WHERE store_id = %s AND id = %s FOR UPDATE
"""
_CLOSE: Final = """
UPDATE payments_shift SET closed_at = %s, closed_by_id = %s, counted_fen = %s, note = %s
 WHERE store_id = %s AND id = %s AND closed_at IS NULL
"""


class UnknownShift(Exception):
    """No such shift of this store: nothing was closed."""


class CountOutOfRange(Exception):
    """Less than nothing, or more than one payment may be, was counted: nothing was closed."""


class NoteMissing(Exception):
    """The drawer differs from its float by `difference_fen`: say why. Nothing was closed."""

    def __init__(self, difference_fen: int) -> None:
        """Keep what there is more, or less, than there should be."""
        super().__init__(f"{difference_fen} fen of difference")
        self.difference_fen = difference_fen


class ShiftIsClosed(Exception):
    """The shift was closed before, with another count or by somebody else."""


def close_shift(*, store: int, shift: int, person: int, counted_fen: int, note: str) -> None:
    """Close a shift with what was counted; the same again changes nothing.

    Raises `UnknownShift`, `CountOutOfRange`, `NoteMissing` and `ShiftIsClosed`.
    """
    if not 0 <= counted_fen <= settings.PAYMENT_FEN_MAX:
        raise CountOutOfRange(f"{counted_fen} fen")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_SHIFT, (store, shift))
        row = cursor.fetchone()
        if row is None:
            raise UnknownShift(f"shift {shift} of store {store}")
        float_fen, is_closed, known_fen, closed_by = row
        if is_closed:
            if (known_fen, closed_by) != (counted_fen, person):
                raise ShiftIsClosed(f"shift {shift}")
            return
        if counted_fen != float_fen and not note.strip():
            raise NoteMissing(counted_fen - float_fen)
        values = (format_at(at), person, counted_fen, note.strip(), store, shift)
        cursor.execute(_CLOSE, values)
        assert cursor.rowcount == 1, f"shift {shift} is locked"
