"""What is written down of the channels' words, in the caller's transaction: sets, unique keys.

Units: fen, micro-yuan in what is carried; moments are the database's.
Source: P1, P5; reliability 1.4 (5), (6), C2.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.payments.models import Attempt, ChannelRefund
from gongxiang.payments.provider import Provider
from gongxiang.payments.transfer_wire import TransferNotice
from gongxiang.payments.wire import Notice, Trade

_ATTEMPT: Final = """
SELECT number, provider, home_id, store_id, payee, amount_fen, state, order_id, member_id
  FROM payments_attempt WHERE number = %s FOR UPDATE
"""
_NOTIFICATION: Final = """
INSERT INTO payments_notification (provider, notification_id, body_hash, received_at)
VALUES (%s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
"""
_TRANSACTION: Final = """
INSERT INTO payments_transaction
    (provider, transaction_id, attempt_number, amount_fen, payer, payee, paid_at, is_surplus,
     recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
"""
_KNOWN: Final = """
SELECT attempt_number FROM payments_transaction WHERE provider = %s AND transaction_id = %s
"""
_PAID: Final = """
UPDATE payments_attempt SET state = %s, order_id = %s, member_id = %s, query_at = NULL
 WHERE number = %s AND state <> %s
"""
_QUARANTINE: Final = """
WITH kept AS (
    INSERT INTO payments_quarantine (id, body_hash, provider, reason, body, received_at)
    VALUES (%s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
    RETURNING id, received_at
)
INSERT INTO payments_waitingnotice (notice_id, received_at) SELECT id, received_at FROM kept
"""
_REFUND: Final = """
INSERT INTO payments_channelrefund
    (number, provider, transaction_id, amount_fen, total_fen, state, refund_id, returned_fen, payee,
     reason, is_replaced, created_at)
SELECT %s, provider, transaction_id, %s, %s, %s, %s, %s, payee, '', false, clock_timestamp()
  FROM payments_transaction WHERE (provider, transaction_id) = (%s, %s)
"""
_MONEY: Final = """
SELECT money.provider, money.transaction_id, money.amount_fen
  FROM payments_attempt attempt
  JOIN payments_transaction money ON money.attempt_number = attempt.number
 WHERE attempt.member_id = %s AND attempt.order_id = %s AND NOT money.is_surplus
"""
_CARRY: Final = """
UPDATE payments_submerchant account SET carried = carried + %s
  FROM payments_attempt attempt
  JOIN payments_transaction money ON money.attempt_number = attempt.number AND NOT money.is_surplus
 WHERE attempt.member_id = %s AND attempt.order_id = %s
   AND (account.store_id, account.provider) = (attempt.store_id, attempt.provider)
"""
_CARRY_RETURNED: Final = """
UPDATE payments_submerchant account SET carried = carried + back.returned_fen * %s
  FROM payments_channelrefund back
  JOIN payments_transaction money USING (provider, transaction_id)
  JOIN payments_attempt attempt ON attempt.number = money.attempt_number
 WHERE back.number = %s AND back.returned_at IS NOT NULL
   AND (account.store_id, account.provider) = (attempt.store_id, attempt.provider)
"""
_OUTBOX: Final = """
INSERT INTO payments_outbox (request_number, tries, next_at) VALUES (%s, 0, clock_timestamp())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An attempt, its row locked until the transaction ends."""

    number: str
    provider: Provider
    home: int
    store: int
    payee: str
    amount_fen: int
    state: str
    order: int | None
    member: int | None

    @property
    def is_paid(self) -> bool:
        """Tell whether its money has come."""
        return self.state == Attempt.State.PAID


def lock_attempt(cursor: Cursor[Any], *, number: str) -> Opened | None:
    """Find an attempt and hold its row."""
    cursor.execute(_ATTEMPT, (number,))
    row = cursor.fetchone()
    if row is None:
        return None
    number, provider, home, store, payee, amount_fen, state, order, member = row
    return Opened(
        number=number,
        provider=Provider(provider),
        home=home,
        store=store,
        payee=payee,
        amount_fen=amount_fen,
        state=state,
        order=order,
        member=member,
    )


def take_in(cursor: Cursor[Any], *, provider: Provider, notice: Notice | TransferNotice) -> bool:
    """Write a notice down; tell whether it is new."""
    cursor.execute(_NOTIFICATION, (provider.value, notice.notification_id, notice.body_hash))
    return cursor.rowcount == 1


def add_transaction(cursor: Cursor[Any], *, trade: Trade, is_surplus: bool) -> bool:
    """Write money down that came; tell whether it is new."""
    values = (trade.provider.value, trade.transaction_id, trade.number, trade.amount_fen)
    paid_at = format_at(trade.paid_at)
    cursor.execute(_TRANSACTION, (*values, trade.payer, trade.payee, paid_at, is_surplus))
    return cursor.rowcount == 1


def attempt_of(cursor: Cursor[Any], *, trade: Trade) -> str | None:
    """Give the attempt that a transaction already belongs to."""
    cursor.execute(_KNOWN, (trade.provider.value, trade.transaction_id))
    row = cursor.fetchone()
    return row[0] if row else None


def mark_paid(cursor: Cursor[Any], *, number: str, fact: int, home: int) -> None:
    """Let an attempt have become a fact; whoever comes second changes nothing."""
    state = Attempt.State.PAID.value
    cursor.execute(_PAID, (state, fact, home, number, state))
    assert cursor.rowcount == 1, "an attempt is paid once"


def put_aside(cursor: Cursor[Any], *, provider: Provider, reason: str, body: str) -> None:
    """Put a notice into quarantine; the same one again is there already."""
    kept = body.replace("\0", "\N{REPLACEMENT CHARACTER}")
    digest = hashlib.sha256(body.encode()).digest()
    cursor.execute(_QUARANTINE, (ids.next_id(), digest, provider.value, reason, kept))


def send_order_back(
    cursor: Cursor[Any],
    *,
    number: str,
    member: int,
    order: int,
    amount_fen: int,
    refund: int,
    returned_fen: int | None = None,
) -> None:
    """Write an instruction to send money of an order back the way it came, if it came by one."""
    cursor.execute(_MONEY, (member, order))
    for provider, transaction_id, total_fen in cursor.fetchall() if amount_fen else ():
        send_back(
            cursor,
            number=number,
            provider=Provider(provider),
            transaction_id=transaction_id,
            amount_fen=amount_fen,
            total_fen=total_fen,
            refund=refund,
            returned_fen=returned_fen,
        )


def carry(cursor: Cursor[Any], *, member: int, order: int, amount: int) -> None:
    """Let the store of an order owe so much more with its next share, if a channel paid it."""
    if amount:
        cursor.execute(_CARRY, (amount, member, order))


def carry_returned(cursor: Cursor[Any], *, number: str, is_undone: bool = False) -> None:
    """Carry to a store's next share what came back for a refund that will not be, or undo that."""
    cursor.execute(_CARRY_RETURNED, (-FEN if is_undone else FEN, number))


def send_back(
    cursor: Cursor[Any],
    *,
    number: str,
    provider: Provider,
    transaction_id: str,
    amount_fen: int,
    total_fen: int,
    refund: int | None,
    returned_fen: int | None = None,
) -> None:
    """Write an instruction to send money back; it leaves after the commit, under this number.

    After settlement `returned_fen` says what of it the platform bears: that much of the share goes
    back to the store first. Before settlement nothing was shared, and it is none.
    """
    told = (amount_fen, total_fen, ChannelRefund.State.WAITING.value, refund, returned_fen)
    cursor.execute(_REFUND, (number, *told, provider.value, transaction_id))
    assert cursor.rowcount == 1, "money goes back of a payment that came"
    cursor.execute(_OUTBOX, (number,))
