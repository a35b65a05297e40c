"""The waiting period is over and nobody objected: the new proof opens the account.

Units: none. Source: reliability 8 (26); platform.md (People).
"""

from typing import Final

from django.db import transaction

from gongxiang.acts.join import Proved
from gongxiang.ledger import locks, raw
from gongxiang.members import guests, notes, stale
from gongxiang.members.models import MessageKind, Recovery

_READY: Final = """
UPDATE members_recovery SET state = %s
 WHERE id = (SELECT asked.id FROM members_recovery asked CROSS JOIN points_horizon
              JOIN members_account account USING (member_id)
             WHERE (asked.issuer, asked.subject, asked.state) = (%s, %s, %s)
               AND asked.ready_at <= clock_timestamp() + make_interval(secs => offset_seconds)
               AND account.closed_at IS NULL
               AND NOT EXISTS (SELECT FROM members_joinedaccount joined
                                WHERE joined.member_id = asked.member_id)
             ORDER BY asked.id LIMIT 1)
RETURNING member_id, old_subject
"""
"""The oldest alone: one proof opens one account, which nobody closed or joined into another."""
_REFRESH: Final = """
UPDATE members_identity
   SET proved_at = (SELECT clock_timestamp() + make_interval(secs => offset_seconds)
                      FROM points_horizon)
 WHERE (issuer, subject, member_id) = (%s, %s, %s)
"""
_EPOCH: Final = "UPDATE members_account SET epoch = epoch + 1 WHERE member_id = %s"


def finish_recovery(*, proved: Proved) -> int | None:
    """Open the account that waits for this proof, and give it; None when none is ready."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        done, approved = Recovery.State.DONE.value, Recovery.State.APPROVED.value
        cursor.execute(_READY, (done, proved.issuer, proved.subject, approved))
        row = cursor.fetchone()
        if row is None:
            return None
        member, old_subject = row
        if old_subject != proved.subject:
            stale.release(cursor, subject=old_subject, member=member)
        guests.know(cursor, proved.issuer, proved.subject, member=member, shown=proved.shown)
        if guests.whose(cursor, proved.issuer, proved.subject) != member:
            transaction.set_rollback(True)
            return None
        stale.object_to(cursor, member=member)
        cursor.execute(_REFRESH, (proved.issuer, proved.subject, member))
        cursor.execute(_EPOCH, (member,))
        notes.tell(cursor, member=member, kind=MessageKind.ACCESS_RESTORED, subject=proved.shown)
    return int(member)
