"""A store's day: what came in by hour or by day, and what waits for the people in it.

Units: µ¥; hours and days of Shanghai. Source: design/ui/faces.md 5.1 (bars), 6.3 (今天).
"""

from dataclasses import dataclass
from typing import Any, Final

from gongxiang.base.clock import DAY, SHANGHAI_OFFSET, format_at
from gongxiang.base.money import FEN
from gongxiang.ledger import raw

_HOURS: Final = """
SELECT extract(hour FROM paid_at AT TIME ZONE 'Asia/Shanghai')::int, sum(amount)
  FROM orders_order WHERE store_id = %s AND paid_at >= %s GROUP BY 1 ORDER BY 1
"""
_DAYS: Final = """
SELECT (paid_at AT TIME ZONE 'Asia/Shanghai')::date - DATE '1970-01-01', sum(amount)
  FROM orders_order WHERE store_id = %s AND paid_at >= %s GROUP BY 1 ORDER BY 1
"""
_ASKED: Final = """
SELECT count(*), coalesce(sum(amount_fen), 0)
  FROM payments_refundrequest WHERE store_id = %s AND state = 'asked'
"""

_FUNDS: Final = """
SELECT count(*), coalesce(sum(amount), 0) FROM treasury_refundcase
 WHERE store_id = %s AND state = 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How many payers ask for money back, and how much."""

    count: int
    amount: int


def by_hour(*, store: int, midnight: int) -> dict[int, int]:
    """Give what came in today by hour; an hour without a payment is left out."""
    return {hour: int(amount) for hour, amount in _rows(_HOURS, (store, format_at(midnight)))}


def by_day(*, store: int, first: int) -> dict[int, int]:
    """Give what came in by Shanghai day from a day on."""
    start = format_at(first * DAY - SHANGHAI_OFFSET)
    return {day: int(amount) for day, amount in _rows(_DAYS, (store, start))}


def asked(*, store: int) -> Asked:
    """Give what payers ask back and nobody has answered."""
    count, amount_fen = _rows(_ASKED, (store,))[0]
    return Asked(count=count, amount=int(amount_fen) * FEN)


def waiting_for_funds(*, store: int) -> Asked:
    """Give the refunds after settlement that two officers granted and the store cannot pay yet."""
    count, amount = _rows(_FUNDS, (store,))[0]
    return Asked(count=count, amount=int(amount))


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  what the driver takes
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
