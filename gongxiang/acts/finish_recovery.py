"""The waiting period is over and nobody objected: the new proof opens the account.

    the proof is nobody's yet        it signs in to the account from now on
    the proof is another account's   the two are one person's: they are joined

One proof finishes one request at a time; what else waits for it stays. An account that was closed
or joined meanwhile is opened to nobody.

Units: none. Source: reliability 8 (26); platform.md (People).
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.acts.join import Proved
from gongxiang.governance.limits import limit
from gongxiang.ledger import locks, raw
from gongxiang.members import guests, joined, joining, notes, stale
from gongxiang.members.models import MessageKind, Recovery

_READY: Final = """
SELECT asked.member_id, asked.id, asked.old_subject
  FROM members_recovery asked JOIN members_account account USING (member_id)
 CROSS JOIN points_horizon
 WHERE (asked.issuer, asked.subject) = (%s, %s) AND asked.state = %s
   AND asked.ready_at <= clock_timestamp() + make_interval(secs => offset_seconds)
   AND account.closed_at IS NULL
   AND NOT EXISTS (SELECT FROM members_joinedaccount gone WHERE gone.member_id = asked.member_id)
 ORDER BY asked.ready_at, asked.id LIMIT 1
"""
_DONE: Final = """
UPDATE members_recovery SET state = %s WHERE (member_id, id) = (%s, %s) AND state = %s
"""
_REFRESH: Final = """
UPDATE members_identity
   SET proved_at = (SELECT clock_timestamp() + make_interval(secs => offset_seconds)
                      FROM points_horizon)
 WHERE (issuer, subject, member_id) = (%s, %s, %s)
"""


def finish_recovery(*, proved: Proved) -> int | None:
    """Open the account that waits for this proof, and give it; None when none is ready."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        approved = Recovery.State.APPROVED.value
        cursor.execute(_READY, (proved.issuer, proved.subject, approved))
        row = cursor.fetchone()
        if row is None:
            return None
        member, number, old_subject = row
        known = guests.whose(cursor, proved.issuer, proved.subject)
        if known not in {None, member} and _is_stale(cursor, proved):
            return None
        cursor.execute(_DONE, (Recovery.State.DONE.value, member, number, approved))
        if not cursor.rowcount:
            return None
        if old_subject != proved.subject:
            stale.release(cursor, subject=old_subject, member=member)
        kept = _opened(cursor, proved, known, member)
        cursor.execute(_REFRESH, (proved.issuer, proved.subject, kept))
        joined.end_sessions(cursor, member=kept)
        notes.tell(cursor, member=kept, kind=MessageKind.ACCESS_RESTORED, subject=proved.shown)
    return kept


def _is_stale(cursor: Cursor[Any], proved: Proved) -> bool:
    """Tell whether the proof may be of a new holder, who does not get the old one's account."""
    days = limit(name="phone_stale_days")
    return stale.is_stale(cursor, issuer=proved.issuer, subject=proved.subject, days=days)


def _opened(cursor: Cursor[Any], proved: Proved, known: int | None, member: int) -> int:
    """Let the proof lead to the account; give the one that it signs in to."""
    if known is None:
        guests.know(cursor, proved.issuer, proved.subject, member=member, shown=proved.shown)
    if known is None or known == member:
        return int(member)
    kept = joining.join(cursor, known, member)
    assert kept is not None, "who signs in, and who is asked for, is open and joined to nobody"
    return kept
