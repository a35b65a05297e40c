"""What a member still has open, and what he would give up by leaving.

    in the way   cash that can be withdrawn, points, payments, orders, cases, stores, applications
    given up     cash below the least withdrawal, rewards of orders that are not settled yet

Units: micro-yuan, atoms. Source: H5, R1; design/ui/faces.md 6.2; ADR 0030.
"""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.settlement.frozen import ROLES, rewards

_OPEN: Final = """
SELECT coalesce(sum(amount) FILTER (WHERE account = 108 AND amount >= %(least)s), 0)::bigint,
       coalesce(sum(amount) FILTER (WHERE account = 108 AND amount < %(least)s), 0)::bigint,
       coalesce(sum(amount) FILTER (WHERE account = 203), 0),
       (SELECT count(*) FROM orders_order o
         WHERE o.member_id = ANY(%(members)s) AND o.amount > o.returned
           AND NOT EXISTS (SELECT FROM points_lot l
                            WHERE (l.member_id, l.id) = (o.member_id, o.id))),
       (SELECT count(*) FROM orders_fact f
          LEFT JOIN orders_outcome o ON (o.home_id, o.fact_id) = (f.home_id, f.id)
          LEFT JOIN treasury_payout p ON (p.member_id, p.withdrawal_id) = (f.home_id, f.id)
         WHERE f.home_id = ANY(%(members)s) AND f.kind IN (9, 11)
           AND (o.fact_id IS NULL OR (o.is_accepted AND p.state < 5))),
       (SELECT count(*) FROM merchants_store store
          LEFT JOIN merchants_profile profile USING (store_id)
         WHERE store.owner_id = ANY(%(members)s) AND profile.state IS DISTINCT FROM 'closed'),
       (SELECT count(*) FROM treasury_refundcase
         WHERE member_id = ANY(%(members)s) AND state < 4),
       (SELECT count(*) FROM payments_attempt
         WHERE home_id = ANY(%(members)s) AND state IN ('opened', 'paying', 'unknown')),
       (SELECT count(*) FROM merchants_application
         WHERE member_id = ANY(%(members)s) AND state = 'submitted')
  FROM ledger_balance WHERE party_id = ANY(%(members)s)
"""
_WAITING: Final = f"""
SELECT version_id, {ROLES}, sum(amount - returned)::bigint FROM orders_order
 WHERE (due_at, due_rank, id) > ((SELECT cursor_at FROM points_pool WHERE id = 1),
                                 (SELECT cursor_rank FROM points_pool WHERE id = 1),
                                 (SELECT cursor_id FROM points_pool WHERE id = 1))
   AND amount > returned AND ARRAY[{ROLES}] && %s::bigint[]
 GROUP BY version_id, {ROLES}
"""  # noqa: S608  no value is spliced in


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What keeps an account from being closed, all 0 when nothing does; and `change`.

    That is cash below the least withdrawal, which only grows by what comes later.
    """

    cash: int
    change: int
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


def open_things(cursor: Cursor[Any], *, members: list[int], least: int) -> Open:
    """Give what would be lost if somebody left now, of all his accounts; `least` is withdrawn."""
    cursor.execute(_OPEN, {"members": members, "least": least})
    row = cursor.fetchone()
    assert row is not None, "a sum has a row"
    return Open(**dict(zip(Open.__slots__, map(int, row), strict=True)))


def waiting_rewards(cursor: Cursor[Any], *, members: list[int]) -> int:
    """Give what orders that are not settled yet would reward some accounts with.

    Looks at the orders that wait on the whole platform, a refund window of them.
    """
    cursor.execute(_WAITING, (members,))
    return rewards(cursor.fetchall(), persons=members)
