"""Transfers to persons as they are written down, in the caller's transaction.

    number = GXT + id        as the channel knows it, for ever

Units: fen, micro-yuan; moments are the database's. Source: P4, P5; I-23.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.base.clock import SECOND, format_at
from gongxiang.base.money import FEN
from gongxiang.ledger.deferring import defer
from gongxiang.payments.own import TRANSFER
from gongxiang.payments.provider import Provider
from gongxiang.treasury.models import PayoutState, Transfer

SEND: Final = "send_transfer"
CONFIRM_SECONDS: Final = 86_400
_NUMBER: Final = re.compile(rf"{TRANSFER}([0-9]{{1,19}})")
_PAYOUT: Final = """
SELECT payout.provider, payout.payee, withdrawal.amount - payout.tax
  FROM treasury_payout payout
  JOIN treasury_withdrawal withdrawal
       ON (withdrawal.member_id, withdrawal.id) = (payout.member_id, payout.withdrawal_id)
 WHERE payout.member_id = %s AND payout.withdrawal_id = %s
"""
_INSERT: Final = """
INSERT INTO treasury_transfer
    (id, member_id, withdrawal_id, provider, payee, amount_fen, state, package, tries, created_at,
     next_at)
VALUES (%s, %s, %s, %s, %s, %s, 'open', '', 0, %s, clock_timestamp())
"""
_NAME: Final = """
UPDATE treasury_payout SET transfer_id = %s
 WHERE member_id = %s AND withdrawal_id = %s AND transfer_id IS NULL
"""
_LOCK: Final = """
SELECT id, member_id, withdrawal_id, provider, payee, amount_fen, state, tries,
       (date_part('epoch', created_at) * 1000000)::bigint
  FROM treasury_transfer WHERE id = %s FOR UPDATE
"""
_END: Final = """
UPDATE treasury_transfer
   SET state = %s, next_at = NULL, driven_until = NULL, package = '',
       done_at = CASE WHEN %s THEN coalesce(%s::timestamptz, clock_timestamp()) END
 WHERE id = %s
"""
_PACKAGE: Final = "UPDATE treasury_transfer SET package = %s WHERE id = %s AND state = 'open'"
_SOON: Final = """
UPDATE treasury_transfer SET next_at = clock_timestamp() WHERE id = %s AND state = 'open'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A transfer, its row locked until the transaction ends."""

    id: int
    member: int
    withdrawal: int
    provider: Provider
    payee: str
    amount_fen: int
    state: Transfer.State
    tries: int
    created_at: int

    @property
    def confirm_until(self) -> int:
        """Give the moment until which its payee can confirm it."""
        return self.created_at + CONFIRM_SECONDS * SECOND


def number_of(transfer: int) -> str:
    """Give the number by which the channel knows a transfer.

    >>> number_of(7)
    'GXT7'
    """
    return f"{TRANSFER}{transfer}"


def transfer_of(number: str) -> int | None:
    """Give the transfer of a channel's number; None for what is none of ours.

    >>> transfer_of("GXT7"), transfer_of("GX7")
    (7, None)
    """
    match = _NUMBER.fullmatch(number)
    found = int(match[1]) if match else 2**63
    return found if found < 2**63 else None


def open_transfer(cursor: Cursor[Any], *, member: int, withdrawal: int, at: int) -> int | None:
    """Write the one transfer of an approved payout, and let the worker send it after the commit.

    None for a payout without an account: it is paid by hand.
    """
    cursor.execute(_PAYOUT, (member, withdrawal))
    row = cursor.fetchone()
    assert row is not None, f"withdrawal {withdrawal} has a payout"
    provider, payee, amount = row
    if not payee:
        return None
    assert amount > 0, f"withdrawal {withdrawal} pays nothing"
    assert amount % FEN == 0, f"withdrawal {withdrawal} is no whole fen"
    transfer = ids.next_id()
    values = (transfer, member, withdrawal, provider, payee, amount // FEN, format_at(at))
    cursor.execute(_INSERT, values)
    cursor.execute(_NAME, (transfer, member, withdrawal))
    assert cursor.rowcount == 1, f"withdrawal {withdrawal} has one transfer"
    defer(task=SEND, transfer=transfer)
    return transfer


def lock_bill(cursor: Cursor[Any], *, transfer: int | None) -> Bill | None:
    """Find a transfer and hold its row."""
    if transfer is None:
        return None
    cursor.execute(_LOCK, (transfer,))
    row = cursor.fetchone()
    if row is None:
        return None
    found, member, withdrawal, provider, payee, amount_fen, state, tries, created_at = row
    return Bill(
        id=found,
        member=member,
        withdrawal=withdrawal,
        provider=Provider(provider),
        payee=payee,
        amount_fen=amount_fen,
        state=Transfer.State(state),
        tries=tries,
        created_at=created_at,
    )


def end(cursor: Cursor[Any], bill: Bill, *, to: PayoutState, at: int) -> None:
    """Let a transfer be over: nobody asks about it any more.

    `at` is the channel's moment at which its money moved; ours stands where it is 0.
    """
    is_done = to is PayoutState.ARRIVED
    state = Transfer.State.DONE if is_done else Transfer.State.CLOSED
    moment = format_at(at) if at else None
    cursor.execute(_END, (state.value, is_done, moment, bill.id))


def keep_package(cursor: Cursor[Any], bill: Bill, *, package: str) -> None:
    """Keep what opens the sheet on the payee's phone."""
    cursor.execute(_PACKAGE, (package, bill.id))


def ask_soon(cursor: Cursor[Any], bill: Bill) -> None:
    """Let the next sweep ask the channel about it, once who drives it now is done with it."""
    cursor.execute(_SOON, (bill.id,))
