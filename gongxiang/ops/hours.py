"""Today's takings by hour and district: the question, and the bars drawn from the answer.

At most so many of the newest payments of the day are added up, each found by key; where there are
more, the page says 以上.

Units: µ¥; the drawing is 590 by 262, written in tenths of a unit.
Source: design/ui/faces.md 5.1, 6.5; the prototype's chart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gongxiang.base import clock, money, text
from gongxiang.ops.places import short_name
from gongxiang.ops.rows import rows
from gongxiang.ops.standing import Standing, midnight
from gongxiang.orders.models import Kind

ADDED_MAX: Final = 50_000
"""Payments of a day that a page adds up."""
_HOURS: Final = f"""
WITH today AS (
    SELECT id, home_id, at, amount FROM orders_fact
     WHERE at >= %(begin)s AND at <= %(now)s AND kind = {Kind.PAID.value}
     ORDER BY at DESC, id DESC LIMIT %(most)s
)
SELECT extract(hour FROM today.at AT TIME ZONE 'Asia/Shanghai')::int, store.division_code,
       sum(today.amount), count(*), sum(paid.returned),
       count(*) FILTER (WHERE (paid.due_at, paid.due_rank, paid.id)
                              <= (%(cursor_at)s, %(cursor_rank)s, %(cursor_id)s))
  FROM today
  JOIN orders_order paid ON (paid.member_id, paid.id) = (today.home_id, today.id)
  JOIN merchants_store store ON store.store_id = paid.store_id
 GROUP BY 1, 2
"""  # noqa: S608  constant
_NAMED: Final = 2
"""Districts with a colour of their own; the others are one."""
_OTHERS: Final = "其他"
_WIDTH, _HEIGHT = 5_480, 2_320
_BAR_MAX: Final = 456
"""A bar of six hours: with fewer of them a bar stays a bar, and no wall."""
_TOP: Final = 100
_GAP: Final = 14
_STUB: Final = 30
_LINES: Final = 3
_STEPS: Final = (1, 2, 4, 5, 8, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """What was paid today: by hour and district, and in sum."""

    by_hour: Mapping[tuple[int, str], int]
    amount: int
    orders: int
    returned: int
    settled: int

    @property
    def is_cut(self) -> bool:
        """Tell whether there were more payments than are added up."""
        return self.orders >= ADDED_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A district's colour, name and sum."""

    colour: str
    name: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A piece of a bar."""

    colour: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of the drawing."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The drawing, and the same as a table."""

    series: tuple[Series, ...]
    rects: tuple[Rect, ...]
    lines: tuple[str, ...]
    scale: tuple[Word, ...]
    hours: tuple[Word, ...]
    story: str
    rows: tuple[tuple[str, tuple[str, ...], str], ...]


def takings(now: Standing) -> Takings:
    """Add up what was paid today."""
    place = (clock.to_datetime(clock.BEGINNING), 0, 0) if now.pool is None else now.pool.place
    found = rows(
        _HOURS,
        {
            "begin": clock.to_datetime(midnight(day=now.today)),
            "now": clock.to_datetime(now.now),
            "most": ADDED_MAX,
            "cursor_at": place[0],
            "cursor_rank": place[1],
            "cursor_id": place[2],
        },
    )
    by_hour: dict[tuple[int, str], int] = {}
    for hour, code, amount, *_ in found:
        key = (hour, short_name(code))
        by_hour[key] = by_hour.get(key, 0) + amount
    return Takings(
        by_hour=by_hour,
        amount=sum(row[2] for row in found),
        orders=sum(row[3] for row in found),
        returned=sum(row[4] for row in found),
        settled=sum(row[5] for row in found),
    )


def bars(found: Takings) -> Bars | None:
    """Draw the takings, None where there are none yet."""
    if not found.by_hour:
        return None
    names = _ranked(found.by_hour)
    seen = [hour for hour, _ in found.by_hour]
    hours = range(min(seen), max(seen) + 1)
    table = [[_of(found.by_hour, hour, name, names) for name in names] for hour in hours]
    step = _scale_step(max(sum(row) for row in table))
    room = _WIDTH // len(hours)
    width = min(room // 2, _BAR_MAX)
    rects: list[Rect] = []
    for place, row in enumerate(table):
        rects += _stack(row, x=place * room + (room - width) // 2, width=width, top=step * _LINES)
    heights = [_HEIGHT * line // _LINES for line in range(_LINES + 1)]
    return Bars(
        series=_series(names, table),
        rects=tuple(rects),
        lines=tuple(_tenths(_TOP + _HEIGHT - height) for height in heights),
        scale=tuple(
            Word(x="590", y=_tenths(_TOP + _HEIGHT - height + 40), text=f"{step * line:,}")
            for line, height in enumerate(heights)
        ),
        hours=tuple(
            Word(x=_tenths(place * room + room // 2), y="258", text=str(hour))
            for place, hour in enumerate(hours)
        ),
        story=_story(names, table, hours),
        rows=tuple(
            (
                f"{hour} 点",
                tuple(text.yuan(amount=amount) for amount in row),
                text.yuan(amount=sum(row)),
            )
            for hour, row in zip(hours, table, strict=True)
        ),
    )


def _ranked(by_hour: Mapping[tuple[int, str], int]) -> list[str]:
    """Name the districts that get a colour, the busiest first, then the others together."""
    sums: dict[str, int] = {}
    for (_, name), amount in by_hour.items():
        sums[name] = sums.get(name, 0) + amount
    names = sorted(sums, key=lambda name: (-sums[name], name))
    if len(names) <= _NAMED + 1:
        return names
    return [*names[:_NAMED], _OTHERS]


def _of(by_hour: Mapping[tuple[int, str], int], hour: int, name: str, names: Sequence[str]) -> int:
    if name != _OTHERS:
        return by_hour.get((hour, name), 0)
    return sum(
        amount for (at, other), amount in by_hour.items() if at == hour and other not in names
    )


def _series(names: Sequence[str], table: Sequence[Sequence[int]]) -> tuple[Series, ...]:
    sums = [sum(column) for column in zip(*table, strict=True)]
    return tuple(
        Series(colour=f"b{place}", name=name, amount=text.yuan(amount=amount))
        for place, (name, amount) in enumerate(zip(names, sums, strict=True), start=1)
    )


def _scale_step(highest: int) -> int:
    """Give whole yuan from one line to the next, so that the highest bar stays below the top.

    >>> _scale_step(2_256_500_000), _scale_step(1), _scale_step(0)
    (800, 1, 1)
    """
    needed = max(1, money.ceil_div(highest, _LINES * money.YUAN))
    size = int("1".ljust(len(str(needed)), "0"))
    fitting = [step * size for step in _STEPS if step * size >= needed]
    return fitting[0]


def _stack(amounts: Sequence[int], *, x: int, width: int, top: int) -> list[Rect]:
    """Draw one hour's bar from the bottom up; an hour without takings keeps a stub."""
    if not any(amounts):
        return [_rect("b0", x, _TOP + _HEIGHT - _STUB, width, _STUB)]
    found: list[Rect] = []
    y = _TOP + _HEIGHT
    for place, amount in enumerate(amounts, start=1):
        height = _HEIGHT * amount // (top * money.YUAN)
        if height:
            drawn = max(1, height - (_GAP if found else 0))
            found.append(_rect(f"b{place}", x, y - height, width, drawn))
            y -= height
    return found


def _rect(colour: str, x: int, y: int, width: int, height: int) -> Rect:
    return Rect(
        colour=colour, x=_tenths(x), y=_tenths(y), width=_tenths(width), height=_tenths(height)
    )


def _story(names: Sequence[str], table: Sequence[Sequence[int]], hours: range) -> str:
    sums = [sum(column) for column in zip(*table, strict=True)]
    parts = "，".join(
        f"{name}合计 {text.yuan(amount=amount)} 元"
        for name, amount in zip(names, sums, strict=True)
    )
    highest = max(range(len(table)), key=lambda place: sum(table[place]))
    return f"{parts}，最高是 {hours[highest]} 点的 {text.yuan(amount=sum(table[highest]))} 元。"


def _tenths(number: int) -> str:
    return f"{number // 10}.{number % 10}"
