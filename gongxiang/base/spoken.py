"""An amount as a voice reads it, for the till that says what came in.

Units: fen. Source: design/ui/faces.md 7 (c) 4.
"""

from typing import Final

_DIGITS: Final = "零一二三四五六七八九"
_PLACES: Final = ("", "十", "百", "千")
_GROUPS: Final = ("", "万", "亿")
_GROUP: Final = 10_000
_FEN_IN_YUAN: Final = 100
_FEN_IN_JIAO: Final = 10


def spoken(*, amount_fen: int) -> str:
    """Write an amount as it is said.

    >>> spoken(amount_fen=12_800), spoken(amount_fen=1_005), spoken(amount_fen=36_50)
    ('一百二十八元', '十元零五分', '三十六元五角')
    >>> spoken(amount_fen=5), spoken(amount_fen=10_010_000), spoken(amount_fen=2_00)
    ('五分', '十万零一百元', '二元')
    """
    yuan, rest = divmod(amount_fen, _FEN_IN_YUAN)
    jiao, fen = divmod(rest, _FEN_IN_JIAO)
    said = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        said += _DIGITS[0]
    return f"{said}{_DIGITS[fen]}分" if fen else said


def _whole(number: int) -> str:
    """Say a whole number: groups of four digits, a gap of zeros as one."""
    said, group = "", 0
    while number:
        number, part = divmod(number, _GROUP)
        if part:
            gap = _DIGITS[0] if number and part * 10 < _GROUP else ""
            said = f"{gap}{_four(part)}{_GROUPS[group]}{said}"
        elif said and not said.startswith(_DIGITS[0]):
            said = f"{_DIGITS[0]}{said}"
        group += 1
    return said.removeprefix("一") if said.startswith("一十") else said


def _four(number: int) -> str:
    said, gap = "", False
    for place, digit in reversed(tuple(enumerate(map(int, reversed(str(number)))))):
        if digit:
            said += f"{_DIGITS[0] if gap and said else ''}{_DIGITS[digit]}{_PLACES[place]}"
        gap = not digit
    return said
