"""What is the same for everybody: made once a minute, and again when the pool moved or rules came.

Kept by each process for itself, as it was made: a text, bytes, a value that never changes. What it
depends on is part of its name, so nothing has to be thrown away but for room.

Units: as what is kept. Source: design/speed.md (Web).
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import connection

from gongxiang.base import clock
from gongxiang.queries.pool_data import PoolNow

_MINUTE: Final = 60 * clock.SECOND
_ROOM: Final = 512
_kept: Final[dict[object, Any]] = {}
Made = TypeVar("Made")


def kept(name: str, *, now: PoolNow, newest: int, make: Callable[[], Made]) -> Made:
    """Give what was made under a name this minute for this pool and these rules, or make it."""
    pair = now.pair
    state = (now.steps, pair.money, pair.circulating, now.behind_since is None, newest)
    key = (name, connection.settings_dict["NAME"], now.now // _MINUTE, state)
    found: Made | None = _kept.get(key)
    if found is None:
        found = make()
        if len(_kept) >= _ROOM:
            _kept.clear()
        _kept[key] = found
    return found


def forget() -> None:
    """Forget all of it: for tests, which change what no page expects to change within a minute."""
    _kept.clear()
