"""Months of Shanghai, as addresses and statements name them: `2026-11`.

Units: moments in microseconds since 1970 UTC; `[start, end)`.
Source: design/style.md (periods); design/ui/faces.md 6.2 (statements).
"""

import re
from dataclasses import dataclass
from typing import Final

from gongxiang.base import clock, text

_NAME: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month: its name, where it begins and ends, the months beside it."""

    name: str
    start: int
    end: int
    before: str
    after: str


def read(name: str) -> Month | None:
    """Read the name of a month; None for what is none.

    >>> month = read("2026-12")
    >>> (month.before, month.after, clock.format_at(month.start)) if month else None
    ('2026-11', '2027-01', '2026-11-30T16:00:00Z')
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    year, month = int(match.group(1)), int(match.group(2))
    after = _name(year, month + 1)
    return Month(
        name=name,
        start=_midnight(name),
        end=_midnight(after),
        before=_name(year, month - 1),
        after=after,
    )


def name_of(at: int) -> str:
    """Name the month that a moment lies in.

    >>> name_of(clock.parse_at("2026-11-30T23:59:59+08:00"))
    '2026-11'
    """
    return text.date(day=clock.shanghai_day(at))[:7]


def _name(year: int, month: int) -> str:
    years, rest = divmod(month - 1, _MONTHS)
    return f"{year + years:04}-{rest + 1:02}"


def _midnight(name: str) -> int:
    return clock.parse_at(f"{name}-01T00:00:00+08:00")
