"""Columns for the terminal: Chinese characters are two cells wide, so that they line up too."""

import unicodedata
from collections.abc import Iterable, Sequence

GAP = "  "


def columns(*, rows: Iterable[Sequence[str]]) -> str:
    """Write rows with their cells below each other; a row of one cell is a line of its own.

    >>> print(columns(rows=[("直推", "0.3%"), ("direct", "0.3%")]))
    直推    0.3%
    direct  0.3%
    """
    table = [tuple(row) for row in rows]
    widths: dict[int, int] = {}
    for row in table:
        if len(row) > 1:
            for place, cell in enumerate(row):
                widths[place] = max(widths.get(place, 0), width(text=cell))
    return "\n".join(_line(row=row, widths=widths) for row in table)


def width(*, text: str) -> int:
    """Count the cells a text takes.

    >>> width(text="直推 a")
    6
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _line(*, row: Sequence[str], widths: dict[int, int]) -> str:
    """Pad all cells but the last."""
    padded = [
        cell + " " * (widths.get(place, 0) - width(text=cell)) for place, cell in enumerate(row)
    ]
    return GAP.join(padded).rstrip()
