"""Whom a store bound, and which stores a person brought in.

Of members only the masked name and the day are asked: no query here reads what somebody spent. A
store that somebody brought shows its turnover of the month, for that is what he is paid by (R4).

Units: µ¥, moments in microseconds. Source: R2, R4, H5; design/ui/faces.md 6.3; G4.
"""

from typing import Any, Final

from gongxiang.base.clock import format_at
from gongxiang.ledger import raw
from gongxiang.members.names import masked, shown
from gongxiang.merchants.access import State
from gongxiang.queries.circle_data import Bound, Counts, Recruit

_COUNTS: Final = """
SELECT count(*), count(*) FILTER (WHERE joined_at >= %s), count(*) FILTER (WHERE joined_at >= %s)
  FROM members_member WHERE via_store_id = %s AND is_introduced
"""
_BOUND: Final = """
SELECT member.member_id, account.name, account.code,
       (extract(epoch FROM member.joined_at) * 1000000)::bigint
  FROM members_member member LEFT JOIN members_account account USING (member_id)
 WHERE member.via_store_id = %s AND member.is_introduced
   AND (member.joined_at, member.member_id) < (%s::timestamptz, %s)
 ORDER BY member.joined_at DESC, member.member_id DESC LIMIT %s
"""
_RECRUITS: Final = """
SELECT store.store_id, coalesce(profile.code, ''),
       coalesce(nullif(store.name, ''), profile.code, ''), coalesce(profile.state, 'open'),
       (extract(epoch FROM store.opened_at) * 1000000)::bigint, taken.orders, taken.turnover
  FROM merchants_store store LEFT JOIN merchants_profile profile USING (store_id)
 CROSS JOIN LATERAL (
    SELECT count(*) AS orders, coalesce(sum(amount - returned), 0) AS turnover
      FROM orders_order paid WHERE paid.store_id = store.store_id AND paid.paid_at >= %s
 ) AS taken
 WHERE store.recruiter_id = %s AND store.store_id > %s ORDER BY store.store_id LIMIT %s
"""
_NUMBER: Final = "SELECT count(*) FROM merchants_store WHERE recruiter_id = %s"
_CODE: Final = "SELECT code FROM members_account WHERE member_id = %s"
_NO_NUMBER: Final = 0


def counts(*, store: int, month: int, midnight: int) -> Counts:
    """Count the members whom a store bound."""
    values = (format_at(month), format_at(midnight), store)
    all_of_them, this_month, today = _rows(_COUNTS, values)[0]
    return Counts(all=all_of_them, month=this_month, today=today)


def bound(*, store: int, size: int, before: tuple[int, int] | None = None) -> tuple[Bound, ...]:
    """Give the members whom a store bound, newest first, before a place where one is named."""
    at, number = ("infinity", _NO_NUMBER) if before is None else (format_at(before[0]), before[1])
    return tuple(
        Bound(
            member=member,
            shown=masked(shown(name or "", code)) if code else "会员",
            joined_at=joined_at,
        )
        for member, name, code, joined_at in _rows(_BOUND, (store, at, number, size))
    )


def recruits(*, member: int, month: int, size: int, after: int = 0) -> tuple[Recruit, ...]:
    """Give the stores that a person brought, oldest first, after one where it is named."""
    return tuple(
        Recruit(
            store=store,
            code=code,
            name=name,
            state=State(state),
            opened_at=opened_at,
            orders=orders,
            turnover=int(turnover),
        )
        for store, code, name, state, opened_at, orders, turnover in _rows(
            _RECRUITS, (format_at(month), member, after, size)
        )
    )


def number_of_recruits(*, member: int) -> int:
    """Count the stores that a person brought."""
    return int(_rows(_NUMBER, (member,))[0][0])


def code_of(*, member: int) -> str:
    """Give the code that a person is known by as one who brings others."""
    rows = _rows(_CODE, (member,))
    return str(rows[0][0]) if rows else ""


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  what the driver takes
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
