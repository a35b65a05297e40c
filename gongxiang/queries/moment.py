"""The platform's clock, asked alone or as one of the questions that a page asks together.

Units: microseconds since 1970 UTC. Source: I-27.
"""

from collections.abc import Sequence
from typing import Any, Final

from gongxiang.ledger import raw
from gongxiang.queries.pool_data import NotOpen

_CLOCK: Final = """
SELECT (extract(epoch FROM clock_timestamp() + make_interval(secs => offset_seconds))
        * 1000000)::bigint
  FROM points_horizon
"""
NOW: Final = f"{_CLOCK} CROSS JOIN points_pool"


def now() -> int:
    """Ask the platform's clock alone."""
    with raw.cursor() as cursor:
        return now_of(cursor.execute(_CLOCK).fetchall())


def now_of(rows: Sequence[tuple[Any, ...]]) -> int:
    """Read the answer to `NOW`; raises `NotOpen` where there is no pool yet."""
    if not rows:
        raise NotOpen
    return int(rows[0][0])
