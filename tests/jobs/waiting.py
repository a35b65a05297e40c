"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable


def until(is_so: Callable[[], bool], *, seconds: float = 60, is_sure: bool = True) -> bool:
    """Wait until something is so; tell whether it became so, or fail if it surely should have."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.01)
    assert not is_sure, f"not so within {seconds} s"
    return False
