"""A store's day: what came in by hour or by day, and what waits for the people in it.

Units: µ¥; hours and days of Shanghai. Source: design/ui/faces.md 5.1 (bars), 6.3 (今天).
"""

from dataclasses import dataclass
from typing import Any, Final

from gongxiang.base.clock import (
    DAY,
    SHANGHAI_OFFSET,
    format_at,
    shanghai_day,
    shanghai_midnight,
)
from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.ledger.together import Together
from gongxiang.payments import submerchants
from gongxiang.payments.provider import Provider
from gongxiang.queries import months, rewards, stores
from gongxiang.queries.rewards_data import Credited, Stretch
from gongxiang.queries.stores_data import Payment, Takings
from gongxiang.settlement import frozen
from gongxiang.settlement.frozen import ROLES

_HOURS: Final = """
SELECT extract(hour FROM paid_at AT TIME ZONE 'Asia/Shanghai')::int, sum(amount)
  FROM orders_order WHERE store_id = %(store)s AND paid_at >= %(since)s::timestamptz
 GROUP BY 1 ORDER BY 1
"""
_DAYS: Final = """
SELECT (paid_at AT TIME ZONE 'Asia/Shanghai')::date - DATE '1970-01-01', sum(amount)
  FROM orders_order WHERE store_id = %s AND paid_at >= %s GROUP BY 1 ORDER BY 1
"""
_ASKED: Final = """
SELECT count(*), coalesce(sum(amount_fen), 0)
  FROM payments_refundrequest WHERE store_id = %(store)s AND state = 'asked'
"""

_FUNDS: Final = """
SELECT count(*), coalesce(sum(amount), 0) FROM treasury_refundcase
 WHERE store_id = %(store)s AND state = 2
"""
_ELSEWHERE: Final = f"""
SELECT version_id, {ROLES}, sum(amount - returned)::bigint FROM orders_order
 WHERE direct_id = %(owner_home)s AND due_at >= %(month)s::timestamptz AND amount > returned
   AND (due_at, due_rank, id) <= ((SELECT cursor_at FROM points_pool WHERE id = 1),
                                  (SELECT cursor_rank FROM points_pool WHERE id = 1),
                                  (SELECT cursor_id FROM points_pool WHERE id = 1))
   AND store_id NOT IN (SELECT store_id FROM merchants_store WHERE owner_id = %(owner_home)s)
 GROUP BY version_id, {ROLES}
"""  # noqa: S608  no value is spliced in
"""What members whom somebody brought spent at stores of others, settled since a month began."""
PAYMENTS_SHOWN: Final = 3
# Apart from the rest: of a stretch of time the server plans anew each time, cheap for these few.
_TAKEN: Final = Together(takings=stores.TAKINGS, hours=_HOURS, elsewhere=_ELSEWHERE)
_TODAY: Final = Together(
    asked=_ASKED,
    funds=_FUNDS,
    channels=submerchants.OPEN,
    payments=stores.last_payments(PAYMENTS_SHOWN),
    settled=rewards.question(legs=rewards.SETTLED, of="store_"),
    income=rewards.question(legs=rewards.REWARDS, of="owner_"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How many payers ask for money back, and how much."""

    count: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What came in today, in sum and by hour (one without a payment is left out), and what waits.

    `asked` is what payers ask back and nobody has answered; `funds` the refunds after settlement
    that two officers granted and the store cannot pay yet; `channels` where it can take money (P2).
    `settled` is today's, `income` what its owner was rewarded with since the month began, and
    `elsewhere` what of it came of his own members' spending at stores of others.
    """

    takings: Takings
    by_hour: dict[int, int]
    asked: Asked
    funds: Asked
    channels: frozenset[Provider]
    payments: tuple[Payment, ...]
    settled: Credited
    income: Stretch
    elsewhere: int


def today(*, store: int, owner: int, now: int) -> Today:
    """Ask for a store's day in two questions; of nobody's income where `owner` is 0."""
    day, month = shanghai_day(now), months.read(months.name_of(now))
    assert month is not None, "this month has a name"
    taken = _TAKEN.ask(
        store=store,
        since=format_at(shanghai_midnight(now)),
        owner_home=owner,
        month=format_at(month.start),
    )
    told = _TODAY.ask(
        store=store,
        store_home=store,
        store_first=day,
        store_last=day,
        owner_home=owner,
        owner_first=shanghai_day(month.start),
        owner_last=day,
    )
    (asked, asked_fen), (funds, lacking) = told["asked"][0], told["funds"][0]
    return Today(
        takings=stores.takings_of(taken["takings"][0]),
        by_hour=dict(taken["hours"]),
        asked=Asked(count=asked, amount=asked_fen * FEN),
        funds=Asked(count=funds, amount=lacking),
        channels=submerchants.channels_of(told["channels"]),
        payments=tuple(map(stores.payment_of, told["payments"])),
        settled=rewards.stretch_of(told["settled"]).of("settled"),
        income=rewards.stretch_of(told["income"]),
        elsewhere=frozen.rewards(taken["elsewhere"], persons=(owner,), roles=rewards.PERSONAL),
    )


def by_day(*, store: int, first: int) -> dict[int, int]:
    """Give what came in by Shanghai day from a day on."""
    start = format_at(first * DAY - SHANGHAI_OFFSET)
    return {day: int(amount) for day, amount in _rows(_DAYS, (store, start))}


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  what the driver takes
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
