"""A lot (一批): the points of one order, their cap, and when they reach it.

    cap      = floor(spend · exit_cap)                 per lot, not per member
    cap left = cap - gross taken                       never negative
    at cap   : left · money >= cap left · circulating  (price >= cap left / left)

Units: money in micro-yuan, points in atoms, moments in microseconds.
Source: E8, E13.
"""

from dataclasses import dataclass

from gongxiang.base.money import MYRIAD, POINT
from gongxiang.economy.events import Key
from gongxiang.economy.terms import Terms


@dataclass(slots=True, eq=False)
class Lot:
    """The points that one order minted, and what was taken from them since."""

    order: Key
    member: Key
    store: Key
    spend: int
    settled_spend: int
    commission_rate: int
    unspent_rate: int
    terms: Terms
    minted: int
    left: int
    sold: int
    gross: int
    net: int
    step: int
    unlock_at: int
    exit_key: int = 0


def cap_left(lot: Lot) -> int:
    """Give what the lot may still take before it is closed (E13), in micro-yuan."""
    rest = lot.spend * lot.terms.exit_cap // MYRIAD - lot.gross
    assert rest >= 0, f"lot {lot.order} took {-rest} µ¥ more than its cap (E13)"
    return rest


def is_at_cap(lot: Lot, *, money: int, circulating: int) -> bool:
    """Tell whether the lot is worth at least its cap left at the pair (E13)."""
    return lot.left * money >= cap_left(lot) * circulating


def exit_price(lot: Lot) -> int:
    """Give the price at which an open lot leaves, in whole micro-yuan a point, cut (E13)."""
    return cap_left(lot) * POINT // lot.left


def take(lot: Lot, *, points: int, gross: int, net: int) -> None:
    """Take points out of a lot, sold or closed, with what they were worth and what they paid."""
    lot.left -= points
    lot.sold += points
    lot.gross += gross
    lot.net += net
