"""Moving the horizon: the promise that nothing at or before a moment is recorded any more.

A settler needs it, because two payments recorded at nearly the same moment may commit in the
other order; under the barrier everything recorded so far is committed (I-27: the database's clock).

Source: E8, I-27.
"""

from django.db import transaction

from gongxiang.base.clock import from_datetime
from gongxiang.ledger import locks, raw

_MOVE = """
UPDATE points_horizon
   SET at = greatest(at, clock_timestamp() + make_interval(secs => offset_seconds))
 WHERE id = 1 RETURNING at
"""


def move_horizon() -> int:
    """Move the horizon to the database's clock and give it, in microseconds."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_barrier(cursor)
        cursor.execute(_MOVE)
        row = cursor.fetchone()
    assert row is not None, "the horizon's row is missing"
    return from_datetime(row[0])
