"""Where the platform stands at this moment: its clock, its pool, how far it has settled.

Units: µ¥, atoms, microseconds since 1970 UTC.
Source: E3, E8; design/scale.md rule 8.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gongxiang.base import clock, text
from gongxiang.economy.terms import Terms
from gongxiang.ops.rows import one

_STANDING: Final = """
SELECT clock_timestamp() + make_interval(secs => horizon.offset_seconds), pool.version_id,
       pool.money, pool.circulating, pool.step, pool.batch, pool.cursor_at, pool.cursor_rank,
       pool.cursor_id, pool.orders, pool.lots_exited, pool.paid_to_members, pool.spend
  FROM points_horizon horizon LEFT JOIN points_pool pool ON pool.id = 1
 WHERE horizon.id = 1
"""

BEGINNING: Final = "开盘时"

Place = tuple[datetime, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The pool: money and circulating points (E3)."""

    money: int
    circulating: int

    @property
    def price(self) -> str:
        """Write the price, half up."""
        return text.price(units=self.price_units)

    @property
    def price_units(self) -> int:
        """Give the price in ten-thousandths of a yuan."""
        return text.price_units(pool=self.money, circulating=self.circulating)

    def payout(self, *, terms: Terms) -> str:
        """Write what selling one point pays, cut."""
        units = text.payout_units(
            pool=self.money, circulating=self.circulating, payout_rate=terms.payout_rate
        )
        return text.price(units=units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The pool of a platform that has rules."""

    version: int
    pair: Pair
    step: int
    batch: int
    place: Place
    orders: int
    lots_exited: int
    paid_to_members: int
    spend: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The clock, and the pool where rules were published."""

    now: int
    pool: Open | None

    @property
    def today(self) -> int:
        """Give the Shanghai day."""
        return clock.shanghai_day(self.now)

    def stamp(self, at: datetime | None) -> str:
        """Write a moment with its day; what is undated was there from the beginning."""
        if at is None:
            return ""
        return BEGINNING if at.year == 1 else text.stamp(at=clock.from_datetime(at), now=self.now)


def standing() -> Standing:
    """Ask where the platform stands."""
    found = one(_STANDING)
    assert found is not None, "the horizon is made with the tables"
    at, version, money, circulating, step, batch, *rest = found
    now = clock.from_datetime(at)
    if version is None:
        return Standing(now=now, pool=None)
    cursor_at, rank, number, orders, exited, paid, spend = rest
    pool = Open(
        version=version,
        pair=Pair(money=money, circulating=circulating),
        step=step,
        batch=batch,
        place=(cursor_at, rank, number),
        orders=orders,
        lots_exited=exited,
        paid_to_members=paid,
        spend=spend,
    )
    return Standing(now=now, pool=pool)


def midnight(*, day: int) -> int:
    """Give 00:00 in Shanghai of a day counted from 1970-01-01.

    >>> clock.format_at(midnight(day=1))
    '1970-01-01T16:00:00Z'
    """
    return day * clock.DAY - clock.SHANGHAI_OFFSET
