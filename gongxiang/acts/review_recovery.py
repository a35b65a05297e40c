"""An officer has checked the real name of somebody who asks for his account, or has not found it.

Units: none. Source: reliability 8 (26), I-26; platform.md (People).
"""

from typing import Final

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.limits import limit
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.members.models import Recovery

_REVIEW: Final = """
UPDATE members_recovery
   SET state = %s, officer = %s, reason = %s,
       ready_at = CASE WHEN %s THEN clock_timestamp() + make_interval(secs => offset_seconds)
                                    + make_interval(days => %s) END
  FROM points_horizon
 WHERE (member_id, members_recovery.id) = (%s, %s) AND state = %s
"""


class NotAsked(Exception):
    """Nobody waits under this number: nothing was changed."""


class ReasonMissing(Exception):
    """An officer says what he checked: nothing was changed."""


def review_recovery(
    *, member: int, number: int, officer: str, is_approved: bool, reason: str
) -> Recovery.State:
    """Approve or decline; raises `NotAsked` and `ReasonMissing`."""
    if not officer or not reason.strip():
        raise ReasonMissing("whose real name was checked, and by what?")
    state = Recovery.State.APPROVED if is_approved else Recovery.State.DECLINED
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        verdict = (
            state.value,
            officer,
            reason.strip(),
            is_approved,
            limit(name="recovery_wait_days"),
        )
        cursor.execute(_REVIEW, (*verdict, member, number, Recovery.State.ASKED.value))
        if not cursor.rowcount:
            raise NotAsked(f"recovery {number}")
        audit_log.note(
            cursor,
            kind=AuditKind.RECOVERY_REVIEWED,
            subject=("member", member),
            officer=officer,
            before={"state": Recovery.State.ASKED.value},
            after={"state": state.value},
            why=reason.strip(),
        )
    return state
