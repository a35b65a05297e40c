"""A code to scan, as the numbers of a drawing: the page draws it, nothing is loaded.

Units: modules. Source: design/ui/faces.md 9 (one page, no picture from elsewhere).
"""

from dataclasses import dataclass
from typing import Final

import segno

_BORDER: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A square of `size` modules, its dark ones as one path."""

    size: int
    path: str


def code_of(link: str) -> Code:
    """Draw a link.

    >>> code = code_of("https://example.com/s/7GKM0211/pay")
    >>> code.size, code.path[:9]
    (37, 'M4 4h7v1h')
    """
    made = segno.make(link, error="m", micro=False)
    rows = [bytes(row) for row in made.matrix]
    return Code(size=len(rows) + 2 * _BORDER, path="".join(map(_row, range(len(rows)), rows)))


def _row(place: int, modules: bytes) -> str:
    """Draw the dark stretches of one row."""
    drawn, at = "", 0
    while (start := modules.find(1, at)) >= 0:
        end = modules.find(0, start)
        at = len(modules) if end < 0 else end
        drawn += f"M{start + _BORDER} {place + _BORDER}h{at - start}v1h-{at - start}z"
    return drawn
