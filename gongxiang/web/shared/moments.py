"""How a template writes a moment or a day, as a `<time>` that carries the exact value.

Units: microseconds since 1970 UTC.
Source: design/ui/faces.md 3.3.
"""

from markupsafe import Markup

from gongxiang.base import clock, text


def when(at: int, now: int) -> Markup:
    """Write a moment with its day, the year only when it is not this one."""
    words = text.stamp(at=at, now=now)
    return _time(clock.format_at(at), words)


def day(at: int) -> Markup:
    """Write the Shanghai day of a moment in full."""
    words = text.date(day=clock.shanghai_day(at))
    return _time(words, words)


def moment(at: int, now: int) -> Markup:
    """Write a moment as today, tomorrow, or with its day."""
    words = text.moment(at=at, now=now)
    return _time(clock.format_at(at), words)


def second(at: int, now: int) -> Markup:
    """Write a moment to the second, with its day unless it is today."""
    words = text.second(at=at, now=now)
    return _time(clock.format_at(at), words)


def short(at: int, now: int) -> Markup:
    """Write the Shanghai day of a moment, the year only when it is not this one."""
    words = text.short_date(day=clock.shanghai_day(at), today=clock.shanghai_day(now))
    return _time(clock.format_at(at), words)


def _time(exact: str, words: str) -> Markup:
    return Markup(f'<time datetime="{exact}">{words}</time>')  # noqa: S704  figures and words of ours
