"""Vouchers (抵扣积分, 双倍积分): twice the spend at a commission of 20 % and more, less below (E9).

    vouchers = floor(voucher_multiple · spend · min(c, full) / full)       full = 20 %

Units: micro-yuan of list price; rates per myriad.
Source: E9; the rounding goes down.
"""

from gongxiang.base.money import MYRIAD
from gongxiang.economy.terms import Terms


def vouchers(spend: int, *, commission_rate: int, terms: Terms) -> int:
    """Give the vouchers of a settled spend.

    >>> vouchers(1_000_000_000, commission_rate=2_000, terms=TERMS)
    2000000000
    >>> vouchers(1_000_000_000, commission_rate=400, terms=TERMS)
    400000000
    """
    full = terms.voucher_full_rate
    counted = min(full, commission_rate)
    return terms.voucher_multiple * spend * counted // (MYRIAD * full)
