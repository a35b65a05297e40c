"""The second half of the audit: what stands now is what the history ends with.

Lots, balances, what was returned of waiting orders, and the roots of the days.

Units: micro-yuan, atoms.
Source: I-2, I-5, Q2, Q9; H7.
"""

from collections.abc import Iterable
from typing import Any, Final

from psycopg import Connection

from gongxiang.economy.events import Key
from gongxiang.economy.lot import Lot, exit_price
from gongxiang.economy.voucher import vouchers
from gongxiang.ledger.chain import GENESIS, root
from gongxiang.ledger.chart import ACCOUNT_NAMES
from gongxiang.settlement.audit import Audit, Wrong

ROWS_AT_ONCE: Final = 10_000

_LOTS: Final = """
SELECT id, member_id, step, spend, settled_spend, unspent_rate, minted, "left", sold, gross, net,
       vouchers, exit_price FROM points_lot
"""
_BALANCES: Final = "SELECT party_id, account, amount FROM ledger_balance"
_RETURNED: Final = "SELECT id, returned FROM orders_order WHERE returned <> 0"
_DAYS: Final = "SELECT day, last_batch_id, root FROM ledger_seal ORDER BY day"
_CHAINS: Final = """
SELECT chain_hash FROM ledger_batch WHERE id > %s AND id <= %s ORDER BY id
"""


def compare_standing(audit: Audit) -> None:
    """Compare lots, balances, returns and roots; raises `Wrong` at the first wrong row."""
    _compare_lots(audit)
    _compare_balances(audit)
    _compare_returned(audit)
    _compare_days(audit.connection)


def _compare_lots(audit: Audit) -> None:
    members = audit.parties
    wanted = {
        audit.numbers[order]: _lot_row(lot, audit.numbers[order], members[1, str(lot.member)])
        for order, lot in audit.replay.state.lots.items()
    }
    for row in _stream(audit.connection, _LOTS):
        expected = wanted.pop(row[0], None)
        if row != expected:
            raise Wrong(f"lot of order {row[0]} says {row}; the history gives {expected}")
    if wanted:
        raise Wrong(f"the lot of order {min(wanted)} is missing")


def _lot_row(lot: Lot, number: int, member: int) -> tuple[Any, ...]:
    return (
        number,
        member,
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


def _compare_balances(audit: Audit) -> None:
    wanted = {key: amount for key, amount in audit.balances.items() if amount}
    for party, account, amount in _stream(audit.connection, _BALANCES):
        expected = wanted.pop((party, account), 0)
        if amount != expected:
            raise Wrong(
                f"balance of party {party} on {ACCOUNT_NAMES.get(account, account)} is {amount};"
                f" its postings sum to {expected}"
            )
    if wanted:
        party, account = min(wanted)
        raise Wrong(f"the balance of party {party} on {ACCOUNT_NAMES[account]} is missing")


def _compare_returned(audit: Audit) -> None:
    wanted: dict[int, int] = {
        audit.numbers[order]: amount for order, amount in _keys(audit.returned)
    }
    for order, amount in _stream(audit.connection, _RETURNED):
        if wanted.pop(order, None) != amount:
            raise Wrong(f"order {order} says that {amount} µ¥ were returned; its refunds do not")
    if wanted:
        raise Wrong(f"order {min(wanted)} forgets what was returned of it")


def _compare_days(connection: Connection[Any]) -> None:
    before, last_batch = GENESIS, 0
    for day, until, stored in list(_stream(connection, _DAYS)):
        with connection.cursor() as cursor:
            rows = cursor.execute(_CHAINS, (last_batch, until)).fetchall()
        wanted = root(before=before, day=str(day), chains=(bytes(row[0]) for row in rows))
        if bytes(stored) != wanted:
            raise Wrong(f"the root of {day} is {bytes(stored).hex()}, computed {wanted.hex()}")
        before, last_batch = wanted, until


def _keys(amounts: dict[Key, int]) -> Iterable[tuple[Key, int]]:
    return ((key, amount) for key, amount in amounts.items() if amount)


def _stream(connection: Connection[Any], query: str) -> Iterable[tuple[Any, ...]]:
    with connection.cursor(name="standing") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(query)
        yield from cursor
