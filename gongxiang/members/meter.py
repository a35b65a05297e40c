"""How often somebody may ask: so many requests a minute by one key, in bursts.

Each key has one number, the moment up to which it has used its share (the cell rate algorithm):

    due = max(due, now) + minute / rate        refused while due - now > a minute

Counted in each web process for itself: a request costs no statement, reading stays reading, and
the most that gets through is the rate times the number of processes. What writes is counted for
all processes together as well (`pace.py`).

Units: nanoseconds of a clock that only grows.
Source: reliability 8 (7), API4; design/ui/faces.md 4.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

_MINUTE: Final = 60 * 10**9
_SECOND: Final = 10**9
KEYS_MAX: Final = 50_000
"""Keys that are remembered; of more, the one that asked longest ago is forgotten."""


class Meter:
    """Counts the requests of every key."""

    def __init__(self, *, now: Callable[[], int] = time.monotonic_ns) -> None:
        """Begin with nobody having asked."""
        self._now = now
        self._due: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._due.clear()

    def wait(self, key: str, *, rate: int) -> int:
        """Count a request; give 0, or the whole seconds until the next would be answered.

        >>> meter = Meter(now=lambda: 0)
        >>> [meter.wait("ann", rate=2) for _ in range(3)], meter.wait("bob", rate=2)
        ([0, 0, 30], 0)
        """
        now = self._now()
        with self._lock:
            due = max(self._due.pop(key, 0), now) + _MINUTE // rate
            over = due - now - _MINUTE
            self._due[key] = due if over <= 0 else due - _MINUTE // rate
            if len(self._due) > KEYS_MAX:
                self._due.popitem(last=False)
        return 0 if over <= 0 else -(-over // _SECOND)


METER: Final = Meter()
"""The meter of this process."""
