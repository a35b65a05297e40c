"""What is written down of the channels' words, in the caller's transaction: sets, unique keys.

Units: fen; moments are the database's. Source: P1, P5; reliability 1.4 (5), (6), C2.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.payments.models import Attempt, ChannelRefund
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Notice, Trade

_ATTEMPT: Final = """
SELECT number, provider, home_id, store_id, amount_fen, state, order_id, member_id
  FROM payments_attempt WHERE number = %s FOR UPDATE
"""
_NOTIFICATION: Final = """
INSERT INTO payments_notification (provider, notification_id, body_hash, received_at)
VALUES (%s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
"""
_TRANSACTION: Final = """
INSERT INTO payments_transaction
    (provider, transaction_id, attempt_number, amount_fen, payer, is_surplus, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
"""
_KNOWN: Final = """
SELECT attempt_number FROM payments_transaction WHERE provider = %s AND transaction_id = %s
"""
_PAID: Final = """
UPDATE payments_attempt SET state = %s, order_id = %s, member_id = %s, query_at = NULL
 WHERE number = %s AND state <> %s
"""
_QUARANTINE: Final = """
INSERT INTO payments_quarantine (id, body_hash, provider, reason, body, received_at)
VALUES (%s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
"""
_REFUND: Final = """
INSERT INTO payments_channelrefund
    (number, provider, transaction_id, amount_fen, total_fen, state, refund_id, reason, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, '', clock_timestamp())
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
    number, provider, home, store, amount_fen, state, order, member = row
    return Opened(
        number=number,
        provider=Provider(provider),
        home=home,
        store=store,
        amount_fen=amount_fen,
        state=state,
        order=order,
        member=member,
    )


def take_in(cursor: Cursor[Any], *, provider: Provider, notice: Notice) -> bool:
    """Write a notice down; tell whether it is new."""
    cursor.execute(_NOTIFICATION, (provider.value, notice.notification_id, notice.body_hash))
    return cursor.rowcount == 1


def add_transaction(cursor: Cursor[Any], *, trade: Trade, is_surplus: bool) -> bool:
    """Write money down that came; tell whether it is new."""
    values = (trade.provider.value, trade.transaction_id, trade.number, trade.amount_fen)
    cursor.execute(_TRANSACTION, (*values, trade.payer, is_surplus))
    return cursor.rowcount == 1


def attempt_of(cursor: Cursor[Any], *, trade: Trade) -> str | None:
    """Give the attempt that a transaction already belongs to."""
    cursor.execute(_KNOWN, (trade.provider.value, trade.transaction_id))
    row = cursor.fetchone()
    return row[0] if row else None


def mark_paid(cursor: Cursor[Any], *, number: str, order: int, member: int) -> None:
    """Let an attempt have become an order; whoever comes second changes nothing."""
    state = Attempt.State.PAID.value
    cursor.execute(_PAID, (state, order, member, number, state))
    assert cursor.rowcount == 1, "an attempt is paid once"


def put_aside(cursor: Cursor[Any], *, provider: Provider, reason: str, body: str) -> None:
    """Put a notice into quarantine; the same one again is there already."""
    kept = body.replace("\0", "\N{REPLACEMENT CHARACTER}")
    digest = hashlib.sha256(body.encode()).digest()
    cursor.execute(_QUARANTINE, (ids.next_id(), digest, provider.value, reason, kept))


def send_back(
    cursor: Cursor[Any],
    *,
    number: str,
    provider: Provider,
    transaction_id: str,
    amount_fen: int,
    total_fen: int,
    refund: int | None,
) -> None:
    """Write an instruction to send money back; it leaves after the commit, under this number."""
    state = ChannelRefund.State.WAITING.value
    values = (number, provider.value, transaction_id, amount_fen, total_fen, state, refund)
    cursor.execute(_REFUND, values)
    cursor.execute(_OUTBOX, (number,))
