"""Shares leave for the channels, after their commit, until their answer is known.

    due claimed (commit) -> sent, or asked about if it was sent before -> answer kept (commit)

A share waits until every refund of its payment is done with: what goes back before settlement
leaves the store's frozen money first, and what is left is shared. It leaves as everything does
(`outbox`), so no payment is ever shared twice. What a channel refuses for good is carried to the
store's next payment, and its payment is looked at from day to day (`free_shares`). A share is done
at the moment that its channel tells, not when we hear of it.

Units: fen; moments in microseconds. Source: P2, P4, P5; I-23; reliability 1.4, C7, C8.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.db import transaction

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.payments import gateway, ours, outbox
from gongxiang.payments.models import Share
from gongxiang.payments.outbox import Answer
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS, note_bound
from gongxiang.payments.wire import Declined, Payee, RefundState, RefundTold, ShareOrder, Unknown
from gongxiang.settlement.channel_limits import share_limits

AT_ONCE: Final = 50
_CLAIM: Final = f"""
WITH due AS (
    SELECT number FROM payments_share share
     WHERE next_at <= clock_timestamp() AND state <> 'failed'
       AND NOT EXISTS (SELECT FROM payments_channelrefund back
             WHERE (back.provider, back.transaction_id) = (share.provider, share.transaction_id)
               AND back.returned_fen IS NULL AND back.state IN ('waiting', 'unknown'))
     ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE payments_share share
       SET tries = tries + 1, next_at = {outbox.DUE_AGAIN}
      FROM due WHERE share.number = due.number
 RETURNING share.*
)
SELECT claimed.provider, claimed.store_id, claimed.tries, claimed.sent_at IS NULL,
       {outbox.MAY_ARRIVE.format(row="claimed")}, coalesce(account.is_bound, false),
       claimed.last_at <= clock_timestamp(), claimed.number, claimed.transaction_id,
       claimed.amount_fen, claimed.payee, coalesce(account."authorization", '')
  FROM claimed LEFT JOIN {ACCOUNTS} account
    ON (account.store_id, account.provider, account.number)
       = (claimed.store_id, claimed.provider, claimed.payee)
"""  # noqa: S608  no value is spliced in
_SENDING: Final = """
UPDATE payments_share SET sent_at = clock_timestamp() WHERE (number, tries) = (%s, %s)
"""
_ANSWER: Final = """
UPDATE payments_share
   SET state = %(state)s::text, reason = %(reason)s,
       next_at = CASE %(state)s::text WHEN 'failed' THEN clock_timestamp() + interval '1 day'
                                      WHEN 'done' THEN NULL ELSE next_at END,
       done_at = CASE WHEN %(state)s::text = 'done'
                      THEN coalesce(%(at)s::timestamptz, clock_timestamp()) END
 WHERE number = %(number)s AND state NOT IN ('done', 'failed')
   AND (tries = %(tries)s OR %(state)s::text = 'done')
"""
_CARRY: Final = """
UPDATE payments_submerchant SET carried = carried + %s WHERE (store_id, provider) = (%s, %s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A share that was taken up."""

    provider: Provider
    store: int
    tries: int
    is_first: bool
    may_arrive: bool
    is_bound: bool
    is_late: bool
    order: ShareOrder


def dispatch_shares() -> int:
    """Send what is due; give how many shares were taken up."""
    limits = share_limits()
    if limits is None:
        return 0
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_CLAIM, (min(AT_ONCE, limits.calls_max),))
        rows = cursor.fetchall()
    for row in rows:
        due = _read(row)
        _keep(due, outbox.answer(f"share {due.order.number}", partial(_send, due)))
    return len(rows)


def _read(row: tuple[Any, ...]) -> _Due:
    provider, store, tries, is_first, may_arrive, is_bound, is_late, number, *rest = row
    transaction_id, amount_fen, account, leave = rest
    return _Due(
        provider=Provider(provider),
        store=store,
        tries=tries,
        is_first=is_first,
        may_arrive=may_arrive,
        is_bound=is_bound,
        is_late=is_late,
        order=ShareOrder(
            number=number,
            payee=Payee(number=account, authorization=leave),
            transaction_id=transaction_id,
            amount_fen=amount_fen,
        ),
    )


def _send(due: _Due) -> RefundTold:
    """Send for the first time; later ask, and send again only what never arrived."""
    if not due.is_first:
        told = gateway.query_share(provider=due.provider, order=due.order)
        if told.state is not RefundState.ABSENT:
            return told
    if due.is_late:
        if due.may_arrive:
            raise Unknown("too late, but one may be on its way")
        raise Declined("too late")
    if not due.is_bound:
        gateway.bind(provider=due.provider, payee=due.order.payee)
        with transaction.atomic(durable=True), raw.cursor() as cursor:
            note_bound(
                cursor, store=due.store, provider=due.provider, number=due.order.payee.number
            )
    return outbox.leave(
        lambda: gateway.share(provider=due.provider, order=due.order),
        mark=lambda: _mark(due),
        may_arrive=due.may_arrive,
    )


def _mark(due: _Due) -> bool:
    """Write down that it is sent now, unless somebody else took it up."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_SENDING, (due.order.number, due.tries))
        return cursor.rowcount == 1


def _keep(due: _Due, answer: Answer) -> None:
    number = due.order.number
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        values = {"state": answer.state, "reason": answer.reason, "number": number}
        at = format_at(answer.at) if answer.at else None
        cursor.execute(_ANSWER, {**values, "tries": due.tries, "at": at})
        if cursor.rowcount and answer.state == Share.State.FAILED:
            carried = due.order.amount_fen * FEN
            cursor.execute(_CARRY, (carried, due.store, due.provider.value))
        if cursor.rowcount and answer.state == Share.State.DONE:
            ours.stand_on_bills(cursor, provider=due.provider, numbers=(number,))
