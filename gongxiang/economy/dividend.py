"""Shareholder dividend (股东加权分红): an amount split by shares and the time they were held.

    weight = shares · seconds held within the period        part = amount · weight / Σ weights

The largest-remainder method gives out every last micro-yuan; of equal remainders the holder who
was named first gets it, so callers name holders in the order of the share register.

Units: amounts in micro-yuan, shares whole, moments in microseconds since 1970 UTC.
Source: E20, R7.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from gongxiang.base.clock import SECOND
from gongxiang.base.money import largest_remainder
from gongxiang.economy.events import Key
from gongxiang.economy.refusal import Refused


class NobodyHoldsShares(Refused):
    """A dividend for a period in which nobody held a share for a second."""

    reason: ClassVar[str] = "shares"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """Shares that somebody held over `[start_at, end_at)`; `end_at` None: he still does."""

    holder: Key
    shares: int
    start_at: int
    end_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one holder gets, and the weight that explains it (R10)."""

    holder: Key
    weight: int
    amount: int


def dividend(
    *, amount: int, stakes: Iterable[Stake], start_at: int, end_at: int
) -> tuple[Part, ...]:
    """Split an amount among all who held shares in `[start_at, end_at)`; parts sum exactly.

    Errors: `NobodyHoldsShares`.

    >>> from gongxiang.base.clock import DAY
    >>> stakes = (
    ...     Stake(holder="a", shares=100, start_at=0),
    ...     Stake(holder="b", shares=100, start_at=20 * DAY),
    ... )
    >>> parts = dividend(amount=40_000_000, stakes=stakes, start_at=0, end_at=30 * DAY)
    >>> [(part.holder, part.amount) for part in parts]
    [('a', 30000000), ('b', 10000000)]
    """
    weights: dict[Key, int] = {}
    for stake in stakes:
        held = seconds_held(stake=stake, start_at=start_at, end_at=end_at)
        weights[stake.holder] = weights.get(stake.holder, 0) + stake.shares * held
    if not any(weights.values()):
        raise NobodyHoldsShares("nobody held a share in this period: there is nothing to split by")
    amounts = largest_remainder(amount, weights.values())
    return tuple(
        Part(holder=holder, weight=weight, amount=part)
        for (holder, weight), part in zip(weights.items(), amounts, strict=True)
        if weight
    )


def seconds_held(*, stake: Stake, start_at: int, end_at: int) -> int:
    """Give the whole seconds of a period in which a stake was held.

    >>> stake = Stake(holder="a", shares=1, start_at=5_000_000, end_at=9_000_000)
    >>> seconds_held(stake=stake, start_at=0, end_at=7_000_000)
    2
    """
    assert stake.shares >= 0, f"{stake.holder} holds {stake.shares} shares"
    until = end_at if stake.end_at is None else min(end_at, stake.end_at)
    return max(0, until - max(start_at, stake.start_at)) // SECOND
