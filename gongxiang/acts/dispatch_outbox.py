"""Instructions leave for the channels, after their commit, until their answer is known.

    due claimed (commit) -> sent, or asked about if it was sent before -> answer kept (commit)

An instruction that was sent once without an answer is asked about first; only what the channel
never heard of is sent again, under the same number.

Units: fen. Source: P4, P5; I-23; reliability C7, C8.
"""

import logging
from typing import Any, Final

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.payments import gateway
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.models import ChannelRefund
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Declined, RefundOrder, RefundState, Unknown

log = logging.getLogger(__name__)

AT_ONCE: Final = 20
_CLAIM: Final = """
WITH due AS (
    SELECT request_number FROM payments_outbox WHERE next_at <= clock_timestamp()
     ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE payments_outbox outbox
       SET tries = tries + 1,
           next_at = clock_timestamp()
               + make_interval(secs => least(3600, 15 * 2 ^ least(tries, 9)))
      FROM due WHERE outbox.request_number = due.request_number
 RETURNING outbox.request_number, outbox.tries
)
SELECT refund.provider, claimed.tries, refund.number, refund.transaction_id, refund.amount_fen,
       refund.total_fen
  FROM claimed JOIN payments_channelrefund refund ON refund.number = claimed.request_number
"""
_ANSWER: Final = """
UPDATE payments_channelrefund SET state = %s, reason = %s WHERE number = %s AND state <> 'done'
"""
_FINISHED: Final = "UPDATE payments_outbox SET next_at = NULL WHERE request_number = %s"


def dispatch_outbox() -> int:
    """Send what is due; give how many instructions were taken up."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_CLAIM, (AT_ONCE,))
        due = cursor.fetchall()
    for row in due:
        _deliver(row)
    return len(due)


def _deliver(row: tuple[Any, ...]) -> None:
    """Deliver one instruction and keep what the channel answers."""
    provider, tries, number, transaction_id, amount_fen, total_fen = row
    order = RefundOrder(
        number=number,
        transaction_id=transaction_id,
        amount_fen=amount_fen,
        total_fen=total_fen,
    )
    try:
        state, reason = _send(Provider(provider), order, is_first=tries == 1), ""
    except (Unknown, NoChannel) as error:
        log.warning("refund %s stays unknown: %r", number, error)
        _keep(number, ChannelRefund.State.UNKNOWN, reason=str(error), is_over=False)
        return
    except Declined as declined:
        state, reason = RefundState.FAILED, declined.code
    if state is RefundState.DONE:
        _keep(number, ChannelRefund.State.DONE, reason="", is_over=True)
    elif state is RefundState.FAILED:
        log.error("refund %s failed at the channel: %s", number, reason)
        _keep(number, ChannelRefund.State.FAILED, reason=reason, is_over=True)
    else:
        _keep(number, ChannelRefund.State.WAITING, reason="", is_over=False)


def _send(provider: Provider, order: RefundOrder, *, is_first: bool) -> RefundState:
    """Send for the first time; later ask, and send again only what never arrived."""
    if not is_first:
        state = gateway.query_refund(provider=provider, order=order)
        if state is not RefundState.ABSENT:
            return state
    return gateway.refund(provider=provider, order=order)


def _keep(number: str, state: ChannelRefund.State, *, reason: str, is_over: bool) -> None:
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_ANSWER, (state.value, reason, number))
        if is_over:
            cursor.execute(_FINISHED, (number,))
