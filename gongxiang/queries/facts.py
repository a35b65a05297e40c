"""The honest facts that stand beside every price, cap and projection, from live totals (H2).

    share paid     = paid to members / spend          limit = brought in / spend
    distance       = orders until a lot bought now is at its cap, and days at the present pace
    early or late  = per 100 yuan spent: received, plus what selling the rest pays now

Units: µ¥, atoms, per-myriads cut; prices in ten-thousandths of a yuan.
Source: H2; E11, E13.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from gongxiang.base import money
from gongxiang.economy.split import split
from gongxiang.economy.terms import Terms
from gongxiang.queries.horizon import Order, orders_to_cap
from gongxiang.queries.pool_data import Pair, Tenth, Totals

EXAMPLE_COMMISSION: Final = 2_000
"""The store of all worked examples gives 20 %, the scheme's own figure; it is no rule."""
EXAMPLE_SPEND: Final = 100 * money.YUAN
_DAYS_MAX: Final = 36_500
"""A hundred years: what takes longer does not happen at this pace."""


class Reach(Enum):
    """What can be said of the way to the cap."""

    COUNTED = "counted"
    STANDSTILL = "standstill"
    TOO_FAR = "too_far"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far a lot bought now is from its cap; 0 stands where `reach` says there is nothing."""

    reach: Reach
    orders: int
    days: int
    spend: int
    pace_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What a tenth of the members has of 100 yuan spent: received, and what selling adds now."""

    received: int
    by_selling: int

    @property
    def together(self) -> int:
        """Give both as one amount."""
        return self.received + self.by_selling


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything H2 asks for; the sentence itself stands in the template."""

    lots: int
    lots_capped: int
    capped_share: int
    paid: int
    spend: int
    paid_share: int
    paid_limit: int
    price: int
    pays: int
    payout_rate: int
    distance: Distance
    first: Back | None
    last: Back | None
    is_compared: bool


def facts(*, totals: Totals, pair: Pair, terms: Terms) -> Facts:
    """Compute the facts from the totals, the pair and the rules of this moment."""
    return Facts(
        lots=totals.lots,
        lots_capped=totals.lots_capped,
        capped_share=_share(totals.lots_capped, totals.lots),
        paid=totals.paid,
        spend=totals.spend,
        paid_share=_share(totals.paid, totals.spend),
        paid_limit=_limit(totals, terms),
        price=pair.price,
        pays=pair.payout(terms=terms),
        payout_rate=terms.payout_rate,
        distance=distance(totals=totals, pair=pair, terms=terms),
        first=_back(totals.first_tenth, pair, terms),
        last=_back(totals.last_tenth, pair, terms),
        is_compared=totals.is_compared,
    )


def distance(*, totals: Totals, pair: Pair, terms: Terms) -> Distance:
    """Say how far a lot of the recent average size is from its cap, if nobody sells."""
    paces = [pace for pace in totals.paces if pace.orders]
    if not paces:
        return Distance(reach=Reach.UNKNOWN, orders=0, days=0, spend=0, pace_days=0)
    pace = paces[0]
    order = Order(spend=pace.spend // pace.orders, inflow=pace.inflow // pace.orders)
    orders = orders_to_cap(order=order, pair=pair, ahead=totals.ahead, terms=terms)
    days = 0 if orders is None else money.ceil_div(orders * pace.days, pace.orders)
    reach = _reach(orders, days, standing=pace is totals.paces[-1])
    return Distance(
        reach=reach, orders=orders or 0, days=days, spend=order.spend, pace_days=pace.days
    )


def _reach(orders: int | None, days: int, *, standing: bool) -> Reach:
    """Tell what the pace allows; `standing`: the last orders are older than a week."""
    if orders is None:
        return Reach.TOO_FAR
    if standing:
        return Reach.STANDSTILL
    return Reach.TOO_FAR if days > _DAYS_MAX else Reach.COUNTED


def _limit(totals: Totals, terms: Terms) -> int:
    if totals.spend:
        return _share(totals.brought, totals.spend)
    inflow = split(EXAMPLE_SPEND, commission_rate=EXAMPLE_COMMISSION, terms=terms).inflow
    return _share(inflow, EXAMPLE_SPEND)


def _back(tenth: Tenth | None, pair: Pair, terms: Terms) -> Back | None:
    if tenth is None or not tenth.spend:
        return None
    value = tenth.held * pair.money // pair.circulating
    pays = money.floor_share(value, terms.payout_rate)
    return Back(
        received=tenth.paid * EXAMPLE_SPEND // tenth.spend,
        by_selling=pays * EXAMPLE_SPEND // tenth.spend,
    )


def _share(part: int, whole: int) -> int:
    return part * money.MYRIAD // whole if whole else 0
