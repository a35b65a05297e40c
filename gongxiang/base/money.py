"""Whole-number money: the only places where an amount is cut into parts.

Every rounding in the product goes through one of the four functions below, and its name says who
gains: `share` never rounds, `floor_share` rounds down, `ceil_div` rounds up, `largest_remainder`
hands every last unit to somebody, so that the parts always sum to what was split.

Units: money in micro-yuan (µ¥), points in atoms, rates in whole per-myriads (万分之一).
Source: E1.
"""

from collections.abc import Iterable

MYRIAD = 10_000
"""Per-myriads in a whole: a rate of 10,000 is all of it."""

FEN = 10_000
"""Micro-yuan in a fen, the smallest amount that is paid."""

YUAN = 100 * FEN
"""Micro-yuan in a yuan."""

POINT = 10**12
"""Atoms in one point (增值积分)."""


def share(amount: int, rate: int) -> int:
    """Give the exact `rate` per-myriads of `amount`, or fail: it never rounds.

    Units: `amount` in any whole unit, `rate` per myriad; every rate of a fen amount is exact.
    Source: E1.

    >>> share(1_000 * YUAN, 2_000) == 200 * YUAN
    True
    """
    part, rest = divmod(amount * rate, MYRIAD)
    assert rest == 0, f"{rate} per myriad of {amount} is not whole"
    return part


def floor_share(amount: int, rate: int) -> int:
    """Give `rate` per-myriads of `amount`, rounded down: what is cut off stays with the payer.

    Units: `amount` in any whole unit, not negative; `rate` per myriad, not negative.
    Source: E1 (backing base, net of a sale or exit, vouchers, caps).

    >>> floor_share(3, 5_000)
    1
    """
    assert amount >= 0, f"a share of {amount} has no rounding rule"
    assert rate >= 0, f"a rate of {rate} has no rounding rule"
    return amount * rate // MYRIAD


def ceil_div(amount: int, parts: int) -> int:
    """Divide and round up: what is added falls on the one who owes.

    Units: `amount` whole and not negative, `parts` whole and positive.
    Source: E1 (`due` and `kept` of a refund).

    >>> ceil_div(10, 5), ceil_div(11, 5), ceil_div(0, 5)
    (2, 3, 0)
    """
    assert amount >= 0, f"dividing {amount} has no rounding rule"
    assert parts > 0, f"nothing can be divided by {parts}"
    return -(-amount // parts)


def largest_remainder(amount: int, weights: Iterable[int]) -> tuple[int, ...]:
    """Split `amount` by weight so that the parts sum to it exactly.

    Each part is rounded down; the units left over go one each to the largest remainders,
    of equal ones to the earlier. A weight of 0 gets 0.

    Units: `amount` whole and not negative; weights whole, not negative, not all 0 unless amount is.
    Source: E1 (dividend, mall rebate, mall split, conversion).

    >>> largest_remainder(100, (1, 1, 1))
    (34, 33, 33)
    >>> largest_remainder(10, (0, 3, 1))
    (0, 8, 2)
    """
    shares = tuple(weights)
    assert amount >= 0, f"splitting {amount} has no rounding rule"
    assert all(weight >= 0 for weight in shares), "a weight is negative"
    total = sum(shares)
    if amount == 0:
        return (0,) * len(shares)
    assert total > 0, f"{amount} cannot be split: no weight is positive"
    parts = [amount * weight // total for weight in shares]
    left = amount - sum(parts)
    by_remainder = sorted(range(len(shares)), key=lambda place: -(amount * shares[place] % total))
    for place in by_remainder[:left]:
        parts[place] += 1
    assert sum(parts) == amount, "a split does not sum to what was split"
    return tuple(parts)
