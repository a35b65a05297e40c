"""What a channel says of a transfer moves its payout on, once, in whatever order it comes (P4).

    told -> transfer locked -> fits? -> payout moved, cash back where it is closed: one commit

That a transfer is closed counts only from a query: a notice that says so makes the next sweep ask.
Nor does it count from a driver whom another one overtook: what he heard may be older than what that
one sent, who asks himself.
What does not fit goes into quarantine and changes nothing.

Units: fen. Source: P1, P4; reliability 1.4 (5)-(7), I-23, C13.
"""

import logging
from enum import Enum
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.ledger import raw
from gongxiang.members import sealed
from gongxiang.orders import facts
from gongxiang.payments import receipts
from gongxiang.payments.transfer_wire import TransferNotice, TransferState, TransferTold
from gongxiang.treasury import bills, reasons, transfers
from gongxiang.treasury.bills import Bill
from gongxiang.treasury.models import PayoutState, Transfer
from gongxiang.treasury.returning import return_cash

log = logging.getLogger(__name__)

_ON_THE_WAY: Final = {
    TransferState.CONFIRM: PayoutState.CONFIRM,
    TransferState.MOVING: PayoutState.UNKNOWN,
    TransferState.CANCELLING: PayoutState.UNKNOWN,
}


class Conclusion(Enum):
    """What was made of it."""

    MOVED = "moved"
    NOTHING = "nothing"
    REPEATED = "repeated"
    QUARANTINED = "quarantined"


def conclude_transfer(
    *, told: TransferTold, notice: TransferNotice | None = None, tries: int | None = None
) -> Conclusion:
    """Record what a channel says of a transfer, from a checked notice or from a query.

    `tries` says which of its drivers heard it.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        bill = bills.lock_bill(cursor, transfer=bills.transfer_of(told.number))
        why = _misfit(bill, told)
        if bill is None or why:
            body = repr(told) if notice is None else notice.body
            receipts.put_aside(cursor, provider=told.provider, reason=why, body=body)
            log.error("quarantined what was said about %s: %s", told.number, why)
            return Conclusion.QUARANTINED
        if notice and not receipts.take_in(cursor, provider=told.provider, notice=notice):
            return Conclusion.REPEATED
        if bill.state is not Transfer.State.OPEN:
            return Conclusion.REPEATED
        if told.state.is_closed and notice:
            bills.ask_soon(cursor, bill)
            return Conclusion.NOTHING
        if told.state.is_closed and tries not in {None, bill.tries}:
            return Conclusion.NOTHING
        return _act(cursor, bill, told, at)


def _misfit(bill: Bill | None, told: TransferTold) -> str:
    """Say why what is told is not about what was sent, or nothing."""
    if bill is None:
        return "no such transfer number"
    if bill.provider is not told.provider:
        return "sent through another channel"
    if told.amount_fen is not None and told.amount_fen != bill.amount_fen:
        return f"amount {told.amount_fen} instead of {bill.amount_fen}"
    if told.account and told.account != sealed.unseal(purpose=sealed.ACCOUNT, sealed=bill.payee):
        return "another payee"
    is_closed = told.state.is_closed and bill.state is Transfer.State.DONE
    is_done = told.state is TransferState.DONE and bill.state is Transfer.State.CLOSED
    return "its end is another one" if is_closed or is_done else ""


def _act(cursor: Cursor[Any], bill: Bill, told: TransferTold, at: int) -> Conclusion:
    """Do what a fitting word about an open transfer asks for."""
    if told.state is TransferState.DONE:
        return _end(cursor, bill, PayoutState.ARRIVED, at, done_at=told.at)
    if not told.state.is_closed:
        return _go_on(cursor, bill, told, at)
    if told.state is TransferState.CANCELLED or told.reason in reasons.EXPIRED:
        return _end(cursor, bill, PayoutState.EXPIRED, at)
    return _end(cursor, bill, PayoutState.FAILED, at, reason=reasons.words_of(told.reason))


def _go_on(cursor: Cursor[Any], bill: Bill, told: TransferTold, at: int) -> Conclusion:
    """Move a payout on that is on its way."""
    if told.package:
        bills.keep_package(cursor, bill, package=told.package)
    to = _ON_THE_WAY.get(told.state)
    if to is None:
        return Conclusion.NOTHING
    is_moved = transfers.move(
        cursor,
        member=bill.member,
        withdrawal=bill.withdrawal,
        to=to,
        at=at,
        confirm_until=bill.confirm_until,
    )
    return Conclusion.MOVED if is_moved else Conclusion.NOTHING


def _end(
    cursor: Cursor[Any], bill: Bill, to: PayoutState, at: int, *, done_at: int = 0, reason: str = ""
) -> Conclusion:
    """End a payout and its transfer; what did not arrive is cash again."""
    is_moved = transfers.move(
        cursor, member=bill.member, withdrawal=bill.withdrawal, to=to, at=at, reason=reason
    )
    assert is_moved, f"withdrawal {bill.withdrawal} ended while its transfer was open"
    bills.end(cursor, bill, to=to, at=done_at)
    if to is not PayoutState.ARRIVED:
        return_cash(cursor, member=bill.member, withdrawal=bill.withdrawal, at=at)
    return Conclusion.MOVED
