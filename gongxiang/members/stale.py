"""Numbers that may be another's by now: how long a phone proves its old account by a code alone.

Operators keep a number that was given back for a while before somebody else gets it. A phone that
was proved within that time is still the same person's; one that was not may be another's, and its
code alone opens nothing. How long that is says the rule `phone_stale_days`.

Units: days; moments in microseconds of the platform's clock.
Source: reliability 8 (22, 26); platform.md (People).
"""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.members import notes, phone
from gongxiang.members.models import MessageKind, Recovery

_STALE: Final = """
SELECT identity.proved_at < clock_timestamp() + make_interval(secs => offset_seconds)
                            - make_interval(days => %s)
  FROM members_identity identity, points_horizon
 WHERE (identity.issuer, identity.subject) = (%s, %s)
"""
_RELEASE: Final = """
WITH gone AS (
    DELETE FROM members_identity WHERE (issuer, subject, member_id) = (%s, %s, %s)
    RETURNING issuer, subject, member_id, shown, proved_at
)
INSERT INTO members_releasedidentity (id, member_id, issuer, subject, shown, proved_at, released_at)
SELECT %s, member_id, issuer, subject, shown, proved_at,
       clock_timestamp() + make_interval(secs => offset_seconds) FROM gone, points_horizon
RETURNING shown
"""
_CANCEL: Final = """
UPDATE members_recovery SET state = %s WHERE member_id = ANY(%s) AND state = ANY(%s)
"""
OPEN: Final = (Recovery.State.ASKED.value, Recovery.State.APPROVED.value)


def is_stale(cursor: Cursor[Any], *, issuer: str, subject: str, days: int) -> bool:
    """Tell whether a code alone is no proof of the account any more: only phones grow stale."""
    if issuer != phone.ISSUER:
        return False
    cursor.execute(_STALE, (days, issuer, subject))
    row = cursor.fetchone()
    return bool(row and row[0])


def release(cursor: Cursor[Any], *, subject: str, member: int) -> bool:
    """Take a phone from its account, keep the trace, tell the account; False when it had none."""
    cursor.execute(_RELEASE, (phone.ISSUER, subject, member, ids.next_id()))
    row = cursor.fetchone()
    if row is None:
        return False
    notes.tell(cursor, member=member, kind=MessageKind.PHONE_RELEASED, subject=row[0])
    return True


def cancel_recoveries(cursor: Cursor[Any], *, members: Sequence[int]) -> None:
    """Let nobody wait for these accounts any more: whose they are has shown himself."""
    cursor.execute(_CANCEL, (Recovery.State.CANCELLED.value, list(members), list(OPEN)))
