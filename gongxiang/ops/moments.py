"""Moments of the real clock, which channels live by, however far the platform's was moved on.

Units: none. Source: design/ui/faces.md 3.3, 6.5.
"""

from datetime import datetime

from gongxiang.base import clock, text


def real(at: datetime | None) -> str:
    """Write a moment of the real clock; nothing for none."""
    if at is None:
        return ""
    moment = clock.from_datetime(at)
    return text.stamp(at=moment, now=moment)
