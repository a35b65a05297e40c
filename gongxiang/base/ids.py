"""Identifiers that the application makes: 63-bit whole numbers that grow with time.

An id is the microsecond it was made in, shifted by ten bits, plus a random tail; within one
process every id is larger than the one before. Two processes meet only by making the same tail in
the same microsecond: the primary key then refuses the second, and the act is tried again.

Units: none. Source: design/scale.md rules 1 and 6.
"""

import secrets
import threading
import time
from typing import Final

_TAIL_BITS: Final = 10
_lock = threading.Lock()
_last = 0


def next_id() -> int:
    """Make one id, larger than every id this process made before."""
    return block(1).start


def block(count: int) -> range:
    """Make `count` consecutive ids (bulk loads: their order is the order of the lines)."""
    global _last  # noqa: PLW0603  one counter for the process is the point
    with _lock:
        fresh = (time.time_ns() // 1_000 << _TAIL_BITS) | secrets.randbits(_TAIL_BITS)
        first = max(fresh, _last + 1)
        _last = first + count - 1
    return range(first, first + count)
