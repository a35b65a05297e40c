"""The platform's state in the form of a replay's result (spec/events.md, Result).

Everything comes from the tables, nothing from a fold: that the two agree is the point.

Units: strings of micro-yuan and atoms.
Source: spec/events.md.
"""

from typing import Any, Final

from psycopg import Cursor

from gongxiang.economy import accounts
from gongxiang.economy.reward import ROLES
from gongxiang.lab.result import Result, share_returned
from gongxiang.ledger.chart import LEGS

_BALANCES: Final = """
SELECT party.key, balance.amount FROM ledger_balance balance
  JOIN members_party party ON party.id = balance.party_id
 WHERE balance.account = %s AND balance.amount <> 0
"""
_SYSTEM: Final = "SELECT account, amount FROM ledger_balance WHERE party_id = account"
_REWARDS: Final = """
SELECT leg, sum(credit) - sum(coalesce(debit, 0)) FROM ledger_posting
 WHERE leg = ANY(%s) GROUP BY leg
"""
_LOTS: Final = """
SELECT fact.key, lot.spend, lot.minted, lot."left", lot.sold, lot.gross, lot.net
  FROM points_lot lot JOIN orders_fact fact ON fact.id = lot.id
"""
_EXITS: Final = """
SELECT fact.key FROM points_step step JOIN orders_fact fact ON fact.id = step.order_id
 WHERE step.kind = 3 ORDER BY step.id
"""
_POOL: Final = """
SELECT money, circulating, orders, lots_exited, paid_to_members, spend FROM points_pool
"""
_LOTS_OPEN: Final = 'SELECT count(*) FROM points_lot WHERE "left" > 0'
_PENDING: Final = """
SELECT count(*) FROM orders_order paid, points_pool pool
 WHERE (paid.due_at, paid.due_rank, paid.id)
       > (pool.cursor_at, pool.cursor_rank, pool.cursor_id) AND paid.returned < paid.amount
"""


def of_platform(cursor: Cursor[Any]) -> Result:
    """Give the platform's state; a platform without a rulebook has none."""
    system = dict(_rows(cursor, _SYSTEM))
    money, circulating, orders, exited, paid_to_members, spend = _rows(cursor, _POOL)[0]
    legs = {LEGS[role, accounts.CASH]: role for role in ROLES}
    return {
        "pool": {"money": str(money), "circulating": str(circulating)},
        "platform": str(system.get(accounts.PLATFORM, 0)),
        "unspent": str(system.get(accounts.UNSPENT, 0)),
        "cash": _amounts(cursor, accounts.CASH),
        "stores": _amounts(cursor, accounts.STORE),
        "vouchers": _amounts(cursor, accounts.VOUCHERS),
        "points": _amounts(cursor, accounts.POINTS),
        "rewards": {
            legs[leg]: str(amount) for leg, amount in _rows(cursor, _REWARDS, (list(legs),))
        },
        "lots": {key: [str(value) for value in values] for key, *values in _rows(cursor, _LOTS)},
        "exits": [key for (key,) in _rows(cursor, _EXITS)],
        "refused": [],
        "repeated": 0,
        "facts": {
            "orders": orders,
            "lots_open": _rows(cursor, _LOTS_OPEN)[0][0],
            "lots_exited": exited,
            "paid_to_members": str(paid_to_members),
            "spend": str(spend),
            "share_returned_bp": share_returned(paid_to_members, spend),
            "pending": _rows(cursor, _PENDING)[0][0],
        },
    }


def _amounts(cursor: Cursor[Any], account: int) -> dict[str, str]:
    return {key: str(amount) for key, amount in _rows(cursor, _BALANCES, (account,))}


def _rows(cursor: Cursor[Any], query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    cursor.execute(query, values)
    return cursor.fetchall()
