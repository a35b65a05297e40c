"""Moving the platform's clock on, where it is tried out: database time plus a stored offset.

    now of the platform = clock_timestamp() + offset_seconds

Every moment of the business reads it: what is recorded when, what is due, unlocked, today. What
lives outside does not move with it: channels and their notices, codes of a sign-in, sessions, what
the batches say of when they were written. Only forward: what was promised to be whole stays so.

Units: seconds. Source: I-27; issue 4 (Shows 1).
"""

from typing import Final

from django.conf import settings
from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw

SECONDS_MAX: Final = 366 * 86_400
"""The most that one step moves it: no slip of the finger sends a platform beyond its rules."""
_MOVE: Final = """
UPDATE points_horizon SET offset_seconds = offset_seconds + %s WHERE id = 1
RETURNING offset_seconds,
          (extract(epoch FROM clock_timestamp() + make_interval(secs => offset_seconds))
           * 1000000)::bigint
"""


class ClockIsReal(Exception):
    """A platform in production lives in real time: its clock is not moved."""


class NotForward(Exception):
    """A step that does not lead forward, or too far: the clock stays."""


def move_clock(*, seconds: int) -> tuple[int, int]:
    """Move the clock on; give the whole offset in seconds and the platform's moment."""
    if settings.IS_PRODUCTION:
        raise ClockIsReal("in production the platform's clock is the database's: it is not moved")
    if not 0 < seconds <= SECONDS_MAX:
        raise NotForward(f"{seconds} s: a step leads forward, by at most {SECONDS_MAX} s")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_MOVE, (seconds,))
        row = cursor.fetchone()
        assert row is not None, "the horizon is made with the tables"
        audit_log.note(
            cursor,
            kind=AuditKind.CLOCK_MOVED,
            subject=("platform", "clock"),
            before={"offset_seconds": row[0] - seconds},
            after={"offset_seconds": row[0]},
        )
    return int(row[0]), int(row[1])
