"""The second half of the audit: what stands now is what the fold ended with.

Lots and balances row by row, and the roots of the days.

Units: micro-yuan, atoms.
Source: I-2, I-5, Q2, Q9; H7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from psycopg import Connection

from gongxiang.economy.events import Key
from gongxiang.economy.lot import Lot, exit_price
from gongxiang.economy.state import State
from gongxiang.economy.voucher import vouchers
from gongxiang.ledger.chain import GENESIS, Recording, root
from gongxiang.ledger.chart import ACCOUNT_NAMES
from gongxiang.members.models import Party
from gongxiang.settlement.history import MICROSECONDS
from gongxiang.settlement.rows import ROWS_AT_ONCE, Parties, compare_table
from gongxiang.settlement.wrong import Wrong

_LOTS: Final = """
SELECT id, member_id, step, spend, settled_spend, unspent_rate, minted, "left", sold, gross, net,
       vouchers, exit_price, exited_step FROM points_lot ORDER BY id
"""
_BALANCES: Final = "SELECT party_id, account, amount FROM ledger_balance"
_DAYS: Final = f"""
SELECT day, last_batch_id, {MICROSECONDS.format("sealed_at")}, root FROM ledger_seal ORDER BY day
"""  # noqa: S608  no value is spliced in
_RECORDINGS: Final = f"""
SELECT {MICROSECONDS.format("recorded_at")}, chain_hash FROM ledger_batch
 WHERE id > %s AND id <= %s ORDER BY id
"""  # noqa: S608  no value is spliced in


@dataclass(frozen=True, slots=True)
class Ended:
    """What the fold ended with, and the database's numbers for it."""

    state: State
    parties: Parties
    numbers: Mapping[Key, int]
    balances: Mapping[tuple[int, int], int]
    closed_at: Mapping[int, int]
    """The step that closed a lot, by its order's number."""


def compare_standing(connection: Connection[Any], ended: Ended) -> None:
    """Compare lots and balances; raises `Wrong` at the first wrong row."""
    compare_table(connection, "the lot of order", _LOTS, _lots(ended))
    _compare_balances(connection, ended.balances)


def compare_days(connection: Connection[Any]) -> None:
    """Compare the root of each sealed day with its batches; raises `Wrong`."""
    days = connection.execute(_DAYS).fetchall()
    for (early, first, *_), (late, last, *_) in pairwise(days):
        if first >= last:
            raise Wrong(
                f"the seal of {early} ends at batch {first}, the seal of {late} at batch {last}"
            )
    before, last_batch = GENESIS, 0
    for day, until, sealed_at, stored in days:
        rows = connection.execute(_RECORDINGS, (last_batch, until)).fetchall()
        batches = [Recording(recorded_at=at, chain=bytes(chain)) for at, chain in rows]
        wanted = root(before=before, day=str(day), sealed_at=sealed_at, batches=batches)
        if bytes(stored) != wanted:
            raise Wrong(
                f"the seal of {day} (batches {last_batch + 1} to {until}) has the root"
                f" {bytes(stored).hex()}; they give {wanted.hex()}"
            )
        before, last_batch = wanted, until


def _lots(ended: Ended) -> dict[int, tuple[Any, ...]]:
    lots: dict[int, tuple[Any, ...]] = {}
    for order, lot in ended.state.lots.items():
        number = ended.numbers[order]
        member = ended.parties[Party.PERSON, str(lot.member)]
        lots[number] = (member, *_lot_row(lot), ended.closed_at.get(number))
    return lots


def _lot_row(lot: Lot) -> tuple[Any, ...]:
    return (
        lot.step,
        lot.spend,
        lot.settled_spend,
        lot.unspent_rate,
        lot.minted,
        lot.left,
        lot.sold,
        lot.gross,
        lot.net,
        vouchers(lot.spend, commission_rate=lot.commission_rate, terms=lot.terms),
        exit_price(lot) if lot.left else None,
    )


def _compare_balances(connection: Connection[Any], balances: Mapping[tuple[int, int], int]) -> None:
    wanted = dict(balances)
    with connection.cursor(name="balances") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(_BALANCES)
        for party, account, amount in cursor:
            expected = wanted.pop((party, account), None)
            if amount != expected:
                raise Wrong(
                    f"the balance of party {party} on {_account_name(account)} is {amount};"
                    f" its postings sum to {expected}"
                )
    if wanted:
        party, account = min(wanted)
        raise Wrong(f"the balance of party {party} on {_account_name(account)} is missing")


def _account_name(account: int) -> str:
    return f"{account} ({ACCOUNT_NAMES.get(account, 'no account of the chart')})"
