"""An officer gives a refused share up: its payment is not shared any more, but freed (P2).

The channel is asked first, and told to free the payment as soon as this is committed
(`free_shares`). Where it answers no more, as of a store that left, the officer's word counts once
the payment is too old to be shared.

    failed -> asked, outside a transaction: failed or absent        -> too late from now on (commit)
                                            no answer, and too late -> freed (commit)
                                            no answer before that   -> refused: `MayStillShare`
                                            done, under way         -> refused: `ShareNotOver`

No debt is forgiven: what was refused stays carried to the store's next shares.

Units: none. Source: P2, P4; I-18, I-23, I-26.
"""

from typing import Final

from django.db import transaction

from gongxiang.base.money import FEN
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.payments import refused_shares
from gongxiang.payments.refused_shares import MayStillShare, ShareNotOver

_END: Final = """
UPDATE payments_share SET last_at = least(last_at, clock_timestamp()),
       freed_at = CASE WHEN %(is_silent)s THEN clock_timestamp() END,
       next_at = CASE WHEN %(is_silent)s THEN NULL ELSE clock_timestamp() END
 WHERE number = %(number)s AND state = 'failed' AND freed_at IS NULL
   AND (%(is_silent)s OR last_at > clock_timestamp())
RETURNING amount_fen, reason
"""


class ShareEndedAlready(Exception):
    """It was given up, freed or sent again already, or is too old to be shared: nothing changed."""


class EndReasonMissing(Exception):
    """A share is not given up without an officer and a written reason."""


def end_share(*, number: str, officer: str, why: str) -> bool:
    """Give a refused share up; tell whether its payment counts as freed already.

    Raises `NoShareRefused`, `MayStillShare`, of it `ShareNotOver`, `ShareEndedAlready` and
    `EndReasonMissing`.
    """
    if not why.strip() or not officer:
        raise EndReasonMissing("who, and why it is given up")
    is_silent = _is_silent(number)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_END, {"number": number, "is_silent": is_silent})
        row = cursor.fetchone()
        if row is None:
            raise ShareEndedAlready(number)
        audit_log.note(
            cursor,
            kind=AuditKind.SHARE_ENDED,
            subject=("share", number),
            officer=officer,
            before={"state": "failed", "amount": row[0] * FEN, "reason": row[1]},
            after={"state": "freed" if is_silent else "given up"},
            why=why,
        )
    return is_silent


def _is_silent(number: str) -> bool:
    """Ask the channel; tell whether it says nothing of a share that it cannot make any more."""
    refused = refused_shares.find(number)
    try:
        refused_shares.be_sure(refused)
    except ShareNotOver:
        raise
    except MayStillShare:
        if not refused.is_late:
            raise
        return True
    return False
