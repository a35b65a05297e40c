"""An officer takes an exception of the reconciliation on, with a note on what it is (P3).

Units: none. Source: P3; design/ui/faces.md 6.5 (对账).
"""

from typing import Final

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.payments.provider import Provider

_CLAIM: Final = """
UPDATE payments_difference SET state = 'claimed', officer = %s, note = %s
 WHERE (provider, kind, number, state) = (%s, %s, %s, 'open')
"""


class NothingOpen(Exception):
    """No such open exception: it was claimed, explained, or never found."""


class NoteMissing(Exception):
    """An exception is not claimed without an officer and a written note."""


def claim_difference(
    *, provider: Provider, kind: str, number: str, officer: str, note: str
) -> None:
    """Claim one exception; raises `NothingOpen` and `NoteMissing`."""
    if not note.strip() or not officer:
        raise NoteMissing("who, and what it is")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_CLAIM, (officer, note.strip(), provider.value, kind, number))
        if cursor.rowcount != 1:
            raise NothingOpen(f"{provider.value} {kind} {number}")
        audit_log.note(
            cursor,
            kind=AuditKind.DIFFERENCE_CLAIMED,
            subject=("difference", f"{provider.value}/{kind}/{number}"),
            officer=officer,
            after={"state": "claimed"},
            why=note,
        )
