"""The chart is a step line from zero, never smoothed, never beyond now.

Source: design/ui/faces.md 5.1.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.web.public import chart
from gongxiang.web.public.chart import NARROW, Mark, Tick

PAYOUT = 8_000
WORLD = [Mark(at=at, units=units) for at, units in enumerate((10_000, 14_282, 16_801, 18_668))]


def draw(marks: list[Mark], end: int = 4) -> chart.Drawing:
    ticks = [Tick(at=marks[0].at, word="之前"), Tick(at=end, word="现在")]
    return chart.draw(marks=marks, end=end, ticks=ticks, payout_rate=PAYOUT, frame=NARROW)


def test_the_line_rises_in_steps_and_ends_now() -> None:
    drawing = draw(WORLD)
    assert drawing.price == "M0 97.5H71V69.1H142V52.3H213V39.9H284"
    assert drawing.pays == "M0 110.8H71V88.1H142V74.7H213V64.7H284"
    assert drawing.area == f"{drawing.price}V164H0Z"
    assert (drawing.now.x, drawing.now.y) == ("284", "39.9")


def test_the_scale_begins_at_zero_and_is_round() -> None:
    drawing = draw(WORLD)
    assert [word.text for word in drawing.scale] == ["0.0", "0.5", "1.0", "1.5", "2.0"]
    assert drawing.grid[0] == "164"
    assert drawing.grid[-1] == "31"


@pytest.mark.parametrize(
    ("units", "words"),
    [
        (1, ["0.0000", "0.0001"]),
        (10_000, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (107_143, ["0", "5", "10", "15"]),
        (12_345_678, ["0", "500", "1,000", "1,500"]),
    ],
)
def test_the_scale_fits_every_price(units: int, words: list[str]) -> None:
    assert [word.text for word in draw([Mark(at=0, units=units)]).scale] == words


def test_dots_stand_at_twelve_steps_and_not_at_thirteen() -> None:
    twelve = [Mark(at=at, units=10_000 + at) for at in range(13)]
    assert len(draw(twelve, end=13).dots) == 12
    assert draw([*twelve, Mark(at=13, units=10_013)], end=14).dots == ()


def test_the_incoming_level_is_no_step() -> None:
    drawing = draw(WORLD)
    assert [dot.x for dot in drawing.dots] == ["71", "142", "213"]


def test_first_last_and_the_two_largest_steps_are_labelled() -> None:
    units = (10_000, 10_100, 15_000, 15_100, 15_200, 19_000, 19_100)
    marks = [Mark(at=at, units=unit) for at, unit in enumerate(units)]
    labels = draw(marks, end=7).labels
    assert {label.text for label in labels} <= {"1.0000", "1.5000", "1.9000", "1.9100"}
    assert "1.9100" in {label.text for label in labels}


def test_a_price_that_never_moved_is_a_flat_line() -> None:
    drawing = draw([Mark(at=0, units=10_000)])
    assert drawing.price == "M0 31H284"
    assert drawing.dots == ()
    assert [label.text for label in drawing.labels] == ["1.0000"]


def test_ticks_keep_inside_the_drawing() -> None:
    ticks = draw(WORLD).ticks
    assert [(tick.x, tick.anchor) for tick in ticks] == [("0", "start"), ("284", "end")]


def test_more_than_two_hundred_steps_are_refused() -> None:
    marks = [Mark(at=at, units=10_000 + at) for at in range(201)]
    assert draw(marks, end=201).price.endswith("H284")
    with pytest.raises(AssertionError):
        draw([*marks, Mark(at=201, units=10_201)], end=202)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=200))
def test_every_drawing_stays_on_its_canvas(rises: list[int]) -> None:
    marks, units = [], 1
    for at, rise in enumerate(rises):
        units += rise
        marks.append(Mark(at=at, units=units))
    drawing = draw(marks, end=len(rises))
    xs = [int(x) for x in re.findall(r"[MH](\d+)", drawing.price)]
    ys = [int(y) for y in re.findall(r"(?:M\S+ |V)(\d+)", drawing.price)]
    assert xs == sorted(xs)
    assert xs[-1] == NARROW.right
    assert ys == sorted(ys, reverse=True)
    assert all(NARROW.top <= y <= NARROW.bottom for y in ys)
    assert len(drawing.labels) <= 4
    assert len(drawing.dots) in {0, len(rises) - 1}
