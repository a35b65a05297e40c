"""Where a page of people ended, as it stands in an address: a moment and a number.

    /team?before=1795348800000000.7      -62135596800000000 is a day that nobody wrote down

Units: moments in microseconds since 1970 UTC. Source: design/scale.md (pages go on from a key).
"""

import re
from typing import Final

_PLACE: Final = re.compile(r"(-?[0-9]{1,17})\.([0-9]{1,19})", re.ASCII)
_EARLIEST: Final = -62_135_596_800_000_000
"""The first moment that there is a name for."""
_NUMBERS: Final = 1 << 63


def written(at: int, number: int) -> str:
    """Write a place.

    >>> written(-5, 7), read(written(-5, 7), latest=0), read("5.7", latest=0), read("x", latest=0)
    ('-5.7', (-5, 7), None, None)
    """
    return f"{at}.{number}"


def read(text: str, *, latest: int) -> tuple[int, int] | None:
    """Read where a page ended; what is no place up to a moment begins anew."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    at, number = int(found[1]), int(found[2])
    return (at, number) if _EARLIEST <= at <= latest and number < _NUMBERS else None
