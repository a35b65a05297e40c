"""What stands in the way of somebody who wants to leave, and what he loses by it: each by name.

Of a kind of things so many are named as a page can hold; `Open` counts them all.

Units: micro-yuan, atoms; moments in microseconds. Source: H5; design/ui/faces.md 6.2 (named).
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.governance.withdrawing import withdrawal_rules
from gongxiang.ledger import raw
from gongxiang.ledger.together import Rows, Together
from gongxiang.members import joined
from gongxiang.queries import moment, people
from gongxiang.queries.people import Part
from gongxiang.settlement.leaving import (
    ANSWERED,
    OPEN_APPLICATION,
    OPEN_CASE,
    OPEN_FACT,
    OPEN_ORDER,
    OPEN_PAYMENT,
    OPEN_STORE,
    Open,
    open_things,
    waiting_rewards,
)

NAMED_MAX: Final = 20
_OWN: Final = "ANY(%(members)s::bigint[])"
_STORE: Final = "coalesce(nullif(store.name, ''), party.key)"
_OF_STORE: Final = """
  JOIN merchants_store store USING (store_id) JOIN members_party party ON party.id = store.store_id
"""
_MOMENT: Final = "(extract(epoch FROM {}) * 1000000)::bigint"
_PAYMENTS: Final = f"""
SELECT number, {_STORE}, amount_fen * 10000, 0
  FROM payments_attempt {_OF_STORE}
 WHERE home_id = {_OWN} AND {OPEN_PAYMENT}
 ORDER BY payments_attempt.id DESC LIMIT {NAMED_MAX}
"""  # noqa: S608  no value is spliced in
_ORDERS: Final = f"""
SELECT fact.key, {_STORE}, waits.amount - waits.returned, {_MOMENT.format("waits.due_at")}
  FROM orders_order waits {_OF_STORE}
  JOIN orders_fact fact ON (fact.home_id, fact.id) = (waits.member_id, waits.id)
 WHERE waits.member_id = {_OWN} AND {OPEN_ORDER}
 ORDER BY waits.due_at DESC LIMIT {NAMED_MAX}
"""  # noqa: S608  no value is spliced in
_SALES: Final = f"""
SELECT sale.id::text, '', sale.points::text, {_MOMENT.format("fact.at")}
  FROM orders_fact fact {ANSWERED}
  JOIN points_sale sale ON (sale.member_id, sale.id) = (fact.home_id, fact.id)
 WHERE fact.home_id = {_OWN} AND fact.kind = 9 AND {OPEN_FACT}
 ORDER BY fact.id DESC LIMIT {NAMED_MAX}
"""  # noqa: S608  no value is spliced in
_WITHDRAWALS: Final = f"""
SELECT withdrawal.id::text, '', withdrawal.amount, {_MOMENT.format("fact.at")}
  FROM orders_fact fact {ANSWERED}
  JOIN treasury_withdrawal withdrawal
       ON (withdrawal.member_id, withdrawal.id) = (fact.home_id, fact.id)
 WHERE fact.home_id = {_OWN} AND fact.kind = 11 AND {OPEN_FACT}
 ORDER BY fact.id DESC LIMIT {NAMED_MAX}
"""  # noqa: S608  no value is spliced in
_CASES: Final = f"""
SELECT refund.id::text, {_STORE}, refund.amount, {_MOMENT.format("refund.opened_at")}
  FROM treasury_refundcase refund {_OF_STORE}
 WHERE refund.member_id = {_OWN} AND refund.{OPEN_CASE} ORDER BY refund.id DESC LIMIT {NAMED_MAX}
"""  # noqa: S608  no value is spliced in
_APPLICATIONS: Final = f"""
SELECT id::text, name, 0, {_MOMENT.format("submitted_at")} FROM merchants_application
 WHERE member_id = {_OWN} AND {OPEN_APPLICATION} ORDER BY id DESC LIMIT {NAMED_MAX}
"""  # noqa: S608  no value is spliced in
_STORES: Final = f"""
SELECT coalesce(profile.code, ''), {_STORE}, 0, 0
  FROM merchants_store store JOIN members_party party ON party.id = store.store_id
  LEFT JOIN merchants_profile profile USING (store_id)
 WHERE store.owner_id = {_OWN} AND {OPEN_STORE}
 ORDER BY store.store_id LIMIT {NAMED_MAX}
"""  # noqa: S608  no value is spliced in
_NAMED: Final = Together(
    now=moment.NOW,
    payments=_PAYMENTS,
    orders=_ORDERS,
    sales=_SALES,
    withdrawals=_WITHDRAWALS,
    cases=_CASES,
    applications=_APPLICATIONS,
    stores=_STORES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing that is open: its number, the store it is about, its amount, and a moment.

    The amount of a sale is in atoms. Until when an order waits, since when the rest; 0 for none.
    """

    number: str
    store: str
    amount: int
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Everything the page of leaving says; `waiting` are rewards that would be given up."""

    now: int
    open: Open
    parts: tuple[Part, ...]
    to_withdraw: tuple[Part, ...]
    waiting: int
    payments: tuple[Thing, ...]
    orders: tuple[Thing, ...]
    sales: tuple[Thing, ...]
    withdrawals: tuple[Thing, ...]
    cases: tuple[Thing, ...]
    applications: tuple[Thing, ...]
    stores: tuple[Thing, ...]

    @property
    def given_up(self) -> int:
        """Give what leaves with nobody: waiting rewards, and cash too little to withdraw."""
        return self.waiting + self.open.change

    @property
    def is_cut(self) -> bool:
        """Tell whether there may be more of a kind than is named."""
        money = (self.payments, self.orders, self.sales, self.withdrawals, self.cases)
        return any(len(kind) == NAMED_MAX for kind in (*money, self.applications, self.stores))


def leaving(*, member: int) -> Leaving:
    """Give what a member has open in all of his accounts, and what he would lose."""
    least = withdrawal_rules().least
    with raw.cursor() as cursor:
        members = [member, *joined.others(cursor, member)]
        found = open_things(cursor, members=members, least=least)
        waiting = waiting_rewards(cursor, members=members)
    parts = people.parts(member=member)
    told = _NAMED.ask(members=f"{{{','.join(map(str, members))}}}")
    now = moment.now_of(told.pop("now"))
    return Leaving(
        now=now,
        open=found,
        parts=parts,
        to_withdraw=tuple(part for part in parts if part.cash >= least),
        waiting=waiting,
        **{name: _things(rows) for name, rows in told.items()},
    )


def _things(rows: Rows) -> tuple[Thing, ...]:
    return tuple(
        Thing(number=number, store=store, amount=int(amount), at=at)
        for number, store, amount, at in rows
    )
