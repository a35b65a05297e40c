"""The price as a step line: marks in, the geometry of an SVG out.

    units
    2.0 ┤              ┌──● now      y starts at 0; the line moves only at a mark,
    1.5 ┤        ┌─────┘             is never smoothed and ends at the newest mark's level.
    1.0 ┤  ──────┘
    0.0 ┼────────────────            Coordinates are whole tenths of an SVG unit.

Units: prices in ten-thousandths of a yuan; positions in any whole unit that grows.
Source: design/ui/faces.md 5.1; E5 (the price never falls, so the upper left of a mark is free).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gongxiang.base import money
from gongxiang.queries.pool_data import STEPS_MAX

DOTS_MAX: Final = 12
LABELS_MAX: Final = 4
_INTERVALS_MAX: Final = 5
_TENTHS: Final = 10
_YUAN_UNITS: Final = 10_000
_GLYPH: Final = 64
"""Tenths of an SVG unit that one digit of a label takes, with its halo."""
_LINE: Final = 150
"""Tenths of an SVG unit between two labels above each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A canvas: its size and the plot inside it, in SVG units."""

    width: int
    height: int
    right: int
    top: int
    bottom: int


NARROW: Final = Frame(width=318, height=190, right=284, top=31, bottom=164)
WIDE: Final = Frame(width=536, height=250, right=496, top=34, bottom=222)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """From this position on, this price."""

    at: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A word under the line, at a position."""

    at: int
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A text of the drawing: where, what, and to which side it runs."""

    x: str
    y: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A centre."""

    x: str
    y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything a template prints: no number is computed after this."""

    width: int
    height: int
    right: int
    grid: tuple[str, ...]
    scale: tuple[Word, ...]
    ticks: tuple[Word, ...]
    area: str
    price: str
    pays: str
    dots: tuple[Dot, ...]
    labels: tuple[Word, ...]
    now: Dot


def draw(
    *,
    marks: Sequence[Mark],
    end: int,
    ticks: Sequence[Tick],
    payout_rate: int,
    frame: Frame,
) -> Drawing:
    """Draw the price and what a sale pays as two step lines from the first mark to `end`.

    The first mark is the level the line comes in with: it is no step and has no dot.
    Units: `payout_rate` per myriad. At most `STEPS_MAX` steps, in growing positions.
    """
    assert 1 <= len(marks) <= STEPS_MAX + 1, f"{len(marks)} marks do not make a chart"
    plot = _Plot(frame=frame, start=marks[0].at, end=end, top=_top(marks))
    places = [(plot.x(mark.at), plot.y(mark.units)) for mark in marks]
    pays = [
        (x, plot.y(mark.units * payout_rate // money.MYRIAD))
        for mark, (x, _) in zip(marks, places, strict=True)
    ]
    steps = places[1:]
    return Drawing(
        width=frame.width,
        height=frame.height,
        right=frame.right,
        grid=tuple(_tenths(plot.y(units)) for units in plot.levels()),
        scale=tuple(_scale_word(plot, units) for units in plot.levels()),
        ticks=tuple(_tick_word(plot, tick) for tick in ticks),
        area=f"{_path(places, plot.right)}V{frame.bottom}H0Z",
        price=_path(places, plot.right),
        pays=_path(pays, plot.right),
        dots=tuple(_dot(place) for place in steps) if len(steps) <= DOTS_MAX else (),
        labels=_labels(marks, places, plot.right),
        now=_dot((plot.right, places[-1][1])),
    )


def price_word(units: int) -> str:
    """Write a price beside its mark.

    >>> price_word(14_282)
    '1.4282'
    """
    return f"{units // _YUAN_UNITS:,}.{units % _YUAN_UNITS:04}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where positions and prices lie on a canvas, in tenths."""

    frame: Frame
    start: int
    end: int
    top: tuple[int, int]

    @property
    def right(self) -> int:
        return self.frame.right * _TENTHS

    def x(self, at: int) -> int:
        reach = max(1, self.end - self.start)
        return (at - self.start) * self.right // reach

    def y(self, units: int) -> int:
        step, intervals = self.top
        low, high = self.frame.bottom * _TENTHS, self.frame.top * _TENTHS
        return low - units * (low - high) // (step * intervals)

    def levels(self) -> range:
        step, intervals = self.top
        return range(0, step * intervals + 1, step)


def _top(marks: Sequence[Mark]) -> tuple[int, int]:
    """Give the smallest round interval of the scale that needs few lines, and how many."""
    highest = max(1, *(mark.units for mark in marks))
    power = 1
    while True:
        for digit in (1, 2, 5):
            intervals = money.ceil_div(highest, digit * power)
            if intervals <= _INTERVALS_MAX:
                return digit * power, intervals
        power *= 10


def _path(places: Sequence[tuple[int, int]], right: int) -> str:
    (x, level), *rest = places
    parts = [f"M{_tenths(x)} {_tenths(level)}"]
    for across, y in rest:
        if y != level:
            parts.append(f"H{_tenths(across)}V{_tenths(y)}")
            level = y
    return "".join(parts) + f"H{_tenths(right)}"


def _labels(
    marks: Sequence[Mark], places: Sequence[tuple[int, int]], right: int
) -> tuple[Word, ...]:
    """Label the last mark, the first, and the two largest steps, where there is room."""
    taken: list[_Box] = []
    words: list[Word] = []
    for index in _worth_saying(marks):
        text = price_word(marks[index].units)
        following = places[index + 1][0] if index + 1 < len(places) else right + _GLYPH
        box = _box(places[index], len(text) * _GLYPH, following)
        if box is not None and not any(_meet(box, other) for other in taken):
            taken.append(box)
            x = box.left if box.anchor == "start" else box.right
            words.append(Word(x=_tenths(x), y=_tenths(box.y - 90), anchor=box.anchor, text=text))
    return tuple(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """The room a label takes, in tenths; `y` is the level of its mark."""

    left: int
    right: int
    y: int
    anchor: str


def _box(place: tuple[int, int], size: int, following: int) -> _Box | None:
    """Find room beside a mark: to the right if the line does not rise there, else to the left."""
    x, y = place
    if following - x >= size:
        return _Box(left=max(0, x - 20), right=x - 20 + size, y=y, anchor="start")
    if x >= size:
        return _Box(left=x + 20 - size, right=x + 20, y=y, anchor="end")
    return None


def _worth_saying(marks: Sequence[Mark]) -> list[int]:
    """Give up to four places in the order of their weight: last, first, then the largest steps."""
    rises = sorted(
        range(1, len(marks) - 1), key=lambda place: marks[place - 1].units - marks[place].units
    )
    chosen = [len(marks) - 1, 0, *rises[: LABELS_MAX - 2]]
    return list(dict.fromkeys(chosen))


def _meet(one: _Box, other: _Box) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and abs(one.y - other.y) < _LINE


def _scale_word(plot: _Plot, units: int) -> Word:
    step, _ = plot.top
    places = 4 - min(4, len(str(step)) - len(str(step).rstrip("0")))
    digits = price_word(units)
    text = digits[: len(digits) - 4 + places].rstrip(".")
    return Word(x=str(plot.frame.width), y=_tenths(plot.y(units) + 40), anchor="end", text=text)


def _tick_word(plot: _Plot, tick: Tick) -> Word:
    x = plot.x(tick.at)
    anchor = {0: "start", plot.right: "end"}.get(x, "middle")
    return Word(x=_tenths(x), y=str(plot.frame.bottom + 20), anchor=anchor, text=tick.word)


def _dot(place: tuple[int, int]) -> Dot:
    return Dot(x=_tenths(place[0]), y=_tenths(place[1]))


def _tenths(number: int) -> str:
    whole, rest = divmod(number, _TENTHS)
    return f"{whole}.{rest}" if rest else str(whole)
