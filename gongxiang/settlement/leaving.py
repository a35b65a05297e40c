"""What a member still has open, and what he would give up by leaving.

    in the way   cash that can be withdrawn, points, payments, orders, cases, stores, applications
    given up     cash below the least withdrawal, rewards of orders that are not settled yet

Units: micro-yuan, atoms. Source: H5, R1; design/ui/faces.md 6.2; ADR 0030.
"""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.settlement.frozen import ROLES, rewards

OPEN_ORDER: Final = """
waits.amount > waits.returned
   AND NOT EXISTS (SELECT FROM points_lot lot
                    WHERE (lot.member_id, lot.id) = (waits.member_id, waits.id))
"""
ANSWERED: Final = """
  LEFT JOIN orders_outcome outcome ON (outcome.home_id, outcome.fact_id) = (fact.home_id, fact.id)
  LEFT JOIN treasury_payout payout
       ON (payout.member_id, payout.withdrawal_id) = (fact.home_id, fact.id)
"""
OPEN_FACT: Final = "(outcome.fact_id IS NULL OR (outcome.is_accepted AND payout.state < 5))"
"""A sale or a withdrawal (kinds 9 and 11) without an answer, or cash that has not arrived."""
OPEN_STORE: Final = "profile.state IS DISTINCT FROM 'closed'"
OPEN_CASE: Final = "state < 4"
OPEN_PAYMENT: Final = "state IN ('opened', 'paying', 'unknown')"
OPEN_APPLICATION: Final = "state = 'submitted'"
_OPEN: Final = f"""
SELECT coalesce(sum(amount) FILTER (WHERE account = 108 AND amount >= %(least)s), 0)::bigint,
       coalesce(sum(amount) FILTER (WHERE account = 108 AND amount < %(least)s), 0)::bigint,
       coalesce(sum(amount) FILTER (WHERE account = 203), 0),
       (SELECT count(*) FROM orders_order waits
         WHERE waits.member_id = ANY(%(members)s) AND {OPEN_ORDER}),
       (SELECT count(*) FROM orders_fact fact {ANSWERED}
         WHERE fact.home_id = ANY(%(members)s) AND fact.kind IN (9, 11) AND {OPEN_FACT}),
       (SELECT count(*) FROM merchants_store store
          LEFT JOIN merchants_profile profile USING (store_id)
         WHERE store.owner_id = ANY(%(members)s) AND {OPEN_STORE}),
       (SELECT count(*) FROM treasury_refundcase
         WHERE member_id = ANY(%(members)s) AND {OPEN_CASE}),
       (SELECT count(*) FROM payments_attempt
         WHERE home_id = ANY(%(members)s) AND {OPEN_PAYMENT}),
       (SELECT count(*) FROM merchants_application
         WHERE member_id = ANY(%(members)s) AND {OPEN_APPLICATION})
  FROM ledger_balance WHERE party_id = ANY(%(members)s)
"""  # noqa: S608  no value is spliced in
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
