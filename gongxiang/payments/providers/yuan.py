"""How the channels write money and moments: yuan with two decimals, Shanghai's wall clock.

Units: fen, microseconds. Source: P1.
"""

import re
from typing import Final

from gongxiang.base.clock import parse_at

_YUAN: Final = re.compile(r"(0|[1-9][0-9]{0,11})\.([0-9]{2})")


def yuan_text(*, fen: int) -> str:
    """Write fen as the channels read them.

    >>> yuan_text(fen=12_800), yuan_text(fen=5)
    ('128.00', '0.05')
    """
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02}"


def fen_of(*, written: str) -> int:
    """Read yuan as the channels write them; raises `ValueError`.

    >>> fen_of(written="128.00")
    12800
    """
    match = _YUAN.fullmatch(written)
    if match is None:
        raise ValueError(f"{written!r} is no amount")
    return int(match[1]) * 100 + int(match[2])


def moment_of(*, stamp: str) -> int:
    """Read a moment as the channels write it; raises `ValueError`.

    >>> moment_of(stamp="1970-01-01 08:00:01")
    1000000
    """
    return parse_at(f"{stamp.strip().replace(' ', 'T')}+08:00")
