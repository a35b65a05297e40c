"""How a template writes a moment or a day, as a `<time>` that carries the exact value.

Units: microseconds since 1970 UTC.
Source: design/ui/faces.md 3.3.
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongxiang.base import clock, text


def when(at: int, now: int) -> SafeString:
    """Write a moment with its day, the year only when it is not this one."""
    words = text.stamp(at=at, now=now)
    return format_html('<time datetime="{}">{}</time>', clock.format_at(at), words)


def day(at: int) -> SafeString:
    """Write the Shanghai day of a moment in full."""
    words = text.date(day=clock.shanghai_day(at))
    return format_html('<time datetime="{}">{}</time>', words, words)


def moment(at: int, now: int) -> SafeString:
    """Write a moment as today, tomorrow, or with its day."""
    words = text.moment(at=at, now=now)
    return format_html('<time datetime="{}">{}</time>', clock.format_at(at), words)


def short(at: int, now: int) -> SafeString:
    """Write the Shanghai day of a moment, the year only when it is not this one."""
    words = text.short_date(day=clock.shanghai_day(at), today=clock.shanghai_day(now))
    return format_html('<time datetime="{}">{}</time>', clock.format_at(at), words)
