"""Where 100 yuan of spending go, as a bar cut into parts and their legend.

Units: µ¥; widths in hundredths of a per cent of the bar.
Source: E6, E8; design/ui/faces.md 5 (split bar: parts as rects, sums checked).
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.base import money
from gongxiang.economy.split import split
from gongxiang.economy.terms import Terms
from gongxiang.queries.facts import EXAMPLE_COMMISSION, EXAMPLE_SPEND

_BAR: Final = 10_000
_GAP: Final = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the bar: its place, its colour, its name and amount."""

    x: str
    width: str
    colour: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySplit:
    """An example order cut into its parts; `minted` and `stays` are the two parts of the inflow."""

    spend: int
    commission_rate: int
    parts: tuple[Part, ...]
    inflow: int
    minted: int
    stays: int


def money_split(*, terms: Terms, commission_rate: int = EXAMPLE_COMMISSION) -> MoneySplit:
    """Cut 100 yuan by the rules in force at a store's rate; the parts sum to it."""
    cut = split(EXAMPLE_SPEND, commission_rate=commission_rate, terms=terms)
    amounts = (cut.merchant, cut.inflow, cut.platform, cut.distribution)
    assert sum(amounts) == EXAMPLE_SPEND, "the parts do not sum to what was spent"
    minted = money.floor_share(cut.inflow, terms.backing_rate)
    return MoneySplit(
        spend=EXAMPLE_SPEND,
        commission_rate=commission_rate,
        parts=_parts(amounts, ("门店", "盈利池", "平台", "推荐与服务")),
        inflow=cut.inflow,
        minted=minted,
        stays=cut.inflow - minted,
    )


def _parts(amounts: tuple[int, ...], names: tuple[str, ...]) -> tuple[Part, ...]:
    """Lay the parts side by side with a gap between them."""
    room = _BAR - _GAP * (len(amounts) - 1)
    widths = money.largest_remainder(room, amounts)
    parts, x = [], 0
    for place, (amount, name, width) in enumerate(zip(amounts, names, widths, strict=True), 1):
        parts.append(
            Part(
                x=_hundredths(x),
                width=_hundredths(width),
                colour=f"c{place}",
                name=name,
                amount=amount,
            )
        )
        x += width + _GAP
    return tuple(parts)


def _hundredths(number: int) -> str:
    return f"{number // 100}.{number % 100:02}"
