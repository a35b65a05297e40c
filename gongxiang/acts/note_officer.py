"""What an officer did or saw that changes nothing but the audit log.

Units: none. Source: H5; design/ui/faces.md 6.5.
"""

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.audit_log import Values
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw


def note_officer(
    *,
    kind: AuditKind,
    officer: str,
    subject: tuple[str, object],
    after: Values | None = None,
    why: str = "",
) -> None:
    """Write one line of the audit log."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        audit_log.note(cursor, kind=kind, subject=subject, officer=officer, after=after, why=why)
