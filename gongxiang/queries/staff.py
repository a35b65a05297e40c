"""Who works in a store, and who was invited.

Units: moments in microseconds. Source: spec/platform.md (Store); H5.
"""

from dataclasses import dataclass
from typing import Any, Final

from gongxiang.base.clock import from_datetime
from gongxiang.ledger import raw
from gongxiang.members.names import shown
from gongxiang.merchants.access import Role

_STAFF: Final = """
SELECT works.member_id, works.role, works.since_at, account.name, account.code
  FROM (SELECT owner_id AS member_id, 'owner' AS role, opened_at AS since_at
          FROM merchants_store WHERE store_id = %(store)s AND owner_id IS NOT NULL
        UNION ALL
        SELECT member_id, role, since_at FROM merchants_staff
         WHERE store_id = %(store)s AND left_at IS NULL) works
  LEFT JOIN members_account account USING (member_id)
 ORDER BY CASE works.role WHEN 'owner' THEN 0 WHEN 'manager' THEN 1 ELSE 2 END, works.since_at
"""
_INVITED: Final = """
SELECT token, role, shown, ends_at FROM merchants_invitation
 WHERE store_id = %(store)s AND answered_at IS NULL AND ends_at > clock_timestamp()
 ORDER BY sent_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Somebody who works in the store; colleagues know each other by their own names."""

    member: int
    role: Role
    since_at: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation that nobody has taken up yet."""

    hashed: str
    role: Role
    shown: str
    ends_at: int


def workers(*, store: int) -> list[Worker]:
    """Give who works in a store: the owner, managers, cashiers."""
    return [
        Worker(
            member=member,
            role=Role(role),
            since_at=from_datetime(since_at),
            name=shown(name, code) if code else "会员",
        )
        for member, role, since_at, name, code in _rows(_STAFF, store)
    ]


def invited(*, store: int) -> list[Invited]:
    """Give the invitations that are open."""
    return [
        Invited(hashed=hashed, role=Role(role), shown=phone, ends_at=from_datetime(ends_at))
        for hashed, role, phone, ends_at in _rows(_INVITED, store)
    ]


def _rows(query: str, store: int) -> list[tuple[Any, ...]]:
    with raw.cursor() as cursor:
        cursor.execute(query, {"store": store})
        return cursor.fetchall()
