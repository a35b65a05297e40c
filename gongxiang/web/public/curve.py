"""The price chart of a page: a history in, two drawings, their words and their table out.

Of today the line is drawn step by step, each the same width; of more than today day by day.
The hour of a step is never drawn: it would tell when somebody was in a shop.

Units: prices in ten-thousandths of a yuan, positions in steps or half days.
Source: design/ui/faces.md 5.1; spec/events.md (the public feed).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gongxiang.base import text
from gongxiang.economy.terms import Terms
from gongxiang.queries.pool_data import History, Pair, Span
from gongxiang.web.public import chart

TITLES: Final = {
    Span.TODAY: "今天的积分价格",
    Span.MONTH: "最近 30 天的积分价格",
    Span.ALL: "开盘以来的积分价格",
}
_SAID_MAX: Final = 4
"""Points that the sentence of a chart names one by one."""
_HALF_DAYS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table that says what the chart shows."""

    name: str
    pair: Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The chart of a page: drawn for a phone and for a wide screen."""

    span: Span
    title: str
    story: str
    narrow: chart.Drawing
    wide: chart.Drawing
    rows: tuple[Row, ...]


def curve(*, history: History, terms: Terms) -> Curve:
    """Make the chart of a history."""
    marks, end = _marks(history)
    ticks = _ticks(history, end)
    narrow, wide = (
        chart.draw(marks=marks, end=end, ticks=ticks, payout_rate=terms.payout_rate, frame=frame)
        for frame in (chart.NARROW, chart.WIDE)
    )
    rows = _rows(history)
    return Curve(
        span=history.span,
        title=TITLES[history.span],
        story=_story(rows, terms),
        narrow=narrow,
        wide=wide,
        rows=rows,
    )


def _marks(history: History) -> tuple[list[chart.Mark], int]:
    """Give the marks and where the line ends: after the newest step, or tonight."""
    points = history.points
    if history.span is Span.TODAY:
        places: Sequence[int] = range(1, len(points) + 1)
        start, end = 0, len(points) + 1
    else:
        places = [_HALF_DAYS * point.day + 1 for point in points]
        start, end = _HALF_DAYS * history.first_day, _HALF_DAYS * (history.last_day + 1)
    marks = [chart.Mark(at=start, units=history.opening.price)]
    marks += [
        chart.Mark(at=place, units=point.pair.price)
        for place, point in zip(places, points, strict=True)
    ]
    return marks, end


def _ticks(history: History, end: int) -> list[chart.Tick]:
    if history.span is Span.TODAY:
        return _step_ticks(history, end)
    start = _HALF_DAYS * history.first_day
    days = history.last_day - history.first_day
    ticks = [chart.Tick(at=start, word=_day_word(history, history.first_day) if days else "0 点")]
    if days > 1:
        middle = history.first_day + days // 2
        ticks.append(chart.Tick(at=_HALF_DAYS * middle + 1, word=_day_word(history, middle)))
    return [*ticks, chart.Tick(at=end, word=_day_word(history, history.last_day))]


def _step_ticks(history: History, end: int) -> list[chart.Tick]:
    """Name the first and the middle step between the beginning of the day and now."""
    points = history.points
    named = sorted({1, (end + 1) // 2} & set(range(1, end))) if len(points) > 1 else []
    return [
        chart.Tick(at=0, word="今天 0 点"),
        *(chart.Tick(at=at, word=f"第 {points[at - 1].step:,} 步") for at in named[-1:]),
        chart.Tick(at=end, word="现在"),
    ]


def _day_word(history: History, day: int) -> str:
    return "今天" if day == history.today else text.short_date(day=day, today=history.today)


def _rows(history: History) -> tuple[Row, ...]:
    today = history.span is Span.TODAY
    return (
        Row(name="之前", pair=history.opening),
        *(
            Row(
                name=f"第 {point.step:,} 步" if today else text.date(day=point.day),
                pair=point.pair,
            )
            for point in history.points
        ),
    )


def _story(rows: Sequence[Row], terms: Terms) -> str:
    """Tell the chart in one sentence, for who does not see it."""
    first, *others = rows
    pays = text.price(units=rows[-1].pair.payout(terms=terms))
    if len(others) <= _SAID_MAX:
        way = "".join(f"，{row.name}到 {text.price(units=row.pair.price)}" for row in others)
    else:
        way = f"，经过 {len(others):,} 个点到 {text.price(units=others[-1].pair.price)}"
    return (
        "阶梯线，只在结算、卖出、退款、注资时变动："
        f"起初 {text.price(units=first.pair.price)}{way} 元。"
        f"虚线是卖出到手价，为价格的 {text.rate(per_myriad=terms.payout_rate)}，现在 {pays} 元。"
    )
