"""How a spend is split (E6).

    spend = merchant + platform + distribution budget + pool inflow

At a commission of 20 % a spend of 1,000 yuan is 800 + 20 + 20 + 160. Every part is a whole number
of per-myriads of a fen amount, so nothing rounds and the parts sum to the spend.

Units: micro-yuan; rates per myriad.
Source: E6.
"""

from typing import NamedTuple

from gongxiang.base.money import MYRIAD
from gongxiang.economy.terms import Terms


class Split(NamedTuple):
    """The four parts of a spend, in micro-yuan."""

    merchant: int
    platform: int
    distribution: int
    inflow: int


def split(spend: int, *, commission_rate: int, terms: Terms) -> Split:
    """Split a spend at a store's commission rate; the parts sum to it exactly.

    >>> split(1_000_000_000, commission_rate=2_000, terms=TERMS)
    Split(merchant=800000000, platform=20000000, distribution=20000000, inflow=160000000)
    """
    unit = spend // MYRIAD
    assert unit * MYRIAD == spend, f"{spend} is no whole number of fen (E1)"
    commission = unit * commission_rate
    platform = unit * terms.platform_rate
    distribution = unit * terms.distribution_rate
    inflow = commission - platform - distribution
    assert inflow >= 0, "the commission does not cover platform and distribution (E6)"
    return Split(spend - commission, platform, distribution, inflow)


def allows(commission_rate: int, *, terms: Terms) -> bool:
    """Tell whether a store may give this commission: fees <= rate <= the whole (E6).

    >>> [allows(rate, terms=TERMS) for rate in (399, 400, 10_000, 10_001)]
    [False, True, True, False]
    """
    return terms.platform_rate + terms.distribution_rate <= commission_rate <= MYRIAD
