"""Somebody who lost his number asks for his account, by what he can prove now.

    asked -> an officer checks his real name -> a waiting period -> his new proof opens the account

Asking tells nothing: it is answered the same whether the old number is known or not. The account
is told; its owner's next sign-in ends the matter. Each who asks has a request of his own, so nobody
keeps another from asking; the officer sees them all.

Units: none. Source: reliability 8 (3, 22, 26); platform.md (People).
"""

from typing import Final

from django.db import transaction

from gongxiang.acts.join import Proved
from gongxiang.base import ids
from gongxiang.ledger import locks, raw
from gongxiang.members import guests, notes, phone, stale
from gongxiang.members.models import MessageKind, Recovery

_OPEN: Final = """
SELECT FROM members_recovery
 WHERE member_id = %s AND (issuer, subject) = (%s, %s) AND state = ANY(%s)
"""
_ASK: Final = """
INSERT INTO members_recovery (id, member_id, issuer, subject, shown, old_subject, state, asked_at,
                              officer, reason)
SELECT %s, %s, %s, %s, %s, %s, %s, clock_timestamp() + make_interval(secs => offset_seconds), '', ''
  FROM points_horizon
"""


def ask_recovery(*, proved: Proved, old_subject: str) -> bool:
    """Ask for the account of an old phone; False when there is none, or he asked already.

    The answer is for tests and logs: no page may tell the difference.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        member = guests.whose(cursor, phone.ISSUER, old_subject)
        asked_before = (member, proved.issuer, proved.subject, list(stale.OPEN))
        cursor.execute(_OPEN, asked_before)
        if member is None or cursor.fetchone() is not None:
            return False
        known = guests.whose(cursor, proved.issuer, proved.subject)
        if known not in {None, member}:
            return False
        asked = (ids.next_id(), member, proved.issuer, proved.subject, proved.shown, old_subject)
        cursor.execute(_ASK, (*asked, Recovery.State.ASKED.value))
        notes.tell(cursor, member=member, kind=MessageKind.RECOVERY_ASKED, subject=proved.shown)
    return True
