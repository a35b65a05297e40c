"""A share that is held as refused, but not by its channel any more, is unknown again.

Nothing is sent under a further number: the old one is asked about until its end is known. It is
taken off what the store's next share was to carry; should the channel refuse after all, it is
carried again. One whose payment was freed meanwhile is no exception: `freed_at` stays, because the
books have it, and what was shared after all leaves the store again when a bill shows it.

    failed -> unknown, due to be asked about (commit); the dispatcher asks, and never sends before

Units: fen, micro-yuan in what is carried. Source: P2, P4; I-23, I-26; reliability C8.
"""

from typing import Final

from django.db import transaction

from gongxiang.base.money import FEN
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw

_REOPEN: Final = """
UPDATE payments_share
   SET state = 'unknown', next_at = clock_timestamp(),
       sent_at = coalesce(sent_at, clock_timestamp())
 WHERE number = %s AND state = 'failed'
RETURNING store_id, provider, amount_fen, reason
"""
_TAKE: Final = """
UPDATE payments_submerchant SET carried = carried - %s WHERE (store_id, provider) = (%s, %s)
"""


def reopen_share(*, number: str, officer: str = audit_log.SYSTEM, why: str) -> bool:
    """Let a refused share be asked about again; False when it is none or was sent again."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_REOPEN, (number,))
        row = cursor.fetchone()
        if row is None:
            return False
        store, provider, amount_fen, reason = row
        cursor.execute(_TAKE, (amount_fen * FEN, store, provider))
        audit_log.note(
            cursor,
            kind=AuditKind.SHARE_REOPENED,
            subject=("share", number),
            officer=officer,
            before={"state": "failed", "reason": reason},
            after={"state": "unknown"},
            why=why,
        )
    return True
