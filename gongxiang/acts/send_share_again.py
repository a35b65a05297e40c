"""An officer sends a share again that a channel refused for good, under a further number (P2).

The channel is asked about the old number first: only where it says now as well that nothing was or
will be shared under it is another one sent. The further number takes the refused one's place in the
same row, and the audit log keeps the old one: a payment has one share at any time.

    sent = what it was, at most what of it is still carried

What was refused was carried to the store's next share; what that took already is not asked for
twice, and a share of nothing still frees the store's money at the channel.

    failed -> asked, outside a transaction: failed or absent -> waiting, carried no more (commit)
                                            done, under way  -> refused: `ShareNotOver`
                                            no answer        -> refused: `MayStillShare`

Units: fen, micro-yuan in what is carried. Source: E6; P2, P4; I-18, I-23, I-26.
"""

from typing import Final

from django.db import transaction

from gongxiang.base.money import FEN
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.payments import refused_shares
from gongxiang.payments.further import further
from gongxiang.payments.refused_shares import NoShareRefused

_HOLD: Final = "UPDATE payments_sharecursor SET id = id WHERE id = 1"
"""What is carried goes to a new share or back to this one, never to both."""
_SEND: Final = """
UPDATE payments_share share
   SET number = %s, state = 'waiting', reason = '', tries = 0, sent_at = NULL,
       next_at = clock_timestamp(),
       amount_fen = least(share.amount_fen, greatest(0, account.carried / %s))
  FROM payments_submerchant account, payments_share refused
 WHERE share.number = %s AND share.state = 'failed' AND share.last_at > clock_timestamp()
   AND share.freed_at IS NULL
   AND (account.store_id, account.provider) = (share.store_id, share.provider)
   AND refused.number = share.number
RETURNING share.store_id, share.provider, refused.amount_fen, share.amount_fen, refused.reason
"""
_TAKE: Final = """
UPDATE payments_submerchant SET carried = carried - %s WHERE (store_id, provider) = (%s, %s)
"""


class ShareTooLate(Exception):
    """The payment is too old to be shared, given up or freed: its part goes with the next ones."""


class ShareReasonMissing(Exception):
    """A share is not sent again without an officer and a written reason."""


def send_share_again(*, number: str, officer: str, why: str) -> str:
    """Send a refused share again; give its new number.

    Raises `NoShareRefused`, `ShareTooLate`, `MayStillShare`, of it `ShareNotOver`, and
    `ShareReasonMissing`.
    """
    if not why.strip() or not officer:
        raise ShareReasonMissing("who, and why it will go now")
    refused = refused_shares.find(number)
    refused_shares.be_sure(refused)
    if refused.is_late:
        raise ShareTooLate(number)
    fresh = further(number)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_HOLD)
        cursor.execute(_SEND, (fresh, FEN, number))
        row = cursor.fetchone()
        if row is None:
            raise NoShareRefused(number)
        store, provider, refused_fen, sent_fen, reason = row
        cursor.execute(_TAKE, (sent_fen * FEN, store, provider))
        audit_log.note(
            cursor,
            kind=AuditKind.SHARE_SENT_AGAIN,
            subject=("share", fresh),
            officer=officer,
            before={"number": number, "amount": refused_fen * FEN, "reason": reason},
            after={"state": "waiting", "amount": sent_fen * FEN},
            why=why,
        )
    return fresh
