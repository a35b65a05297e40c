"""What the store's pages ask the database: each answer is one range of one index.

Units: micro-yuan, moments in microseconds.
Source: design/ui/faces.md 6.3; H5 (payers are masked).
"""

from typing import Any, Final

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.members.names import masked, shown
from gongxiang.web.merchant.data import Payment, Shop, Takings

_MICROSECONDS: Final = "(extract(epoch FROM {}) * 1000000)::bigint"
_SHOPS: Final = """
SELECT store.store_id, party.key, store.name, store.commission_rate
  FROM merchants_store store JOIN members_party party ON party.id = store.store_id
 WHERE store.owner_id = %s ORDER BY store.store_id
"""
_TAKINGS: Final = """
SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(returned), 0)
  FROM orders_order WHERE store_id = %s AND paid_at >= %s::timestamptz
"""
_PAYMENTS: Final = f"""
SELECT paid.id, paid.member_id, fact.key, paid.amount, paid.returned, paid.commission_rate,
       account.name, account.code, {_MICROSECONDS.format("paid.paid_at")},
       {_MICROSECONDS.format("paid.due_at")},
       (paid.due_at, paid.due_rank, paid.id)
       <= (pool.cursor_at, pool.cursor_rank, pool.cursor_id),
       paid.due_at > clock_timestamp() + make_interval(secs => horizon.offset_seconds),
       coalesce(asked.amount_fen, 0), coalesce(asked.reason, '')
  FROM orders_order paid
  JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
  LEFT JOIN members_account account ON account.member_id = paid.member_id
  LEFT JOIN payments_refundrequest asked
    ON (asked.member_id, asked.order_id, asked.state) = (paid.member_id, paid.id, 'asked')
  CROSS JOIN points_pool pool CROSS JOIN points_horizon horizon
 WHERE paid.store_id = %s AND {{which}}
 ORDER BY paid.paid_at DESC, paid.id DESC LIMIT %s
"""  # noqa: S608  no value is spliced in
_LAST: Final = _PAYMENTS.format(which="(paid.paid_at, paid.id) < (%s::timestamptz, %s)")
_ONE: Final = _PAYMENTS.format(
    which="(paid.member_id, paid.id) = (SELECT home_id, id FROM orders_fact WHERE key = %s)"
)
_NOW: Final = f"""
SELECT {_MICROSECONDS.format("clock_timestamp() + make_interval(secs => offset_seconds)")}
  FROM points_horizon
"""  # noqa: S608  no value is spliced in
_NO_NUMBER: Final = 0
_GUEST: Final = "游客"


def shops_of(member: int) -> list[Shop]:
    """Give the stores that a member owns."""
    return [
        Shop(store=store, code=code, name=name, commission_rate=rate)
        for store, code, name, rate in _rows(_SHOPS, (member,))
    ]


def now() -> int:
    """Give the platform's clock (I-27)."""
    return int(_rows(_NOW, ())[0][0])


def takings(shop: Shop, *, since: int) -> Takings:
    """Give what a store took since a moment."""
    payments, paid, returned = _rows(_TAKINGS, (shop.store, format_at(since)))[0]
    return Takings(
        payments=payments,
        paid=int(paid),
        returned=int(returned),
        commission_rate=shop.commission_rate,
    )


def payments(shop: Shop, *, count: int, before: tuple[int, int] | None = None) -> list[Payment]:
    """Give a store's last payments, newest first, before a place where one is named."""
    at, number = ("infinity", _NO_NUMBER) if before is None else (format_at(before[0]), before[1])
    return [_payment(row) for row in _rows(_LAST, (shop.store, at, number, count))]


def payment(shop: Shop, *, key: str) -> Payment | None:
    """Give one payment of a store by its order number."""
    rows = _rows(_ONE, (shop.store, key, 1))
    return _payment(rows[0]) if rows else None


def _payment(row: tuple[Any, ...]) -> Payment:
    number, member, key, amount, returned, rate, name, code, paid_at, due_at, settled, *more = row
    is_open, asked_fen, reason = more
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
    )


def _rows(query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
