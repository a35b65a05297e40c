"""The exit queue: which lot reaches its cap next (E14).

Lots leave in the order of `cap left / left`, exact, then of settlement. The fraction is kept as
one whole number, `(cap left << 256) // left`: two different fractions whose denominators are below
2^128 differ by more than 2^-256, so cutting keeps their order, and every amount that fits the
database (38 digits) is below 2^128. A heap of plain integers then serves; a lot that changed is
put in again and its old entry is skipped.

Most lots are far from their cap, so only those below a horizon, twice the price when it was set,
stand in the heap. The price never falls (E5): when it reaches the horizon, a new one is set and
the far lots are looked at again, once for each doubling of the price.

Units: none. Source: E14; design/speed.md.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

from gongxiang.economy.lot import Lot, cap_left, exit_price, is_at_cap

HORIZON: Final = 2
"""How many times the price the horizon is set at: each lot is looked at once a doubling."""

_FRACTION_BITS: Final = 256
_STEP_BITS: Final = 64
_STEP_MASK: Final = (1 << _STEP_BITS) - 1
_GONE: Final = 0
_FAR: Final = -1


@dataclass(slots=True, eq=False)
class ExitQueue:
    """Open lots by exit price: those below the horizon in a heap, the others in a list.

    Prices are pairs of money and points, as the pool's is. Below `_quiet` nothing can leave.
    Whoever holds only a part of all lots says up to which exit price (`lot.exit_price`) he knows
    them all: beyond it no lot is given, because one that is not known may leave before.
    """

    known_until: int | None = None
    _quiet: tuple[int, int] = (0, 1)
    _horizon: tuple[int, int] = (0, 1)
    _heap: list[int] = field(default_factory=list)
    _near: dict[int, Lot] = field(default_factory=dict)
    _far: list[Lot] = field(default_factory=list)

    def put(self, lot: Lot) -> None:
        """Put a lot in, or in again after it changed; one without points leaves the queue."""
        left = lot.left
        if not left:
            lot.exit_key = _GONE
            self._near.pop(lot.step, None)
            return
        cap = cap_left(lot)
        money, points = self._horizon
        if cap * points > left * money:
            if lot.exit_key != _FAR:
                lot.exit_key = _FAR
                self._far.append(lot)
            return
        lot.exit_key = key = (cap << _FRACTION_BITS) // left << _STEP_BITS | lot.step
        self._near[lot.step] = lot
        heappush(self._heap, key)
        if self._heap[0] == key:
            self._quiet = (cap, left)

    def first_at_cap(self, *, money: int, circulating: int) -> Lot | None:
        """Give the lot that leaves next at the pair, or None when none is at its cap (E13)."""
        quiet_money, quiet_points = self._quiet
        if money * quiet_points < quiet_money * circulating:
            return None
        if money * self._horizon[1] >= self._horizon[0] * circulating:
            self._look_further(money, circulating)
        lot = self._first()
        if lot is None:
            self._quiet = self._horizon
            return None
        self._quiet = (cap_left(lot), lot.left)
        if not is_at_cap(lot, money=money, circulating=circulating) or not self._is_known(lot):
            return None
        return lot

    def _is_known(self, lot: Lot) -> bool:
        return self.known_until is None or exit_price(lot) <= self.known_until

    def _first(self) -> Lot | None:
        """Give the nearest lot, dropping entries of lots that have changed or gone."""
        heap = self._heap
        while heap:
            lot = self._near.get(heap[0] & _STEP_MASK)
            if lot is not None and lot.exit_key == heap[0]:
                return lot
            heappop(heap)
        return None

    def _look_further(self, money: int, circulating: int) -> None:
        """Set the horizon at a multiple of the price, and put in the far lots once more."""
        self._horizon = (HORIZON * money, circulating)
        far, self._far = self._far, []
        for lot in far:
            if lot.exit_key == _FAR:
                lot.exit_key = _GONE
                self.put(lot)
