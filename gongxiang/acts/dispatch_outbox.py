"""Instructions leave for the channels, after their commit, until their answer is known.

    due claimed (commit) -> sent, or asked about if it was sent before -> answer kept (commit)

It leaves as everything does (`outbox`). Money of an order that has settled goes back when its share
is done with: what the platform bears first, then the whole to the payer (P2). Never more than is
left of the share: what is short is carried to the store's next payment; so is what came back to a
store for a refund that the channel then refuses for good.

A refund is done at the moment that its channel tells, not when we hear of it.

Units: fen, micro-yuan in what is carried; moments in microseconds.
Source: P4, P5; I-23; reliability C7, C8.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from django.db import transaction

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.payments import gateway, ours, outbox, receipts
from gongxiang.payments.models import ChannelRefund
from gongxiang.payments.outbox import Answer
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.payments.wire import Payee, RefundOrder, RefundState, RefundTold

AT_ONCE: Final = 20
_CLAIM: Final = f"""
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
       SET tries = tries + 1, next_at = {outbox.DUE_AGAIN}
      FROM due WHERE outbox.request_number = due.request_number
 RETURNING outbox.request_number
)
SELECT request_number FROM claimed
"""  # noqa: S608  no value is spliced in
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
SELECT refund.provider, outbox.tries, outbox.sent_at IS NULL,
       {outbox.MAY_ARRIVE.format(row="outbox")},
       refund.returned_at IS NOT NULL, refund.number, refund.transaction_id, refund.amount_fen,
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
_SENDING: Final = """
UPDATE payments_outbox SET sent_at = clock_timestamp() WHERE (request_number, tries) = (%s, %s)
"""
_ANSWER: Final = """
UPDATE payments_channelrefund back
   SET state = %(state)s::text, reason = %(reason)s,
       done_at = CASE WHEN %(state)s::text = 'done'
                      THEN coalesce(%(at)s::timestamptz, clock_timestamp()) END,
       returned_at = CASE WHEN %(state)s::text = 'done' AND returned_fen > 0
                          THEN coalesce(returned_at, %(at)s::timestamptz, clock_timestamp())
                          ELSE returned_at END
  FROM payments_outbox outbox
 WHERE back.number = %(number)s AND back.state NOT IN ('done', 'failed')
   AND outbox.request_number = back.number
   AND (outbox.tries = %(tries)s OR %(state)s::text = 'done')
"""
_RETURNED: Final = """
UPDATE payments_channelrefund SET returned_at = coalesce(%s::timestamptz, clock_timestamp())
 WHERE number = %s AND returned_at IS NULL
"""
_UNSENT: Final = (
    "UPDATE payments_outbox SET sent_at = NULL WHERE (request_number, tries) = (%s, %s)"
)
_FINISHED: Final = "UPDATE payments_outbox SET next_at = NULL WHERE request_number = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A refund that was taken up, as it stood then."""

    provider: Provider
    tries: int
    order: RefundOrder
    is_first: bool
    may_arrive: bool
    is_returned: bool


def dispatch_outbox() -> int:
    """Send what is due; give how many instructions were taken up."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_CLAIM, (AT_ONCE,))
        numbers = [number for (number,) in cursor.fetchall()]
        cursor.execute(_FIT, (numbers, FEN))
        cursor.execute(_DUE, (numbers,))
        due = cursor.fetchall()
    for row in due:
        one = _read(row)
        _keep(one, outbox.answer(f"refund {one.order.number}", partial(_send, one)))
    return len(due)


def _read(row: tuple[Any, ...]) -> _Due:
    provider, tries, is_first, may_arrive, is_returned, number, *rest = row
    transaction_id, amount_fen, total_fen, account, leave, share, back_fen = rest
    order = RefundOrder(
        number=number,
        payee=Payee(number=account, authorization=leave),
        transaction_id=transaction_id,
        amount_fen=amount_fen,
        total_fen=total_fen,
        share_number=share,
        returned_fen=back_fen,
    )
    return _Due(
        provider=Provider(provider),
        tries=tries,
        order=order,
        is_first=is_first,
        may_arrive=may_arrive,
        is_returned=is_returned,
    )


def _send(due: _Due) -> RefundTold:
    """Send for the first time; later ask, and send again only what never arrived.

    What the platform bears of it goes back to the store before the store's money leaves (P2).
    """
    if due.order.returned_fen and not due.is_returned and gateway.returns_apart(due.provider):
        told = _return(due)
        if told.state is not RefundState.DONE:
            return told
        _returned(due, at=told.at)
        due = replace(due, is_first=True, may_arrive=False)
    if not due.is_first:
        told = gateway.query_refund(provider=due.provider, order=due.order)
        if told.state is not RefundState.ABSENT:
            return told
    return _go(due, lambda: gateway.refund(provider=due.provider, order=due.order))


def _return(due: _Due) -> RefundTold:
    """Let the platform's part go back to the store, or ask where it is."""
    if not due.is_first:
        told = gateway.query_return(order=due.order)
        if told.state is not RefundState.ABSENT:
            return told
    return _go(due, lambda: gateway.return_share(order=due.order))


def _go(due: _Due, send: Callable[[], RefundTold]) -> RefundTold:
    return outbox.leave(send, mark=lambda: _mark(due), may_arrive=due.may_arrive)


def _mark(due: _Due) -> bool:
    """Write down that it is sent now, unless somebody else took it up."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_SENDING, (due.order.number, due.tries))
        return cursor.rowcount == 1


def _returned(due: _Due, *, at: int) -> None:
    """Keep that the platform's part is back with the store, whatever becomes of the refund.

    Of the refund itself nothing was sent yet.
    """
    number = due.order.number
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_RETURNED, (format_at(at) if at else None, number))
        if cursor.rowcount:
            cursor.execute(_UNSENT, (number, due.tries))
        numbers = (due.order.return_number,)
        ours.stand_on_bills(cursor, provider=due.provider, numbers=numbers)


def _keep(due: _Due, answer: Answer) -> None:
    number = due.order.number
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        values = {"state": answer.state, "reason": answer.reason, "number": number}
        at = format_at(answer.at) if answer.at else None
        cursor.execute(_ANSWER, {**values, "tries": due.tries, "at": at})
        if not cursor.rowcount:
            return
        if answer.state == ChannelRefund.State.FAILED:
            receipts.carry_returned(cursor, number=number)
        if answer.state == ChannelRefund.State.DONE:
            ours.stand_on_bills(cursor, provider=due.provider, numbers=(number,))
        if answer.is_over:
            cursor.execute(_FINISHED, (number,))
