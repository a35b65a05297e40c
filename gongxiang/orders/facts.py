"""Recording one fact: under its key, at the database's moment, in the caller's transaction.

    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)                       shares the barrier until the commit
        recorded = facts.record(cursor, line, at=at, ...)
        if recorded.is_new: ...                         write what the fact is about

The same key with the same body is the same fact, however often it comes; with another body it is
refused.

Units: micro-yuan, moments in microseconds.
Source: I-4, I-18, I-27; E8.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.base.clock import format_at
from gongxiang.lab.canonical import digest
from gongxiang.lab.lines import Line
from gongxiang.ledger import locks
from gongxiang.orders.models import Kind
from gongxiang.orders.row_digest import row_digest

_MOMENT: Final = """
SELECT (extract(epoch FROM greatest(
           clock_timestamp() + make_interval(secs => offset_seconds),
           horizon.at + interval '1 microsecond',
           pool.cursor_at + interval '1 microsecond')) * 1000000)::bigint
  FROM points_horizon horizon LEFT JOIN points_pool pool ON pool.id = 1
"""
"""Beyond what was promised to be whole, and beyond what is settled: an import may run ahead."""
_INSERT: Final = """
INSERT INTO orders_fact (id, key, kind, at, is_dated, home_id, amount, digest, row_digest)
VALUES (%s, %s, %s, %s, true, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING
"""
_KNOWN: Final = """
SELECT id, (extract(epoch FROM at) * 1000000)::bigint, kind, row_digest
  FROM orders_fact WHERE key = %s
"""


class KeyTaken(Exception):
    """An idempotency key that stands for something else already: use a new one (I-18)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A fact's number and moment, and whether it was recorded now."""

    number: int
    at: int
    is_new: bool


def moment(cursor: Cursor[Any]) -> int:
    """Share the barrier and give the moment at which this transaction records (I-27)."""
    locks.share_barrier(cursor)
    cursor.execute(_MOMENT)
    row = cursor.fetchone()
    assert row is not None, "the horizon's row is missing"
    return int(row[0])


def record(
    cursor: Cursor[Any],
    line_at: Callable[[str], Line],
    *,
    kind: Kind,
    home: int,
    amount: int,
    at: int,
    condition: int | None = None,
) -> Recorded:
    """Record a fact, or find the one that its key stands for; raises `KeyTaken`.

    `line_at` gives the line of an event file that an export would write for it at a moment;
    `condition` is what its answer hangs on beside the line (row_digest.py): another one is another
    body.
    """
    line = line_at(format_at(at))
    number, of_line = ids.next_id(), digest(line)
    of_row = row_digest(number=number, home=home, condition=condition, line=of_line)
    told = (number, line.id, kind.value, format_at(at), home, amount, of_line, of_row)
    cursor.execute(_INSERT, told)
    if cursor.rowcount:
        return Recorded(number=number, at=at, is_new=True)
    cursor.execute(_KNOWN, (line.id,))
    row = cursor.fetchone()
    assert row is not None, "a key that is taken has a fact"
    number, known_at, known_kind, known_digest = row
    of_line = digest(line_at(format_at(known_at)))
    of_row = row_digest(number=number, home=home, condition=condition, line=of_line)
    if known_kind != kind or of_row != bytes(known_digest):
        raise KeyTaken(f"{line.id} stands for another event: nothing was recorded")
    return Recorded(number=number, at=known_at, is_new=False)
