"""When a store is open: the same hours every day, and a day on which it rests.

Who closes before he opens is open past midnight. A store that named no hours is not said to be
closed: nobody knows.

Units: minutes after midnight, days since 1970-01-01, moments in microseconds; all in Shanghai.
Source: design/ui/faces.md 6.1 (opening hours), 4 (store not open).
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.base.clock import DAY, SECOND, SHANGHAI_OFFSET, shanghai_day

_MINUTE: Final = 60 * SECOND
_HOUR: Final = 60
WHOLE_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From when to when, and on which day not at all; None where that is not named."""

    opens: int | None
    closes: int | None
    rest_day: int | None = None

    @property
    def are_known(self) -> bool:
        """Tell whether hours were named."""
        return self.opens is not None and self.closes is not None

    def is_open(self, *, now: int) -> bool:
        """Tell whether a moment lies within the hours.

        >>> noon = 12 * 60 * _MINUTE - SHANGHAI_OFFSET
        >>> Hours(opens=630, closes=1_320).is_open(now=noon)
        True
        >>> Hours(opens=1_080, closes=120).is_open(now=noon)
        False
        """
        if shanghai_day(now) == self.rest_day:
            return False
        if self.opens is None or self.closes is None:
            return True
        minute = (now + SHANGHAI_OFFSET) % DAY // _MINUTE
        if self.opens < self.closes:
            return self.opens <= minute < self.closes
        return minute >= self.opens or minute < self.closes

    @property
    def words(self) -> str:
        """Give the hours as people read them, empty where none were named.

        >>> Hours(opens=630, closes=1_320).words, Hours(opens=1_080, closes=120).words
        ('10:30–22:00', '18:00–次日 02:00')
        >>> Hours(opens=0, closes=WHOLE_DAY).words, Hours(opens=None, closes=None).words
        ('全天', '')
        """
        if self.opens is None or self.closes is None:
            return ""
        if self.closes - self.opens == WHOLE_DAY:
            return "全天"
        late = "次日 " if self.closes <= self.opens else ""
        return f"{_clock(self.opens)}–{late}{_clock(self.closes)}"


def _clock(minute: int) -> str:
    hour, rest = divmod(minute, _HOUR)
    return f"{hour:02}:{rest:02}"
