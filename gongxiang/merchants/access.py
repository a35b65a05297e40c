"""Who may act for a store, which stores a person acts for, and whose a public code is.

Every face asks here and nowhere else, at every request: who was let go has no role from the next
request on. The owner stands in the store's own row, managers and cashiers among its staff.

    role_in(member, store) -> Role        may(role, task)        stores_of(member)

A role is an account's; who joined two turns to the other for its stores (stores_elsewhere).

Units: none. Source: spec/platform.md (Store); reliability 8 (25, 27, 28, 31).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.db.models import TextChoices
from psycopg import Cursor

from gongxiang.ledger import raw
from gongxiang.merchants.codes import plain


class Role(TextChoices):
    """What a person is in a store."""

    OWNER = "owner", "店主"
    MANAGER = "manager", "店长"
    CASHIER = "cashier", "店员"


class State(TextChoices):
    """How a store stands."""

    OPEN = "open", "营业中"
    DELISTED = "delisted", "已下架"
    CLOSED = "closed", "已关店"


class Task(Enum):
    """What is done for a store."""

    TILL = "收款"
    SHIFT = "接班和交班"
    ORDERS = "看订单"
    REFUND = "退款"
    PAY_IN = "给退款补款"
    TAKINGS = "看收款合计"
    STATEMENTS = "看对账单"
    MEMBERS = "看会员"
    PLATE = "打印收款码"
    SETTINGS = "改门店设置"
    CASHIERS = "管店员"
    MANAGERS = "管店长"
    INCOME = "看推荐与返点"
    RECRUIT = "看招商"
    CHANGES = "申请改抽成、换店主、关店"


_AT_THE_TILL: Final = frozenset({Task.TILL, Task.SHIFT, Task.ORDERS, Task.REFUND, Task.PLATE})
MATRIX: Final = {
    Role.CASHIER: _AT_THE_TILL,
    Role.MANAGER: _AT_THE_TILL
    | {Task.PAY_IN, Task.TAKINGS, Task.STATEMENTS, Task.MEMBERS, Task.SETTINGS, Task.CASHIERS},
    Role.OWNER: frozenset(Task),
}
"""What each role may do. Income and recruits are the owner's own: a person's, not the store's."""


class NotAllowed(Exception):
    """The person may not do this in the store: nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCard:
    """A store as a list shows it; the role is that of who asked, none where nobody did."""

    store: int
    code: str
    name: str
    role: Role | None
    state: State


_ROLE: Final = """
SELECT 'owner' FROM merchants_store WHERE (store_id, owner_id) = (%(store)s, %(member)s)
UNION ALL
SELECT role FROM merchants_staff
 WHERE (store_id, member_id) = (%(store)s, %(member)s) AND left_at IS NULL
"""
_CARD: Final = """
SELECT store.store_id, profile.code, coalesce(nullif(store.name, ''), profile.code), profile.state
  FROM merchants_store store JOIN merchants_profile profile USING (store_id)
"""
_BY: Final = f"{_CARD} JOIN merchants_storecode given USING (store_id) WHERE given.code = %s"
_OF: Final = f"""
SELECT card.*, acts.role FROM ({_CARD}) AS card (store_id, code, name, state)
  JOIN (SELECT store_id, 'owner' AS role FROM merchants_store WHERE owner_id = %(member)s
        UNION ALL
        SELECT store_id, role FROM merchants_staff
         WHERE member_id = %(member)s AND left_at IS NULL
           AND store_id NOT IN (SELECT store_id FROM merchants_store WHERE owner_id = %(member)s)
       ) acts USING (store_id)
 ORDER BY card.store_id
"""  # noqa: S608  no value is spliced in
_ELSEWHERE: Final = f"""
WITH own AS (
    SELECT id FROM (SELECT %(head)s::bigint AS id UNION ALL
                    SELECT member_id FROM members_joinedaccount WHERE into_id = %(head)s) AS his
     WHERE id <> %(member)s
)
SELECT acts.member_id, card.*, acts.role FROM ({_CARD}) AS card (store_id, code, name, state)
  JOIN (SELECT store_id, owner_id AS member_id, 'owner' AS role
          FROM merchants_store WHERE owner_id IN (SELECT id FROM own)
        UNION ALL
        SELECT staff.store_id, staff.member_id, staff.role
          FROM merchants_staff staff JOIN merchants_store store USING (store_id)
         WHERE staff.member_id IN (SELECT id FROM own) AND staff.left_at IS NULL
           AND store.owner_id IS DISTINCT FROM staff.member_id
       ) acts USING (store_id)
 ORDER BY card.store_id, acts.member_id
"""  # noqa: S608  no value is spliced in


def may(role: Role | None, task: Task) -> bool:
    """Tell whether a role may do something.

    >>> may(Role.CASHIER, Task.REFUND), may(Role.CASHIER, Task.TAKINGS), may(None, Task.TILL)
    (True, False, False)
    """
    return role is not None and task in MATRIX[role]


def role_in(*, member: int, store: int) -> Role | None:
    """Give what a person is in a store now, or nothing for a stranger."""
    rows = _rows(_ROLE, {"member": member, "store": store})
    return Role(rows[0][0]) if rows else None


def require(cursor: Cursor[Any], *, store: int, by: int, task: Task) -> Role:
    """Give who a person is, asked in the transaction of what he does; raises `NotAllowed`."""
    cursor.execute(_ROLE, {"member": by, "store": store})
    row = cursor.fetchone()
    if row is None or not may(Role(row[0]), task):
        raise NotAllowed(f"member {by} may not in store {store}: {task.name}")
    return Role(row[0])


def stores_of(*, member: int) -> tuple[StoreCard, ...]:
    """Give the stores that a person acts for, oldest first."""
    return tuple(_card(row[:4], Role(row[4])) for row in _rows(_OF, {"member": member}))


def stores_elsewhere(*, head: int, member: int) -> tuple[tuple[int, StoreCard], ...]:
    """Give what a person acts for by his other accounts, each with the account that does."""
    rows = _rows(_ELSEWHERE, {"head": head, "member": member})
    return tuple((row[0], _card(row[1:5], Role(row[5]))) for row in rows)


def store_by_code(*, code: str) -> StoreCard | None:
    """Give the store of a public code, however it was typed."""
    own = plain(typed=code)
    rows = _rows(_BY, (own,)) if own else []
    return _card(rows[0], None) if rows else None


def _card(row: tuple[Any, ...], role: Role | None) -> StoreCard:
    store, code, name, state = row
    return StoreCard(store=store, code=code, name=name, role=role, state=State(state))


def _rows(query: str, values: dict[str, int] | tuple[str, ...]) -> list[tuple[Any, ...]]:
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
