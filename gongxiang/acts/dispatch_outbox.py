"""Instructions leave for the channels, after their commit, until their answer is known.

    due claimed (commit) -> sent, or asked about if it was sent before -> answer kept (commit)

An instruction that was sent once without an answer is asked about first; only what the channel
never heard of is sent again, under the same number. Money of an order that has settled goes back
when its share is done with: what the platform bears first, then the whole to the payer (P2). Never
more than is left of the share: what is short is carried to the store's next payment; so is what
came back to a store for a refund that the channel then refuses for good.

Units: fen, micro-yuan in what is carried. Source: P4, P5; I-23; reliability C7, C8.
"""

import logging
from typing import Any, Final

from django.db import transaction

from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.payments import gateway, receipts
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.models import ChannelRefund
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.payments.wire import Declined, Payee, RefundOrder, RefundState, Unknown

log = logging.getLogger(__name__)

AT_ONCE: Final = 20
_CLAIM: Final = """
WITH due AS (
    SELECT request_number FROM payments_outbox outbox
     WHERE next_at <= clock_timestamp()
       AND NOT EXISTS (SELECT FROM payments_channelrefund back
             WHERE back.number = outbox.request_number AND back.returned_fen IS NOT NULL
               AND NOT EXISTS (SELECT FROM payments_share share
                     WHERE (share.provider, share.transaction_id)
                           = (back.provider, back.transaction_id)
                       AND share.state IN ('done', 'failed')))
     ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE payments_outbox outbox
       SET tries = tries + 1,
           next_at = clock_timestamp()
               + make_interval(secs => least(3600, 15 * 2 ^ least(tries, 9)))
      FROM due WHERE outbox.request_number = due.request_number
 RETURNING outbox.request_number
)
SELECT request_number FROM claimed
"""
_FIT: Final = """
WITH claimed AS (
    SELECT back.number, back.provider, attempt.store_id, back.returned_fen AS before_fen,
           least(back.returned_fen, greatest(0,
               CASE share.state WHEN 'done' THEN share.amount_fen ELSE 0 END
               - (SELECT coalesce(sum(other.returned_fen), 0) FROM payments_channelrefund other
                   WHERE (other.provider, other.transaction_id)
                         = (back.provider, back.transaction_id)
                     AND (other.created_at, other.number) < (back.created_at, back.number)
                     AND NOT (other.is_replaced AND other.returned_at IS NULL))
           )) AS after_fen
      FROM payments_outbox outbox
      JOIN payments_channelrefund back ON back.number = outbox.request_number
      JOIN payments_share share
        ON (share.provider, share.transaction_id) = (back.provider, back.transaction_id)
      JOIN payments_attempt attempt ON attempt.number = share.attempt_number
     WHERE outbox.request_number = ANY(%s) AND outbox.tries = 1 AND back.returned_fen > 0
), fitted AS (
    UPDATE payments_channelrefund back SET returned_fen = claimed.after_fen FROM claimed
     WHERE back.number = claimed.number AND claimed.after_fen < claimed.before_fen
 RETURNING claimed.store_id, claimed.provider, claimed.before_fen - claimed.after_fen AS short_fen
), short AS (
    SELECT store_id, provider, sum(short_fen)::bigint AS fen FROM fitted
     GROUP BY store_id, provider ORDER BY store_id, provider
)
UPDATE payments_submerchant account SET carried = carried - short.fen * %s FROM short
 WHERE (account.store_id, account.provider) = (short.store_id, short.provider)
"""
_DUE: Final = f"""
SELECT refund.provider, outbox.tries, refund.number, refund.transaction_id, refund.amount_fen,
       refund.total_fen, money.payee,
       coalesce((SELECT "authorization" FROM payments_attempt paid
          JOIN {ACCOUNTS} account USING (store_id, provider)
         WHERE paid.number = money.attempt_number AND account.number = money.payee), ''),
       coalesce(share.number, ''),
       least(coalesce(refund.returned_fen, 0), coalesce(share.amount_fen, 0))
  FROM payments_outbox outbox
  JOIN payments_channelrefund refund ON refund.number = outbox.request_number
  JOIN payments_transaction money USING (provider, transaction_id)
  LEFT JOIN payments_share share
    ON (share.provider, share.transaction_id) = (refund.provider, refund.transaction_id)
       AND share.state = 'done'
 WHERE outbox.request_number = ANY(%s)
"""  # noqa: S608  no value is spliced in
_ANSWER: Final = """
UPDATE payments_channelrefund
   SET state = %(state)s::text, reason = %(reason)s,
       done_at = CASE WHEN %(state)s::text = 'done' THEN clock_timestamp() END,
       returned_at = CASE WHEN %(state)s::text = 'done' AND returned_fen > 0
                          THEN coalesce(returned_at, clock_timestamp()) ELSE returned_at END
 WHERE number = %(number)s AND state NOT IN ('done', 'failed')
"""
_RETURNED: Final = """
UPDATE payments_channelrefund SET returned_at = clock_timestamp()
 WHERE number = %s AND returned_at IS NULL
"""
_FINISHED: Final = "UPDATE payments_outbox SET next_at = NULL WHERE request_number = %s"


def dispatch_outbox() -> int:
    """Send what is due; give how many instructions were taken up."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_CLAIM, (AT_ONCE,))
        numbers = [number for (number,) in cursor.fetchall()]
        cursor.execute(_FIT, (numbers, FEN))
        cursor.execute(_DUE, (numbers,))
        due = cursor.fetchall()
    for row in due:
        _deliver(row)
    return len(due)


def _deliver(row: tuple[Any, ...]) -> None:
    """Deliver one instruction and keep what the channel answers."""
    (
        provider,
        tries,
        number,
        transaction_id,
        amount_fen,
        total_fen,
        account,
        leave,
        share,
        back_fen,
    ) = row
    order = RefundOrder(
        number=number,
        payee=Payee(number=account, authorization=leave),
        transaction_id=transaction_id,
        amount_fen=amount_fen,
        total_fen=total_fen,
        share_number=share,
        returned_fen=back_fen,
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
    """Send for the first time; later ask, and send again only what never arrived.

    What the platform bears of it goes back to the store before the store's money leaves (P2).
    """
    if order.returned_fen:
        state = RefundState.ABSENT
        if not is_first:
            state = gateway.query_return(provider=provider, order=order)
        if state is RefundState.ABSENT:
            state = gateway.return_share(provider=provider, order=order)
        if state is not RefundState.DONE:
            return state
        if gateway.returns_apart(provider):
            _returned(order.number)
    if not is_first:
        state = gateway.query_refund(provider=provider, order=order)
        if state is not RefundState.ABSENT:
            return state
    return gateway.refund(provider=provider, order=order)


def _returned(number: str) -> None:
    """Keep that the platform's part is back with the store, whatever becomes of the refund."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_RETURNED, (number,))


def _keep(number: str, state: ChannelRefund.State, *, reason: str, is_over: bool) -> None:
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        values = {"state": state.value, "reason": reason, "number": number}
        cursor.execute(_ANSWER, values)
        if cursor.rowcount and state is ChannelRefund.State.FAILED:
            receipts.carry_returned(cursor, number=number)
        if is_over:
            cursor.execute(_FINISHED, (number,))
