"""The pool: a pair of money and circulating points, never a rounded price (E3, E4, E5).

The genesis holding is locked in the pool for ever and belongs to nobody, so that supply never
reaches 0 and the price is never undefined.

Units: micro-yuan, atoms; a price is micro-yuan a point where it is shown.
Source: E3, E4, E5.
"""

from gongxiang.base.money import POINT
from gongxiang.economy.terms import Terms


def genesis_points(terms: Terms) -> int:
    """Give the atoms of the genesis holding: floor(money / opening price), at least one (E4).

    >>> genesis_points(TERMS)
    100000000000
    """
    return max(1, terms.genesis_money * POINT // terms.opening_price)


def is_not_below(money: int, circulating: int, *, than: tuple[int, int]) -> bool:
    """Tell whether the price of a pair is at least that of an earlier one (E5).

    >>> is_not_below(3, 2, than=(1, 1)), is_not_below(1, 1, than=(3, 2))
    (True, False)
    """
    return money * than[1] >= than[0] * circulating


def price_of_point(money: int, circulating: int) -> int:
    """Give the whole micro-yuan of one point's price, cut: for showing and sorting only (E3).

    >>> price_of_point(480_100_000, 257_182_500_569_290)
    1866767
    """
    return money * POINT // circulating
