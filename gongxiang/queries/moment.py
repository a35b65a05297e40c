"""The platform's clock, as one of the questions that a page asks together.

Units: microseconds since 1970 UTC. Source: I-27.
"""

from collections.abc import Sequence
from typing import Any, Final

from gongxiang.queries.pool_data import NotOpen

NOW: Final = """
SELECT (extract(epoch FROM clock_timestamp() + make_interval(secs => offset_seconds))
        * 1000000)::bigint
  FROM points_horizon CROSS JOIN points_pool
"""


def now_of(rows: Sequence[tuple[Any, ...]]) -> int:
    """Read the answer to `NOW`; raises `NotOpen` where there is no pool yet."""
    if not rows:
        raise NotOpen
    return int(rows[0][0])
