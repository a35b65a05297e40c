"""Amounts as bars: the geometry of an SVG, its story in words, and the same values for a table.

    ▃ ▇ ▁ ▁ _ _ ▅ ▆ ▆ ▄      a bar of nothing keeps a stub, the tallest nearly reaches the top
    11 12 13 14 …  20

Units: µ¥; coordinates are whole tenths of an SVG unit.
Source: design/ui/faces.md 5.1 (bars); the prototype's store-home.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gongxiang.base import text

WIDTH: Final = 318
BASE: Final = 92
_TENTHS: Final = 10
_TALLEST: Final = 760
_STUB: Final = 30
_LEAST: Final = 40
_FILL: Final = 56
"""Hundredths of its room that a bar takes."""
_WIDEST: Final = 240
"""However few bars there are, none is a slab."""
_LABELS_MAX: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One bar: the word under it, its name in words, its amount."""

    label: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar as it is drawn; an empty label is left out for want of room."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    label: str
    is_empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Everything a template prints."""

    title: str
    head: str
    story: str
    bars: tuple[Bar, ...]
    values: tuple[Value, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to show."""
        return not any(value.amount for value in self.values)


def bars(*, title: str, head: str, values: Sequence[Value]) -> Bars:
    """Draw bars of these values, in their order; `head` is what they are counted by.

    >>> drawn = bars(title="今天", head="时段", values=[Value(label="11", name="11 点", amount=5)])
    >>> drawn.bars[0].y, drawn.bars[0].height, drawn.bars[0].width, drawn.bars[0].middle
    ('16', '76', '24', '159')
    """
    highest = max((value.amount for value in values), default=0)
    room = WIDTH * _TENTHS // max(1, len(values))
    wide = min(_WIDEST, room * _FILL // 100)
    stride = -(-len(values) // _LABELS_MAX) if values else 1
    drawn = []
    for place, value in enumerate(values):
        tall = _tall(value.amount, highest)
        left = place * room + (room - wide) // 2
        has_label = (len(values) - 1 - place) % stride == 0
        drawn.append(
            Bar(
                x=_tenths(left),
                y=_tenths(BASE * _TENTHS - tall),
                width=_tenths(wide),
                height=_tenths(tall),
                middle=_tenths(left + wide // 2),
                label=value.label if has_label else "",
                is_empty=not value.amount,
            )
        )
    return Bars(
        title=title,
        head=head,
        story=_story(values),
        bars=tuple(drawn),
        values=tuple(values),
    )


def _tall(amount: int, highest: int) -> int:
    """Give the height of a bar, to the tenth, half up; nothing keeps a stub."""
    if not amount:
        return _STUB
    return max(_LEAST, (2 * amount * _TALLEST + highest) // (2 * highest))


def _story(values: Sequence[Value]) -> str:
    """Tell the bars in one sentence; those of nothing together at its end."""
    told = [f"{one.name} {text.yuan(amount=one.amount)}" for one in values if one.amount]
    rest = len(values) - len(told)
    if not told:
        return "还没有收款。"
    empty = f"，其余 {rest} 段没有收款" if rest else ""
    return "，".join(told) + f" 元{empty}。"


def _tenths(number: int) -> str:
    whole, rest = divmod(number, _TENTHS)
    return f"{whole}.{rest}" if rest else str(whole)
