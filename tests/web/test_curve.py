"""A chart is named by steps or days, never by hours, and tells its story in one sentence.

Source: design/ui/faces.md 5.1; spec/events.md (the public feed).
"""

from dataclasses import replace

from gongxiang.base import clock
from gongxiang.queries.pool_data import Span, Step
from gongxiang.web.public.curve import curve
from gongxiang.web.public.faces import span_of
from tests.web import world

BUSY = world.minted_steps(count=1_400, a_day=21)


def ticks(span: Span, steps: tuple[Step, ...]) -> list[str]:
    drawn = curve(history=world.history(span=span, steps=steps), terms=world.TERMS)
    return [tick.text for tick in drawn.narrow.ticks]


def test_today_is_drawn_step_by_step() -> None:
    assert ticks(Span.TODAY, world.THREE) == ["今天 0 点", "第 2 步", "现在"]
    assert ticks(Span.TODAY, BUSY[-21:]) == ["今天 0 点", "第 1,390 步", "现在"]
    assert ticks(Span.TODAY, ()) == ["今天 0 点", "现在"]


def test_more_than_today_is_drawn_day_by_day() -> None:
    assert ticks(Span.ALL, BUSY) == ["09-17", "10-20", "今天"]
    assert ticks(Span.ALL, world.THREE) == ["0 点", "今天"]


def test_a_history_that_ended_is_named_by_its_last_day() -> None:
    history = replace(world.history(span=Span.ALL, steps=BUSY), today=world.TODAY + 400)
    words = [tick.text for tick in curve(history=history, terms=world.TERMS).wide.ticks]
    assert words == ["2026-09-17", "2026-10-20", "2026-11-22"]


def test_a_long_story_names_its_beginning_and_its_end() -> None:
    told = curve(history=world.history(span=Span.ALL, steps=BUSY), terms=world.TERMS).story
    assert "起初 1.0000，经过 67 个点到 11.4022 元" in told


def test_the_table_says_what_the_chart_shows() -> None:
    rows = curve(history=world.history(), terms=world.TERMS).rows
    assert [row.name for row in rows] == ["之前", "第 1 步", "第 2 步", "第 3 步"]
    assert [row.pair for row in rows] == [world.OPENING, *[step.after for step in world.THREE]]


def test_the_shortest_span_with_a_step_in_it_is_shown_unless_another_is_asked_for() -> None:
    now = world.pool_now()
    assert span_of(asked="", now=now) is Span.TODAY
    assert span_of(asked="all", now=now) is Span.ALL
    assert span_of(asked="year", now=now) is Span.TODAY
    later = replace(now, now=now.now + 5 * clock.DAY)
    assert span_of(asked="", now=later) is Span.MONTH
    much_later = replace(now, now=now.now + 30 * clock.DAY)
    assert span_of(asked="", now=much_later) is Span.ALL
    assert span_of(asked="", now=world.pool_now(steps=())) is Span.TODAY
