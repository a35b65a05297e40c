"""What the form of selling offers, and points as a person types them.

Units: atoms. Source: E11; design/ui/faces.md 3.3, 7 (b).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

from gongxiang.base.money import POINT
from gongxiang.queries.points_data import Chip, Held

_TYPED: Final = re.compile(r"(\d{1,12})(?:\.(\d{1,12}))?", re.ASCII)
_DECIMALS: Final = 12
_SHOWN: Final = POINT // 10_000


def typed_points(typed: str, lots: Sequence[Held], *, most: int) -> int | None:
    """Read points as a person types them; None for what is no number.

    What a page shows is cut to four decimals: an amount typed as it is shown for the first lots
    together, or for `most` of today, means all of them: nothing too small to see is left.
    """
    match = _TYPED.fullmatch(typed.replace(",", "").strip())
    if match is None:
        return None
    whole, rest = match.group(1), match.group(2) or ""
    points = int(whole) * POINT + int(rest.ljust(_DECIMALS, "0"))
    for together in (most, *_together(lots)):
        if points == together - together % _SHOWN:
            return together
    return points


def chips(lots: Sequence[Held], chosen: str) -> tuple[Chip, ...]:
    """Offer the first lot, half, and everything."""
    return tuple(
        Chip(word=word, href=f"?{urlencode({'part': part})}#sell", chosen=part == chosen)
        for part, word in (("first", "第 1 批"), ("half", "一半"), ("all", "全部"))
        if lots
    )


def part_of(lots: Sequence[Held], part: str, *, most: int) -> int:
    """Give the points that a choice stands for, at most what can be sold today."""
    total = sum(each.lot.left for each in lots)
    if part == "all" or not lots:
        return most
    if part == "half":
        return min(most, total // 2 // _SHOWN * _SHOWN)
    return min(most, lots[0].lot.left)


def _together(lots: Sequence[Held]) -> Iterator[int]:
    total = 0
    for each in lots:
        total += each.lot.left
        yield total
