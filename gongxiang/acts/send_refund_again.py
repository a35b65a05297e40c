"""An officer sends a refund again that a channel refused for good, under a further number (P4).

The channel is asked about the old number first: only where it says now as well that nothing was or
will be paid under it is another one made, so no payer gets his money twice. The old number is never
asked to pay again, and whatever is counted of refunds leaves it out. What of it the platform bore
and already gave back to the store stays there, carried to its next share as before; so the second
sending is paid from the store's account whole.

    failed -> asked, outside a transaction: failed or absent -> replaced, the new one waits (commit)
                                            done, under way  -> refused: `NotOver`
                                            no answer        -> refused: `MayStillPay`

Of officers at once one is let through: the old number is replaced once.

Units: fen. Source: E16; P2, P4; I-18, I-23, I-26.
"""

from typing import Final

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.payments import gateway, receipts
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.further import further
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.payments.wire import Declined, Payee, RefundOrder, RefundState, Unknown

_REFUSED: Final = f"""
SELECT back.provider, back.transaction_id, back.amount_fen, back.total_fen, money.payee,
       coalesce((SELECT "authorization" FROM payments_attempt paid
          JOIN {ACCOUNTS} account USING (store_id, provider)
         WHERE paid.number = money.attempt_number AND account.number = money.payee), '')
  FROM payments_channelrefund back
  JOIN payments_transaction money USING (provider, transaction_id)
 WHERE back.number = %s AND back.state = 'failed' AND NOT back.is_replaced
"""  # noqa: S608  no value is spliced in
_REPLACE: Final = """
UPDATE payments_channelrefund SET is_replaced = true
 WHERE number = %s AND state = 'failed' AND NOT is_replaced
RETURNING provider, transaction_id, amount_fen, total_fen, refund_id, returned_fen, reason
"""


class NothingRefused(Exception):
    """No such refund that failed for good and was not sent again."""


class MayStillPay(Exception):
    """The channel does not say that the old number is over: it may pay under it yet."""


class NotOver(MayStillPay):
    """The channel says that it paid under the old number, or is about to (`reopen_refund`)."""


class ReasonMissing(Exception):
    """A refund is not sent again without an officer and a written reason."""


def send_refund_again(*, number: str, officer: str, why: str) -> str:
    """Send a refused refund again; give its new number.

    Raises `NothingRefused`, `MayStillPay`, of it `NotOver`, and `ReasonMissing`.
    """
    if not why.strip() or not officer:
        raise ReasonMissing("who, and why it will go now")
    _be_sure(number)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_REPLACE, (number,))
        row = cursor.fetchone()
        if row is None:
            raise NothingRefused(number)
        provider, transaction_id, amount_fen, total_fen, refund, returned_fen, reason = row
        fresh = further(number)
        receipts.send_back(
            cursor,
            number=fresh,
            provider=Provider(provider),
            transaction_id=transaction_id,
            amount_fen=amount_fen,
            total_fen=total_fen,
            refund=refund,
            returned_fen=returned_fen,
        )
        audit_log.note(
            cursor,
            kind=AuditKind.REFUND_SENT_AGAIN,
            subject=("refund", fresh),
            officer=officer,
            before={"state": "failed", "reason": reason},
            after={"state": "waiting"},
            why=why,
        )
    return fresh


def _be_sure(number: str) -> None:
    """Ask the channel whether the old number is over; what failed for good stays so."""
    with raw.cursor() as cursor:
        cursor.execute(_REFUSED, (number,))
        row = cursor.fetchone()
    if row is None:
        raise NothingRefused(number)
    provider, transaction_id, amount_fen, total_fen, account, leave = row
    order = RefundOrder(
        number=number,
        payee=Payee(number=account, authorization=leave),
        transaction_id=transaction_id,
        amount_fen=amount_fen,
        total_fen=total_fen,
    )
    try:
        state = gateway.query_refund(provider=Provider(provider), order=order).state
    except (Unknown, Declined, NoChannel) as error:
        raise MayStillPay(f"{number}: {error!r}") from error
    if state not in {RefundState.FAILED, RefundState.ABSENT}:
        raise NotOver(f"{number} is {state.value}")
