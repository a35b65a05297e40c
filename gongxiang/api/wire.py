"""How values travel: whole numbers only, nothing that a reader in another language would round.

    money        "170262390"  micro-yuan as text        12800  fen, a number below 2**53
    points       "112000000000000"  atoms as text       moments  2026-11-22T20:36:00+08:00

What comes in is read strictly: no other type, no other key, no longer, no NUL.

Units: as the names say. Source: E1; reliability C14, 8 (2, 12, 29).
"""

import re
from datetime import timedelta, timezone
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from gongxiang.base import clock
from gongxiang.lab.replay import AMOUNT_FEN_MAX

INT64_MAX: Final = 2**63 - 1
SAFE_MAX: Final = 2**53 - 1
_SHANGHAI: Final = timezone(timedelta(microseconds=clock.SHANGHAI_OFFSET))
LIMIT_MAX: Final = 100
LIMIT_DEFAULT: Final = 50
_DIGITS: Final = re.compile(r"[0-9]{1,16}", re.ASCII)


class Told(BaseModel):
    """What we answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)


class Asked(BaseModel):
    """What we are asked: strict, and nothing beside what is named."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def moment(at: int) -> str:
    """Write a moment in Shanghai, to the microsecond where there are some.

    >>> moment(clock.parse_at("2026-11-22T12:36:00Z"))
    '2026-11-22T20:36:00+08:00'
    """
    return clock.to_datetime(at).astimezone(_SHANGHAI).isoformat()


def maybe_moment(at: int | None) -> str | None:
    """Write a moment that may not have come."""
    return None if at is None else moment(at)


def _whole(written: object) -> object:
    """Let only plain digits through to a number of an address."""
    if isinstance(written, str) and not _DIGITS.fullmatch(written):
        raise ValueError("must be written in digits")
    return written


def _number(written: str) -> str:
    if int(written) > INT64_MAX:
        raise ValueError(f"must be at most {INT64_MAX}")
    return written


Micro = Annotated[
    str, Field(pattern=r"^-?(0|[1-9][0-9]{0,37})$", description="µ¥, a millionth of a yuan")
]
Atoms = Annotated[
    str, Field(pattern=r"^-?(0|[1-9][0-9]{0,37})$", description="atoms, 10^12 to a point")
]
Fen = Annotated[int, Field(ge=-SAFE_MAX, le=SAFE_MAX, description="fen")]
Myriad = Annotated[int, Field(ge=0, le=10_000_000, description="per myriad (万分之一)")]
Count = Annotated[int, Field(ge=0, le=SAFE_MAX)]
Moment = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+08:00$",
        description="moment, ISO 8601, Asia/Shanghai",
        json_schema_extra={"format": "date-time"},
    ),
]
Id = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$", description="number of ours, as text")]
Text = Annotated[str, Field(max_length=500)]
Limit = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=LIMIT_MAX)]

PayFen = Annotated[int, Field(ge=1, le=AMOUNT_FEN_MAX, description="fen")]
PayFenAsked = Annotated[
    int, BeforeValidator(_whole), Field(ge=1, le=AMOUNT_FEN_MAX, description="fen")
]
SellAtoms = Annotated[
    str, Field(pattern=r"^[1-9][0-9]{0,37}$", description="atoms, 10^12 to a point")
]
AskedMicro = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,17})$", description="µ¥")]
IdAsked = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$"), AfterValidator(_number)]
