"""What a member still has open: cash, points, payments, orders on their way, cases, stores.

Units: micro-yuan, atoms. Source: H5; design/ui/faces.md 6.2 (open withdrawal, open case: named).
"""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.economy import accounts
from gongxiang.members import joined

_CASES: Final = "SELECT count(*) FROM treasury_refundcase WHERE member_id = %s AND state < 4"
_BALANCES: Final = """
SELECT account, amount FROM ledger_balance WHERE party_id = %s AND amount <> 0
"""
_PENDING: Final = """
SELECT count(*) FROM orders_order o
 WHERE o.member_id = %s AND o.amount > o.returned
   AND NOT EXISTS (SELECT 1 FROM points_lot l WHERE (l.member_id, l.id) = (o.member_id, o.id))
"""
_UNANSWERED: Final = """
SELECT count(*) FROM orders_fact f
  LEFT JOIN orders_outcome o ON (o.home_id, o.fact_id) = (f.home_id, f.id)
  LEFT JOIN treasury_payout p ON (p.member_id, p.withdrawal_id) = (f.home_id, f.id)
 WHERE f.home_id = %s AND f.kind IN (9, 11)
   AND (o.fact_id IS NULL OR (o.is_accepted AND p.state < 5))
"""
_STORES: Final = """
SELECT count(*) FROM merchants_store store LEFT JOIN merchants_profile profile USING (store_id)
 WHERE store.owner_id = %s AND profile.state IS DISTINCT FROM 'closed'
"""
_PAYMENTS: Final = """
SELECT count(*) FROM payments_attempt
 WHERE home_id = %s AND state IN ('opened', 'paying', 'unknown')
"""
_APPLICATIONS: Final = """
SELECT count(*) FROM merchants_application WHERE member_id = %s AND state = 'submitted'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What keeps an account from being closed; all 0 when nothing does."""

    cash: int
    points: int
    orders: int
    answers: int
    stores: int
    cases: int
    payments: int
    applications: int

    @property
    def is_nothing(self) -> bool:
        """Tell whether the account can be closed."""
        waits = self.orders or self.answers or self.cases or self.payments or self.applications
        return not (self.cash or self.points or waits or self.stores)


def open_things(cursor: Cursor[Any], *, member: int) -> Open:
    """Give what would be lost if the member left now, of all accounts joined into his."""
    parts = (member, *joined.others(cursor, member))
    found = [_open_things(cursor, part) for part in parts]
    return Open(**{name: sum(getattr(one, name) for one in found) for name in Open.__slots__})


def _open_things(cursor: Cursor[Any], member: int) -> Open:
    cursor.execute(_BALANCES, (member,))
    balances = dict(cursor.fetchall())
    counts = []
    for query in (_PENDING, _UNANSWERED, _STORES, _CASES, _PAYMENTS, _APPLICATIONS):
        cursor.execute(query, (member,))
        (count,) = cursor.fetchone() or (0,)
        counts.append(count)
    orders, answers, stores, cases, payments, applications = counts
    return Open(
        cash=balances.get(accounts.CASH, 0),
        points=balances.get(accounts.POINTS, 0),
        orders=orders,
        answers=answers,
        stores=stores,
        cases=cases,
        payments=payments,
        applications=applications,
    )
