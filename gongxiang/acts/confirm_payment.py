"""A channel says that money came: one order for it, once, whoever says it and how often.

    notice or query -> attempt locked -> fits? -> notice, transaction, order: one commit

What does not fit goes into quarantine and changes nothing. A second payment of one attempt goes
back by itself, through the outbox.

Units: fen. Source: P1; reliability 1.4 (5)-(7), C2, C13.
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
from gongxiang.payments import receipts
from gongxiang.payments.receipts import Opened
from gongxiang.payments.wire import Notice, Trade, TradeState
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
    if trade.currency != CURRENCY:
        return f"currency {trade.currency} instead of {CURRENCY}"
    if trade.amount_fen != attempt.amount_fen:
        return f"{trade.amount_fen} fen instead of {attempt.amount_fen}"
    known = receipts.attempt_of(cursor, trade=trade)
    return "" if known in {None, attempt.number} else "a transaction of another order"


def _record(cursor: Cursor[Any], attempt: Opened, trade: Trade) -> None:
    """Write the order of a payment, of the member who opened it or of the payer as a guest."""
    member = attempt.home or _guest(cursor, f"{guests.PAYER}{trade.provider.value}", trade.payer)
    recorded = record_paid(
        cursor,
        key=attempt.number,
        member=member,
        store=attempt.store,
        amount_fen=attempt.amount_fen,
    )
    receipts.mark_paid(cursor, number=attempt.number, order=recorded.number, member=member)


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
