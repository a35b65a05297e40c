"""Minting (铸造): the points that an order's inflow makes (E8).

    points = floor(floor(inflow · backing_rate) · circulating / money)     at the pair before it

A large inflow is minted in n = ceil(inflow / (money · mint_step)) parts one after another, so that
one order of 100,000 does not mint more than a hundred of 1,000.

Units: micro-yuan, atoms, rates per myriad.
Source: E8; the roundings go down, the pool gains (E1).
"""

from typing import Final

from gongxiang.base.money import MYRIAD
from gongxiang.economy.terms import Terms

PARTS_MAX: Final = 10_000
"""The most parts an inflow is cut into (E8)."""


def mint(inflow: int, *, money: int, circulating: int, terms: Terms) -> int:
    """Give the atoms that an inflow mints at the pair before it.

    >>> mint(160_000_000, money=100_000, circulating=100_000_000_000, terms=TERMS)
    112000000000000
    """
    if not terms.mint_step:
        return inflow * terms.backing_rate // MYRIAD * circulating // money
    return _mint_in_parts(inflow, money, circulating, terms)


def parts(inflow: int, *, money: int, terms: Terms) -> int:
    """Give the number of parts that an inflow is minted in (1 when `mint_step` is 0).

    >>> parts(160_000_000, money=100_000, terms=TERMS)
    1
    """
    if not terms.mint_step:
        return 1
    wanted = -(-inflow * MYRIAD // (money * terms.mint_step))
    return max(1, min(PARTS_MAX, wanted))


def _mint_in_parts(inflow: int, money: int, circulating: int, terms: Terms) -> int:
    count = parts(inflow, money=money, terms=terms)
    backing_rate = terms.backing_rate
    minted = 0
    paid_in = 0
    for part in range(1, count + 1):
        upto = inflow * part // count
        points = (
            (upto - paid_in) * backing_rate // MYRIAD * (circulating + minted) // (money + paid_in)
        )
        minted += points
        paid_in = upto
    return minted
