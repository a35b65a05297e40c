"""What the store's pages ask the database: each answer is one range of one index.

Units: micro-yuan, moments in microseconds.
Source: design/ui/faces.md 6.3; H5 (payers are masked).
"""

from functools import cache
from typing import Any, Final

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN, MYRIAD
from gongxiang.ledger import raw
from gongxiang.members.names import masked, shown
from gongxiang.merchants.access import Role, State
from gongxiang.merchants.rates import RATE_NOW
from gongxiang.payments.provider import Provider
from gongxiang.queries.stores_data import Payment, Shop, Takings

_MICROSECONDS: Final = "(extract(epoch FROM {}) * 1000000)::bigint"
_SHOPS: Final = f"""
SELECT store.store_id, party.key, store.name, {RATE_NOW},
       coalesce(profile.code, party.key), coalesce(profile.state, 'open'), acts.role,
       coalesce(profile.has_sound, false),
       {_MICROSECONDS.format("clock_timestamp() + make_interval(secs => horizon.offset_seconds)")}
  FROM (SELECT store_id, 'owner' AS role FROM merchants_store WHERE owner_id = %(member)s
        UNION ALL
        SELECT store_id, role FROM merchants_staff
         WHERE member_id = %(member)s AND left_at IS NULL
           AND store_id NOT IN (SELECT store_id FROM merchants_store WHERE owner_id = %(member)s)
       ) acts
  JOIN merchants_store store USING (store_id) JOIN members_party party ON party.id = store.store_id
  LEFT JOIN merchants_profile profile USING (store_id) CROSS JOIN points_horizon horizon
 ORDER BY store.store_id
"""  # noqa: S608  no value is spliced in
TAKINGS: Final = """
SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(returned), 0),
       coalesce(sum((amount - returned) * commission_rate), 0)
  FROM orders_order WHERE store_id = %(store)s AND paid_at >= %(since)s::timestamptz
"""
_PAYMENTS: Final = f"""
SELECT paid.id, paid.member_id, fact.key, paid.amount, paid.returned, paid.commission_rate,
       account.name, account.code, {_MICROSECONDS.format("paid.paid_at")},
       {_MICROSECONDS.format("paid.due_at")},
       (paid.due_at, paid.due_rank, paid.id)
       <= (pool.cursor_at, pool.cursor_rank, pool.cursor_id),
       paid.due_at > clock_timestamp() + make_interval(secs => horizon.offset_seconds),
       coalesce(asked.amount_fen, 0), coalesce(asked.reason, ''), coalesce(attempt.provider, ''),
       coalesce(paid.amount - paid.returned - lot.spend, 0), coalesce(attempt.note, '')
  FROM (SELECT * FROM orders_order WHERE store_id = %(store)s AND {{which}}
         ORDER BY paid_at DESC, id DESC LIMIT {{size}}) AS paid
  JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
  LEFT JOIN members_account account ON account.member_id = paid.member_id
  LEFT JOIN payments_refundrequest asked
    ON (asked.member_id, asked.order_id, asked.state) = (paid.member_id, paid.id, 'asked')
  LEFT JOIN payments_attempt attempt
    ON (attempt.member_id, attempt.order_id) = (paid.member_id, paid.id)
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (paid.member_id, paid.id)
  CROSS JOIN points_pool pool CROSS JOIN points_horizon horizon
 ORDER BY paid.paid_at DESC, paid.id DESC
"""  # noqa: S608  no value is spliced in
_ONE: Final = _PAYMENTS.format(
    which="(member_id, id) = (SELECT home_id, id FROM orders_fact WHERE key = %(key)s)", size=1
)
_NO_NUMBER: Final = 0
_GUEST: Final = "游客"


def shops_of(member: int) -> list[Shop]:
    """Give the stores that a member acts for, as what he is there."""
    return [
        Shop(
            store=store,
            code=code,
            name=name,
            commission_rate=rate,
            door=door,
            state=State(state),
            role=Role(role),
            has_sound=has_sound,
            asked_at=asked_at,
        )
        for store, code, name, rate, door, state, role, has_sound, asked_at in _rows(
            _SHOPS, {"member": member}
        )
    ]


def takings(shop: Shop, *, since: int) -> Takings:
    """Give what a store took since a moment."""
    return takings_of(_rows(TAKINGS, {"store": shop.store, "since": format_at(since)})[0])


def takings_of(row: tuple[Any, ...]) -> Takings:
    """Read the row of `TAKINGS`."""
    payments, paid, returned, parts = row
    return Takings(
        payments=payments,
        paid=int(paid),
        returned=int(returned),
        commission=int(parts) // MYRIAD,
    )


def payments(shop: Shop, *, count: int, before: tuple[int, int] | None = None) -> list[Payment]:
    """Give a store's last payments, newest first, before a place where one is named."""
    at, number = ("infinity", _NO_NUMBER) if before is None else (format_at(before[0]), before[1])
    asked = {"store": shop.store, "at": at, "number": number}
    return [payment_of(row) for row in _rows(_before(count), asked)]


def last_payments(count: int) -> str:
    """Write the question for so many: of a number given beside it the server plans each time."""
    return _PAYMENTS.format(which="true", size=int(count))


@cache
def _before(count: int) -> str:
    return _PAYMENTS.format(
        which="(paid_at, id) < (%(at)s::timestamptz, %(number)s)", size=int(count)
    )


def payment(shop: Shop, *, key: str) -> Payment | None:
    """Give one payment of a store by its order number."""
    rows = _rows(_ONE, {"store": shop.store, "key": key})
    return payment_of(rows[0]) if rows else None


def payment_of(row: tuple[Any, ...]) -> Payment:
    """Read a row of a store's payments."""
    number, member, key, amount, returned, rate, name, code, paid_at, due_at, settled, *more = row
    is_open, asked_fen, reason, provider, by_case, note = more
    return Payment(
        number=number,
        member=member,
        key=key,
        amount=amount,
        returned=returned,
        commission_rate=rate,
        payer=_GUEST if code is None else masked(shown(name, code)),
        paid_at=paid_at,
        due_at=due_at,
        is_settled=settled,
        is_open=is_open,
        asked=asked_fen * FEN,
        reason=reason,
        channel=Provider(provider).title if provider else "",
        by_case=by_case,
        note=note,
    )


def _rows(query: str, values: tuple[Any, ...] | dict[str, Any]) -> list[tuple[Any, ...]]:
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
