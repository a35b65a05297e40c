"""A channel says that money came: one fact for it, once, whoever says it and how often.

    notice or query -> attempt locked -> fits? -> notice, transaction, fact: one commit

The fact is an order, or what a store paid in for a case (E16).

What does not fit goes into quarantine and changes nothing. A second payment of one attempt goes
back by itself, through the outbox.

Units: fen. Source: P1, P2; reliability 1.4 (5)-(7), C2, C13.
"""

import logging
from enum import Enum
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.ledger import raw
from gongxiang.members import guests
from gongxiang.orders import facts
from gongxiang.payments import charges, receipts
from gongxiang.payments.receipts import Opened
from gongxiang.payments.wire import Notice, Trade, TradeState
from gongxiang.settlement import pay_ins
from gongxiang.settlement.paying import record_paid

log = logging.getLogger(__name__)

CURRENCY: Final = "CNY"


class Confirmation(Enum):
    """What was made of it."""

    PAID = "paid"
    REPEATED = "repeated"
    SURPLUS = "surplus"
    NOTHING = "nothing"
    QUARANTINED = "quarantined"


def confirm_payment(*, trade: Trade, notice: Notice | None = None) -> Confirmation:
    """Record what a channel says of a payment, from a checked notice or from a query."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        facts.moment(cursor)
        attempt = receipts.lock_attempt(cursor, number=trade.number)
        why = _misfit(cursor, attempt, trade)
        if attempt is None or why:
            body = repr(trade) if notice is None else notice.body
            receipts.put_aside(cursor, provider=trade.provider, reason=why, body=body)
            log.error(
                "quarantined a %s notice about %s: %s", trade.provider.value, trade.number, why
            )
            return Confirmation.QUARANTINED
        if notice and not receipts.take_in(cursor, provider=trade.provider, notice=notice):
            return Confirmation.REPEATED
        if trade.state is not TradeState.PAID:
            return Confirmation.NOTHING
        if not receipts.add_transaction(cursor, trade=trade, is_surplus=attempt.is_paid):
            return Confirmation.REPEATED
        if attempt.is_paid:
            _send_back(cursor, trade)
            return Confirmation.SURPLUS
        _record(cursor, attempt, trade)
        return Confirmation.PAID


def _misfit(cursor: Cursor[Any], attempt: Opened | None, trade: Trade) -> str:
    """Say why a trade is not what was asked for, or nothing."""
    if attempt is None:
        return "no such order number"
    if attempt.provider is not trade.provider:
        return "opened at another channel"
    if trade.state is not TradeState.PAID:
        return ""
    for ours, theirs, what in (
        (attempt.payee, trade.payee, "payee"),
        (CURRENCY, trade.currency, "currency"),
        (attempt.amount_fen, trade.amount_fen, "amount"),
    ):
        if ours != theirs:
            return f"{what} {theirs} instead of {ours}"
    known = receipts.attempt_of(cursor, trade=trade)
    return "" if known in {None, attempt.number} else "a transaction of another order"


def _record(cursor: Cursor[Any], attempt: Opened, trade: Trade) -> None:
    """Write the fact of a payment; an order is the opener's, or the payer's as a guest.

    Who has closed his account in between is nobody's opener any more: the payer can be found.
    """
    number, store = attempt.number, attempt.store
    fact = pay_ins.record(cursor, store=store, number=number, amount_fen=attempt.amount_fen)
    if fact is not None:
        receipts.mark_paid(cursor, number=number, fact=fact, home=store)
        return
    member = guests.opener(cursor, attempt.home) or _guest(
        cursor, f"{guests.PAYER}{trade.provider.value}", trade.payer
    )
    recorded = record_paid(
        cursor,
        key=number,
        member=member,
        store=store,
        amount_fen=attempt.amount_fen,
    )
    receipts.mark_paid(cursor, number=number, fact=recorded.number, home=member)
    charges.mark_paid(cursor, store=store, attempt=number)


def _guest(cursor: Cursor[Any], issuer: str, subject: str) -> int:
    """Give the party of a payer, made in this very transaction when he pays for the first time."""
    guest = ids.next_id()
    if guests.know(cursor, issuer, subject, member=guest, shown=guests.SHOWN):
        guests.make_person(cursor, guest)
        return guest
    known = guests.whose(cursor, issuer, subject)
    assert known is not None, "a subject that is taken has a party"
    return known


def _send_back(cursor: Cursor[Any], trade: Trade) -> None:
    log.error("%s was paid twice: %s goes back", trade.number, trade.transaction_id)
    receipts.send_back(
        cursor,
        number=f"GXS{ids.next_id()}",
        provider=trade.provider,
        transaction_id=trade.transaction_id,
        amount_fen=trade.amount_fen,
        total_fen=trade.amount_fen,
        refund=None,
    )
