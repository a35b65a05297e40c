"""Amounts as people type them: yuan with up to two decimals, read as whole fen.

Units: fen. Source: design/ui/faces.md 4; E1.
"""

import re
from typing import Final

_SHAPE: Final = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII).fullmatch
_TOO_FINE: Final = re.compile(r"\d+\.\d{3,}", re.ASCII).fullmatch
_FEN_IN_YUAN: Final = 100


class Unreadable(ValueError):
    """A text that is no amount; the message says what to type."""


def read_fen(text: str) -> int:
    """Read an amount in yuan as fen; raises `Unreadable`.

    >>> read_fen("128"), read_fen(" 1,128.5 "), read_fen("0.05")
    (12800, 112850, 5)
    >>> read_fen("1.005")
    Traceback (most recent call last):
        ...
    gongxiang.web.merchant.amounts.Unreadable: 金额最多到分，例如 128.50
    """
    cleaned = text.strip().replace(",", "")
    if not cleaned:
        raise Unreadable("填上金额")
    found = _SHAPE(cleaned)
    if found is None:
        raise Unreadable(
            "金额最多到分，例如 128.50" if _TOO_FINE(cleaned) else "金额写成数字，例如 128.50"
        )
    whole, part = found.groups()
    fen = int(whole) * _FEN_IN_YUAN + int((part or "").ljust(2, "0"))
    if not fen:
        raise Unreadable("最少 0.01 元")
    return fen
