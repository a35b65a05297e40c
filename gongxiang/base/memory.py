"""Memory: when Python searches for cycles.

Units: none. Source: design/speed.md (what costs).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Leave the search for cycles off: work that makes none would be searched all over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
