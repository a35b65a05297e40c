"""The digest of a line: the same for every way of writing the same event.

Keys in a fixed order, the moment as microseconds (or null where the line has none), points
without leading zeros, `own_rate` only where there is one: what an export writes and what an import
read have one digest.

Units: 16 bytes of SHA-256. Source: I-3, I-18, H7.
"""

import hashlib
from typing import Final

from msgspec import UNSET, UnsetType, json, structs

from gongxiang.base.clock import parse_at
from gongxiang.lab.lines import Line, RefundedLine, SoldLine

DIGEST_BYTES: Final = 16


def digest(line: Line) -> bytes:
    """Give the digest of a well-formed line.

    >>> from gongxiang.lab.lines import ClockLine
    >>> early = digest(ClockLine(id="c", at="2026-03-01T00:00:00Z"))
    >>> early == digest(ClockLine(id="c", at="2026-03-01T08:00:00+08:00"))
    True
    """
    if isinstance(line, SoldLine):
        line = structs.replace(line, points=line.points.lstrip("0"))
    if isinstance(line, RefundedLine):
        own = (line.own_rate,) if line.own_rate else ()
        fields: list[object] = [line.id, line.order, line.amount_fen, *own]
        at: str | UnsetType = line.at
    else:
        *fields, at = structs.astuple(line)
    moment = None if at is UNSET else parse_at(at)
    tag = type(line).__struct_config__.tag
    return hashlib.sha256(json.encode((tag, *fields, moment))).digest()[:DIGEST_BYTES]
