"""What is the same for everybody: made once a minute, and again when the pool moved or rules came.

Units: as what is kept. Source: design/speed.md (Web).
"""

from collections.abc import Callable
from typing import Final, TypeVar

from django.core.cache import cache
from django.db import connection

from gongxiang.base import clock
from gongxiang.queries.pool_data import PoolNow

_SECONDS: Final = 60
_MINUTE: Final = _SECONDS * clock.SECOND
Made = TypeVar("Made")


def kept(name: str, *, now: PoolNow, newest: int, make: Callable[[], Made]) -> Made:
    """Give what was made under a name this minute for this pool and these rules, or make it."""
    state = (now.steps, now.pair.money, now.pair.circulating, now.behind_since is None, newest)
    database = connection.settings_dict["NAME"]
    key = f"kept-{name}-{database}-{now.now // _MINUTE}-{'-'.join(map(str, state))}"
    found: Made | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, timeout=_SECONDS)
    return found
