"""Where a page of a list ended: opaque, signed, good for that list alone.

Units: none. Source: design/scale.md (pages go on from a key, never from a count).
"""

from typing import Final

from django.core import signing
from pydantic import BaseModel, ConfigDict, Field

from gongxiang.api.problems import Refused
from gongxiang.api.wire import LIMIT_DEFAULT, Limit

_SALT: Final = "api.cursor."
CURSOR_MAX: Final = 300


class PageAsked(BaseModel):
    """Which part of a list: from where a page ended, and how many."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: str | None = Field(default=None, max_length=CURSOR_MAX, pattern=r"^[A-Za-z0-9_:-]+$")
    limit: Limit = LIMIT_DEFAULT


def written(*places: int, of: str) -> str:
    """Write the place at which a page of a list ended."""
    return signing.dumps(list(places), salt=_SALT + of)


def read(cursor: str | None, *, of: str) -> tuple[int, ...] | None:
    """Read the place that a cursor names, nothing for none; raises `Refused`."""
    if cursor is None:
        return None
    try:
        return tuple(signing.loads(cursor, salt=_SALT + of))
    except signing.BadSignature as error:
        raise Refused("cursor_unknown", detail="这个游标不是这张列表的，从头再取一次") from error
