"""Moments as whole numbers, and the two ways they are written.

A moment is the count of microseconds since 1970-01-01T00:00:00Z, so that comparing, adding a
window and storing it are exact and cheap. Days begin at 00:00 in Shanghai (+08:00, no daylight
saving since 1991), which is where every period of the rules begins and ends.

Units: microseconds since 1970 UTC; seconds for windows.
Source: spec/events.md (Lines), rewards R5, reliability I-27.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
SHANGHAI_OFFSET: Final = 8 * 3_600 * SECOND

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SHAPE: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:00(?:\.\d{6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII
).fullmatch
_SECONDS: Final = {f"{second:02}": second * SECOND for second in range(60)}
_SECONDS_AT: Final = 17
_MINUTES_KEPT: Final = 1_024

BEGINNING: Final = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""The first moment that can be written: before everything that is dated."""


class UnreadableMoment(ValueError):
    """A text that is not `YYYY-MM-DDThh:mm:ss[.ffffff]` with `Z` or `±hh:mm`."""


def parse_at(text: str) -> int:
    """Read an ISO 8601 moment with its offset into microseconds since 1970 UTC.

    Raises `UnreadableMoment` for another shape, a day that does not exist, or a moment outside
    the years 1 to 9999 of UTC.

    >>> parse_at("1970-01-01T08:00:00+08:00"), parse_at("1970-01-01T00:00:00.000001Z")
    (0, 1)
    >>> parse_at("2026-03-01 00:00:00")
    Traceback (most recent call last):
        ...
    gongxiang.base.clock.UnreadableMoment: '2026-03-01 00:00:00'
    """
    second = text[_SECONDS_AT : _SECONDS_AT + 2]
    after = _SECONDS.get(second)
    if after is None:
        raise UnreadableMoment(repr(text))
    try:
        return _minute(text[:_SECONDS_AT], text[_SECONDS_AT + 2 :]) + after
    except ValueError:
        raise UnreadableMoment(repr(text)) from None


@lru_cache(maxsize=_MINUTES_KEPT)
def _minute(before: str, behind: str) -> int:
    """Read what stands around the seconds: a file of events has many moments of one minute.

    A minute and its fraction lie within the years 1 to 9999 exactly when each second of it does.
    """
    text = f"{before}00{behind}"
    if _SHAPE(text) is None:
        raise ValueError(text)
    at = (datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND
    if not BEGINNING <= at <= _END:
        raise ValueError(text)
    return at


def format_at(at: int) -> str:
    """Write a moment as UTC, with microseconds only where there are some.

    >>> format_at(0), format_at(1)
    ('1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000001Z')
    """
    return to_datetime(at).isoformat().replace("+00:00", "Z")


def to_datetime(at: int) -> datetime:
    """Give the aware UTC datetime of a moment."""
    return _EPOCH + timedelta(microseconds=at)


def from_datetime(moment: datetime) -> int:
    """Give the moment of an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def shanghai_day(at: int) -> int:
    """Give the number of the Shanghai day that a moment lies in (0 = 1970-01-01).

    >>> shanghai_day(parse_at("1970-01-01T23:59:59+08:00"))
    0
    >>> shanghai_day(parse_at("1970-01-01T16:00:00Z"))
    1
    """
    return (at + SHANGHAI_OFFSET) // DAY


def shanghai_midnight(at: int) -> int:
    """Give 00:00 (+08:00) of the day that a moment lies in.

    >>> format_at(shanghai_midnight(parse_at("2026-03-01T09:30:00+08:00")))
    '2026-02-28T16:00:00Z'
    """
    return shanghai_day(at) * DAY - SHANGHAI_OFFSET


def next_shanghai_midnight(at: int) -> int:
    """Give 00:00 (+08:00) of the day after the one that a moment lies in (R5).

    >>> format_at(next_shanghai_midnight(parse_at("2026-03-01T00:00:00+08:00")))
    '2026-03-01T16:00:00Z'
    """
    return (shanghai_day(at) + 1) * DAY - SHANGHAI_OFFSET


def shanghai_day_start(day: date) -> int:
    """Give 00:00 (+08:00) of a day of the calendar.

    >>> format_at(shanghai_day_start(date(2026, 3, 1)))
    '2026-02-28T16:00:00Z'
    """
    return (day.toordinal() - _EPOCH.toordinal()) * DAY - SHANGHAI_OFFSET


_END: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


def shanghai_date(at: int) -> date:
    """Give the day of the calendar in Shanghai that a moment lies in.

    >>> shanghai_date(parse_at("2026-02-28T16:00:00Z"))
    datetime.date(2026, 3, 1)
    """
    return date.fromordinal(shanghai_day(at) + _EPOCH.toordinal())
