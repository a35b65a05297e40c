"""Somebody takes over a till (接班): one shift is open at a store, and it is his.

Units: fen; the moment is the platform's, like that of a payment. Source: spec/platform.md (Store);
design/ui/faces.md 6.3; reliability C1.
"""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction

from gongxiang.base import ids
from gongxiang.base.clock import format_at
from gongxiang.ledger import raw
from gongxiang.orders import facts

_INSERT: Final = """
INSERT INTO payments_shift (id, store_id, person_id, float_fen, opened_at, note)
VALUES (%s, %s, %s, %s, %s, '') ON CONFLICT (store_id) WHERE closed_at IS NULL DO NOTHING
"""
_OPEN: Final = """
SELECT id, person_id FROM payments_shift WHERE store_id = %s AND closed_at IS NULL
"""


class FloatOutOfRange(Exception):
    """Less than nothing, or more than one payment may be, in the drawer: nothing was opened."""


@dataclass(slots=True, eq=False)
class ShiftIsOpen(Exception):
    """Another person is on shift: he hands over first. Nothing was opened."""

    person: int


def open_shift(*, store: int, person: int, float_fen: int) -> int:
    """Open a person's shift with the float in the drawer; give its number, also the second time.

    Raises `FloatOutOfRange` and `ShiftIsOpen`.
    """
    if not 0 <= float_fen <= settings.PAYMENT_FEN_MAX:
        raise FloatOutOfRange(f"{float_fen} fen")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_INSERT, (ids.next_id(), store, person, float_fen, format_at(at)))
        cursor.execute(_OPEN, (store,))
        row = cursor.fetchone()
    if row is None or row[1] != person:
        raise ShiftIsOpen(person=0 if row is None else row[1])
    return int(row[0])
