"""The exit queue: which lot reaches its cap next (E14).

Lots leave in the order of `cap left / left`, exact, then of settlement. The fraction is kept as
one whole number, `(cap left << 256) // left`: two different fractions whose denominators are below
2^128 differ by more than 2^-256, so cutting keeps their order, and every amount that fits the
database (38 digits) is below 2^128. A heap of plain integers then serves; a lot that changed is
put in again and its old entry is skipped.

Units: none. Source: E14; design/speed.md.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

from gongxiang.economy.lot import Lot, cap_left

_FRACTION_BITS: Final = 256
_STEP_BITS: Final = 64
_STEP_MASK: Final = (1 << _STEP_BITS) - 1


@dataclass(slots=True, eq=False)
class ExitQueue:
    """Open lots by exit price; `first` is the one that leaves next, or None."""

    first: Lot | None = None
    _heap: list[int] = field(default_factory=list)
    _lots: dict[int, Lot] = field(default_factory=dict)

    def put(self, lot: Lot) -> None:
        """Put a lot in, or in again after it changed; one without points leaves the queue."""
        if not lot.left:
            lot.exit_key = -1
            self._lots.pop(lot.step, None)
        else:
            lot.exit_key = key = (
                (cap_left(lot) << _FRACTION_BITS) // lot.left << _STEP_BITS
            ) | lot.step
            self._lots[lot.step] = lot
            heappush(self._heap, key)
        first = self.first
        if first is None or first is lot or lot.exit_key < first.exit_key:
            self._find_first()

    def _find_first(self) -> None:
        heap, lots = self._heap, self._lots
        while heap:
            lot = lots.get(heap[0] & _STEP_MASK)
            if lot is not None and lot.exit_key == heap[0]:
                self.first = lot
                return
            heappop(heap)
        self.first = None
