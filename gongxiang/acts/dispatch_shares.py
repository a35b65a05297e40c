"""Shares leave for the channels, after their commit, until their answer is known.

    due claimed (commit) -> sent, or asked about if it was sent before -> answer kept (commit)

A share waits until every refund of its payment is done with: what goes back before settlement
leaves the store's frozen money first, and what is left is shared. One without an answer is asked
about before it is sent again, under the same number, so no payment is ever shared twice. What a
channel refuses for good is carried to the store's next payment; of two that are at it, as a slow
channel may have it, only the one who took it up last says so. A share is done at the moment that
its channel tells, not when we hear of it.

Units: fen; moments in microseconds. Source: P2, P4, P5; I-23; reliability 1.4, C7, C8.
"""

import logging
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.payments import gateway, ours
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.models import Share
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS, note_bound
from gongxiang.payments.wire import (
    Declined,
    Payee,
    RefundState,
    RefundTold,
    ShareOrder,
    Unknown,
)
from gongxiang.settlement.channel_limits import share_limits

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
_SETTLED_TRIES: Final = 7
"""By the seventh time, a quarter of an hour after the first, nothing is on its way any more."""
_CLAIM: Final = f"""
WITH due AS (
    SELECT number FROM payments_share share
     WHERE next_at <= clock_timestamp()
       AND NOT EXISTS (SELECT FROM payments_channelrefund back
             WHERE (back.provider, back.transaction_id) = (share.provider, share.transaction_id)
               AND back.returned_fen IS NULL AND back.state IN ('waiting', 'unknown'))
     ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE payments_share share
       SET tries = tries + 1,
           next_at = clock_timestamp()
               + make_interval(secs => least(3600, 15 * 2 ^ least(tries, 9)))
      FROM due WHERE share.number = due.number
 RETURNING share.*
)
SELECT claimed.provider, claimed.store_id, claimed.tries, claimed.number, claimed.transaction_id,
       claimed.amount_fen, claimed.payee, coalesce(account."authorization", ''),
       coalesce(account.is_bound, false), claimed.last_at <= clock_timestamp()
  FROM claimed LEFT JOIN {ACCOUNTS} account
    ON (account.store_id, account.provider, account.number)
       = (claimed.store_id, claimed.provider, claimed.payee)
"""  # noqa: S608  no value is spliced in
_ANSWER: Final = """
UPDATE payments_share
   SET state = %(state)s::text, reason = %(reason)s,
       next_at = CASE WHEN %(state)s::text IN ('done', 'failed') THEN NULL ELSE next_at END,
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
    order: ShareOrder
    is_first: bool
    may_arrive: bool
    """One that was sent before, and not long ago, may arrive yet: what refuses now is no end."""
    is_bound: bool
    is_late: bool


def dispatch_shares() -> int:
    """Send what is due; give how many shares were taken up."""
    limits = share_limits()
    if limits is None:
        return 0
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_CLAIM, (min(AT_ONCE, limits.calls_max),))
        rows = cursor.fetchall()
    for provider, store, tries, number, money, amount_fen, account, leave, is_bound, late in rows:
        payee = Payee(number=account, authorization=leave)
        _deliver(
            _Due(
                provider=Provider(provider),
                store=store,
                tries=tries,
                order=ShareOrder(
                    number=number, payee=payee, transaction_id=money, amount_fen=amount_fen
                ),
                is_first=tries == 1,
                may_arrive=1 < tries < _SETTLED_TRIES,
                is_bound=is_bound,
                is_late=late,
            )
        )
    return len(rows)


def _deliver(due: _Due) -> None:
    """Deliver one share and keep what the channel answers."""
    try:
        told, reason = _send(due), ""
    except (Unknown, NoChannel) as error:
        log.warning("share %s stays unknown: %r", due.order.number, error)
        _keep(due, Share.State.UNKNOWN, reason=str(error))
        return
    except Declined as declined:
        told, reason = RefundTold(state=RefundState.FAILED), declined.code
    if told.state is RefundState.DONE:
        _keep(due, Share.State.DONE, reason="", at=told.at)
    elif told.state is RefundState.FAILED:
        log.error("share %s failed at the channel: %s", due.order.number, reason)
        _keep(due, Share.State.FAILED, reason=reason)
    else:
        _keep(due, Share.State.WAITING, reason="")


def _send(due: _Due) -> RefundTold:
    """Send for the first time; later ask, and send again only what never arrived."""
    if not due.is_first:
        told = gateway.query_share(provider=due.provider, order=due.order)
        if told.state is not RefundState.ABSENT:
            return told
    if due.is_late:
        raise Declined("too late")
    if not due.is_bound:
        gateway.bind(provider=due.provider, payee=due.order.payee)
        with transaction.atomic(durable=True), raw.cursor() as cursor:
            note_bound(
                cursor, store=due.store, provider=due.provider, number=due.order.payee.number
            )
    try:
        return gateway.share(provider=due.provider, order=due.order)
    except Declined as declined:
        if due.may_arrive:
            raise Unknown(f"refused, but one may be on its way: {declined.code}") from declined
        raise


def _keep(due: _Due, state: Share.State, *, reason: str, at: int = 0) -> None:
    number = due.order.number
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        values = {"state": state.value, "reason": reason, "number": number, "tries": due.tries}
        cursor.execute(_ANSWER, {**values, "at": format_at(at) if at else None})
        if cursor.rowcount and state is Share.State.FAILED:
            carried = due.order.amount_fen * FEN
            cursor.execute(_CARRY, (carried, due.store, due.provider.value))
        if cursor.rowcount and state is Share.State.DONE:
            ours.stand_on_bills(cursor, provider=due.provider, numbers=(number,))
