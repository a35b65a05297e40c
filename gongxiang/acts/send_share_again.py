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
from gongxiang.payments import gateway
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.further import further
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.payments.wire import Declined, Payee, RefundState, ShareOrder, Unknown

_REFUSED: Final = f"""
SELECT share.provider, share.transaction_id, share.amount_fen, share.payee,
       coalesce(account."authorization", ''), share.last_at <= clock_timestamp()
  FROM payments_share share LEFT JOIN {ACCOUNTS} account
    ON (account.store_id, account.provider, account.number)
       = (share.store_id, share.provider, share.payee)
 WHERE share.number = %s AND share.state = 'failed'
"""  # noqa: S608  no value is spliced in
_HOLD: Final = "UPDATE payments_sharecursor SET id = id WHERE id = 1"
"""What is carried goes to a new share or back to this one, never to both."""
_SEND: Final = """
UPDATE payments_share share
   SET number = %s, state = 'waiting', reason = '', tries = 0, next_at = clock_timestamp(),
       amount_fen = least(share.amount_fen, greatest(0, account.carried / %s))
  FROM payments_submerchant account, payments_share refused
 WHERE share.number = %s AND share.state = 'failed' AND share.last_at > clock_timestamp()
   AND (account.store_id, account.provider) = (share.store_id, share.provider)
   AND refused.number = share.number
RETURNING share.store_id, share.provider, refused.amount_fen, share.amount_fen, refused.reason
"""
_TAKE: Final = """
UPDATE payments_submerchant SET carried = carried - %s WHERE (store_id, provider) = (%s, %s)
"""


class NoShareRefused(Exception):
    """No such share that failed for good and was not sent again."""


class ShareTooLate(Exception):
    """The channel shares nothing of so old a payment any more: it goes with the next ones."""


class MayStillShare(Exception):
    """The channel does not say that the old number is over: it may share under it yet."""


class ShareNotOver(MayStillShare):
    """The channel says that it shared under the old number, or is about to (`reopen_share`)."""


class ShareReasonMissing(Exception):
    """A share is not sent again without an officer and a written reason."""


def send_share_again(*, number: str, officer: str, why: str) -> str:
    """Send a refused share again; give its new number.

    Raises `NoShareRefused`, `ShareTooLate`, `MayStillShare`, of it `ShareNotOver`, and
    `ShareReasonMissing`.
    """
    if not why.strip() or not officer:
        raise ShareReasonMissing("who, and why it will go now")
    _be_sure(number)
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


def _be_sure(number: str) -> None:
    """Ask the channel whether the old number is over; what failed for good stays so."""
    with raw.cursor() as cursor:
        cursor.execute(_REFUSED, (number,))
        row = cursor.fetchone()
    if row is None:
        raise NoShareRefused(number)
    provider, transaction_id, amount_fen, account, leave, is_late = row
    payee = Payee(number=account, authorization=leave)
    order = ShareOrder(
        number=number, payee=payee, transaction_id=transaction_id, amount_fen=amount_fen
    )
    try:
        state = gateway.query_share(provider=Provider(provider), order=order).state
    except (Unknown, Declined, NoChannel) as error:
        raise MayStillShare(f"{number}: {error!r}") from error
    if state not in {RefundState.FAILED, RefundState.ABSENT}:
        raise ShareNotOver(f"{number} is {state.value}")
    if is_late:
        raise ShareTooLate(number)
