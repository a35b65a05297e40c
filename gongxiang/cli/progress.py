"""Progress on a terminal: how much is done, how fast, how long it will take. Silent in a pipe.

    replay: 1,234,567 lines, 43 %, 98,765 a second, 0:41 left

Units: seconds; counts of what the command handles.
Source: spec/events.md (Commands: progress goes to stderr; Orders tables: shown while it runs).
"""

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, Self, TypeVar

T = TypeVar("T")

_BETWEEN: Final = 0.1
_AT_ONCE: Final = 1_024
_WHOLE: Final = 100
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """One line of a terminal that tells how far a command is, while the block lasts."""

    def __init__(self, label: str, *, total: int | None = None, unit: str = "lines") -> None:
        """Count up to `total` things of a kind; None where nobody knows how many there are."""
        self._label = label
        self._total = total
        self._unit = unit
        self._is_shown = sys.stderr.isatty()
        self._is_written = False
        self._count = 0
        self._phase = label
        self._began_at = self._shown_at = time.monotonic()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave a clean line behind."""
        if self._is_written:
            print(_CLEAR, end="", file=sys.stderr, flush=True)

    def add(self, count: int) -> None:
        """Tell of so many more things done."""
        self._count += count
        self.show(self._label, self._count, self._count, self._total or 0)

    def passing(self, things: Iterable[T]) -> Iterator[T]:
        """Pass things on, counting them."""
        for place, thing in enumerate(things, 1):
            if place % _AT_ONCE == 0:
                self.add(_AT_ONCE)
            yield thing

    def show(self, phase: str, count: int, done: int, total: int) -> None:
        """Tell how far a phase is: things handled in it, and what is done of a total (0 = unknown).

        Each phase has its own rate.
        """
        if not self._is_shown:
            return
        now = time.monotonic()
        if phase != self._phase:
            self._phase = phase
            self._began_at = self._shown_at = now
        if now - self._shown_at >= _BETWEEN:
            self._shown_at = now
            self._is_written = True
            line = self.line(count, done, total, seconds=now - self._began_at)
            print(_CLEAR + line, end="", file=sys.stderr, flush=True)

    def line(self, count: int, done: int, total: int, *, seconds: float) -> str:
        """Put the line together.

        >>> Progress("replay").line(300, 25, 100, seconds=2.0)
        'replay: 300 lines, 25 %, 150 a second, 0:06 left'
        >>> Progress("replay").line(300, 25, 0, seconds=2.0)
        'replay: 300 lines, 150 a second'
        """
        parts = [f"{self._phase}: {count:,} {self._unit}", f"{round(count / seconds):,} a second"]
        if total:
            parts.insert(1, f"{_WHOLE * done // total} %")
            if done:
                left = round(seconds * (total - done) / done)
                parts.append(f"{left // 60}:{left % 60:02} left")
        return ", ".join(parts)
