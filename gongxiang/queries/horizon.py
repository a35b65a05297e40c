"""How far a lot bought now is from its cap, if orders go on as they do and nobody sells.

The lot is minted at the pair, then orders of one size are folded through the economy's own mint
until the price carries the lot to its cap:

    minted · money >= cap · circulating          (E13)

Lots ahead of it are closed by the system on the way (E14). While one order moves the pool by more
than 1/256, each is folded alone and exactly; after that up to 1/256 of the pool is folded at once,
at the middle of the stretch. So the answer is an estimate, closer than the two digits shown, and
takes milliseconds however large the pool is.

Units: µ¥, atoms, per-myriads; whole numbers only.
Source: H2; E6, E8, E13.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gongxiang.base import money
from gongxiang.economy.mint import mint
from gongxiang.economy.terms import Terms
from gongxiang.queries.pool_data import OpenLot, Pair

_FINE: Final = 256
"""A stretch of orders brings in at most this part of the pool."""
_LAPS_MAX: Final = 20_000
"""Stretches after which the cap counts as out of reach: the pool has grown e^78-fold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The order that is repeated: what is spent and what of it flows into the pool."""

    spend: int
    inflow: int


def orders_to_cap(
    *, order: Order, pair: Pair, ahead: Sequence[OpenLot], terms: Terms
) -> int | None:
    """Count the further orders until a lot of this order reaches its cap, or give None.

    `ahead` are the lots that reach theirs before, nearest first: the system closes them on the way.
    None: nothing is minted, or the price does not get there.
    Units: µ¥, atoms.
    """
    return _counted(order, pair, tuple(ahead), terms)


@lru_cache(maxsize=64)
def _counted(order: Order, pair: Pair, ahead: tuple[OpenLot, ...], terms: Terms) -> int | None:
    """Count once for what does not change; a page asks again and again until the pool moves."""
    if order.inflow <= 0:
        return None
    own = _own_lot(order, pair, terms)
    if not own.left:
        return None
    now = Pair(money=pair.money + order.inflow, circulating=pair.circulating + own.left)
    return _count(order, now, deque(ahead), own, terms)


def _own_lot(order: Order, pair: Pair, terms: Terms) -> OpenLot:
    minted = mint(order.inflow, money=pair.money, circulating=pair.circulating, terms=terms)
    return OpenLot(left=minted, cap_left=money.floor_share(order.spend, terms.exit_cap))


def _count(
    order: Order, now: Pair, ahead: deque[OpenLot], own: OpenLot, terms: Terms
) -> int | None:
    count, limit = 0, None
    for _ in range(_LAPS_MAX):
        now = _close_reached(now, ahead, terms)
        if _is_reached(own, now):
            return count
        orders = limit or max(1, now.money // (order.inflow * _FINE))
        after = _fold(order, orders, now, terms)
        if orders > 1 and _is_reached(own, after):
            limit = orders // 2
            continue
        count, now = count + orders, after
    return None


def _close_reached(pair: Pair, ahead: deque[OpenLot], terms: Terms) -> Pair:
    while ahead and _is_reached(ahead[0], pair):
        lot = ahead.popleft()
        paid = money.floor_share(lot.cap_left, terms.payout_rate)
        pair = Pair(money=pair.money - paid, circulating=pair.circulating - lot.left)
    return pair


def _is_reached(lot: OpenLot, pair: Pair) -> bool:
    return lot.left * pair.money >= lot.cap_left * pair.circulating


def _fold(order: Order, orders: int, pair: Pair, terms: Terms) -> Pair:
    inflow = order.inflow * orders
    if orders == 1:
        minted = mint(inflow, money=pair.money, circulating=pair.circulating, terms=terms)
    else:
        middle = pair.money + (inflow - order.inflow) // 2
        backing = money.floor_share(inflow, terms.backing_rate)
        minted = 2 * backing * pair.circulating // (2 * middle - backing)
    return Pair(money=pair.money + inflow, circulating=pair.circulating + minted)
