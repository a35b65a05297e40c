"""A refund that is held as refused, but not by its channel any more, is unknown again.

A channel may take back what it refused, or a wrong answer was believed. Then nothing is sent under
a further number: the old one is asked about until its end is known. What of it the platform bore
lies with the store rightly, so it is taken off what the store's next share was to carry; should the
channel refuse after all, it is carried again.

    failed -> unknown, due to be asked about (commit); the outbox asks, and never sends before

Units: fen, micro-yuan in what is carried. Source: P4; I-23, I-26; reliability C8; ADR 0027.
"""

from typing import Final

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.payments import receipts

_REOPEN: Final = """
UPDATE payments_channelrefund SET state = 'unknown'
 WHERE number = %s AND state = 'failed' AND NOT is_replaced
RETURNING reason
"""
_ASK: Final = """
UPDATE payments_outbox SET next_at = clock_timestamp() WHERE request_number = %s
"""


def reopen_refund(*, number: str, officer: str, why: str) -> bool:
    """Let a refused refund be asked about again; False when it is none or was sent again."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_REOPEN, (number,))
        row = cursor.fetchone()
        if row is None:
            return False
        receipts.carry_returned(cursor, number=number, is_undone=True)
        cursor.execute(_ASK, (number,))
        audit_log.note(
            cursor,
            kind=AuditKind.REFUND_REOPENED,
            subject=("refund", number),
            officer=officer,
            before={"state": "failed", "reason": row[0]},
            after={"state": "unknown"},
            why=why,
        )
    return True
