"""A notice in quarantine was looked at by a person: why it is done with, once.

The notice itself stays as it came; it leaves the queue of those that wait.

Units: none. Source: P1; reliability 1.4 (6).
"""

from typing import Final

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw

_KNOWN: Final = "SELECT reason FROM payments_quarantine WHERE id = %s"
_HANDLED: Final = """
INSERT INTO governance_handlednotice (notice_id, officer, why, handled_at)
VALUES (%s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
"""
_WAITS_NO_MORE: Final = "DELETE FROM payments_waitingnotice WHERE notice_id = %s"


class NoSuchNotice(Exception):
    """No notice in quarantine has this number."""


class HandledBefore(Exception):
    """Somebody has handled this notice already."""


class HandlingUnexplained(Exception):
    """A notice is handled with a sentence that says what was found."""


def handle_notice(*, notice: int, officer: str, why: str) -> None:
    """Mark a notice as handled.

    Raises `NoSuchNotice`, `HandledBefore`, `HandlingUnexplained`; nothing has then changed.
    """
    if not why.strip():
        raise HandlingUnexplained(f"notice {notice}: say what was found")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_KNOWN, (notice,))
        row = cursor.fetchone()
        if row is None:
            raise NoSuchNotice(f"no notice {notice} in quarantine")
        cursor.execute(_HANDLED, (notice, officer, why.strip()))
        if not cursor.rowcount:
            raise HandledBefore(f"notice {notice} was handled before")
        cursor.execute(_WAITS_NO_MORE, (notice,))
        audit_log.note(
            cursor,
            kind=AuditKind.NOTICE_HANDLED,
            subject=("notice", notice),
            officer=officer,
            before={"reason": row[0]},
            why=why.strip(),
        )
