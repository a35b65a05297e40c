"""Folding a stretch of the sequence through the economy, and what is to be written of it.

Facts and due orders are merged into one order of places; each is handed to `machine.apply`, and
what moved is gathered: postings in a book, lots that are new or changed, one row for each step.
A fold may end before its stretch does, where the price reaches lots that were not loaded; the next
batch goes on with their exits before anything else (E14).

Units: micro-yuan, atoms, microseconds.
Source: E7, E8, E10, E14.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gongxiang.base.money import POINT
from gongxiang.economy import machine
from gongxiang.economy.events import (
    Due,
    Event,
    Injected,
    Key,
    Paid,
    Refunded,
    Reward,
    Sold,
    StorePaidIn,
    StoreReceived,
    WithdrawalReturned,
    Withdrawn,
)
from gongxiang.economy.exit import run_exits
from gongxiang.economy.lot import Lot
from gongxiang.economy.movement import (
    CapitalInjected,
    CashReturned,
    CashWithdrawn,
    Exited,
    Movement,
    PointsSold,
    PoolMovement,
    RefundedByCase,
    Settled,
    StoreMoneyPaidIn,
    StoreMoneyReceived,
    paid_back,
    paid_in,
)
from gongxiang.economy.refusal import Refused
from gongxiang.economy.reward import of_referral, of_store
from gongxiang.economy.state import State
from gongxiang.economy.terms import Terms
from gongxiang.ledger.posting import NOT_AN_EVENT, Book
from gongxiang.orders.models import Kind
from gongxiang.points.models import StepKind
from gongxiang.settlement.load import DueRow, FactRow, Stretch
from gongxiang.settlement.place import WHERE_RECORDED, Place

_MAY_BE_REFUSED: Final = {Kind.SOLD, Kind.WITHDRAWN}

_OF_A_PARTY: Final[dict[int, Callable[[Key, Key, int], Event]]] = {
    Kind.WITHDRAWN: Withdrawn,
    Kind.STORE_RECEIVED: StoreReceived,
    Kind.STORE_PAID_IN: StorePaidIn,
}
NOBODY: Final = 0
NO_ORDER: Final = 0
NO_LOT: Final = 0
"""Whose a step is, which order and which lot it is about, where it is about none."""

StepRow = tuple[int, int, int, int, int, int, int, int, int, int, int]
"""Step, kind, moment, home, order, event, step of the lot's minting, amount, points, the pair."""


@dataclass(slots=True, eq=False)
class Handled:
    """What a batch writes: postings, lots, steps, and where in the sequence it ends."""

    place: Place
    book: Book = field(default_factory=Book)
    minted: dict[int, tuple[Lot, int]] = field(default_factory=dict)
    changed: dict[int, Lot] = field(default_factory=dict)
    exited: dict[int, int] = field(default_factory=dict)
    vouchers_taken: dict[int, int] = field(default_factory=dict)
    steps: list[StepRow] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    row_digests: list[bytes] = field(default_factory=list)
    """Of every fact that was handled, refused ones as well."""
    outcomes: list[tuple[int, int, str, int]] = field(default_factory=list)
    """Home, fact, why it was refused ("" = accepted), amount, of what its place decides."""
    orders: int = 0


@dataclass(slots=True, eq=False)
class Folder:
    """The fold of one batch."""

    state: State
    handled: Handled
    terms: dict[int, Terms]
    batch: int
    cases: dict[int, tuple[int, bool, int]]
    """The order of each refund by case, and whether what falls on the store must be covered."""
    sales: dict[int, tuple[int, int | None]]
    _of_stores: dict[tuple[int | None, ...], tuple[Reward, ...]] = field(default_factory=dict)
    _paid_in: int = 0
    _paid_back: int = 0

    def run(self, stretch: Stretch) -> None:
        """Fold the stretch to its end, or to where lots are needed that were not loaded."""
        movements: list[Movement] = []
        run_exits(self.state, movements)
        self._take(movements)
        if self.may_go_on():
            self._go_through(stretch)
        book = self.handled.book
        book.add(paid_in(self._paid_in), event=NOT_AN_EVENT)
        book.add(paid_back(self._paid_back), event=NOT_AN_EVENT)

    def _go_through(self, stretch: Stretch) -> None:
        for place, fact, due in _merged(stretch):
            if fact is not None:
                self._take_fact(fact)
            if due is not None:
                self._settle(due)
            self.handled.place = place
            if not self.may_go_on():
                return

    def may_go_on(self) -> bool:
        """Tell whether every lot that could be at its cap was loaded (E14)."""
        state = self.state
        known = state.exits.known_until
        return known is None or state.money * POINT < (known + 1) * state.circulating

    def _take_fact(self, fact: FactRow) -> None:
        at, number, kind, home, amount, digest, of_row = fact
        self.state.clock = at
        self.handled.row_digests.append(of_row)
        if kind in _MAY_BE_REFUSED or (kind == Kind.CASE and self.cases[number][1]):
            self._try(fact)
            return
        self.handled.digests.append(digest)
        if kind == Kind.PAID:
            self._paid_in += amount
        elif kind == Kind.RETURNED:
            self._paid_back += amount
        else:
            event = self._event(kind, number, home, amount)
            if event is not None:
                self._apply(event)

    def _try(self, fact: FactRow) -> None:
        """Apply what only its place can decide; a refusal is an answer and leaves no trace."""
        _, number, kind, home, amount, digest, _ = fact
        event = self._event(kind, number, home, amount)
        assert event is not None, "sales, withdrawals and cases are events"
        try:
            _, movements = machine.apply(self.state, event)
        except Refused as refusal:
            self.handled.outcomes.append((home, number, refusal.reason, 0))
            return
        self.handled.digests.append(digest)
        self.handled.outcomes.append((home, number, "", brought(movements[0], amount)))
        self._take(movements)

    def _event(self, kind: int, number: int, home: int, amount: int) -> Event | None:
        if kind == Kind.CASE:
            return Refunded(number, self.cases[number][0], amount, *self.cases[number][1:])
        if kind == Kind.SOLD:
            return Sold(number, home, *self.sales[number])
        if kind == Kind.INJECTED:
            return Injected(number, amount)
        if kind == Kind.WITHDRAWAL_RETURNED:
            return WithdrawalReturned(number, number, home, amount)
        event = _OF_A_PARTY.get(kind)
        return None if event is None else event(number, home, amount)

    def _settle(self, row: DueRow) -> None:
        spend = row[5]
        if not spend:
            return
        terms = self.terms[row[7]]
        paid = Paid(row[2], row[3], row[4], spend, row[6], self._rewards(row, terms), row[0], terms)
        self.state.clock = max(self.state.clock, row[0])
        self._apply(Due(paid))
        self.handled.orders += 1

    def _rewards(self, row: DueRow, terms: Terms) -> tuple[Reward, ...]:
        """Give an order's rewards from the persons that were frozen on it (E7, R1)."""
        store = row[7], *row[10:15]
        of_its_store = self._of_stores.get(store)
        if of_its_store is None:
            of_its_store = of_store(row[10], row[11:15], terms=terms)
            self._of_stores[store] = of_its_store
        return of_referral(row[8], row[9], terms=terms) + of_its_store

    def _apply(self, event: Event) -> None:
        _, movements = machine.apply(self.state, event)
        self._take(movements)

    def _take(self, movements: list[Movement]) -> None:
        for movement in movements:
            _TAKE[type(movement)](self, movement)


def brought(movement: Movement, amount: int) -> int:
    """Give what the answer to a fact says: what a sale or a refund paid, else its amount."""
    if isinstance(movement, PointsSold):
        return movement.net
    return movement.to_channel if isinstance(movement, RefundedByCase) else amount


def _settled(fold: Folder, movement: Settled) -> None:
    lot = movement.lot
    number = int(lot.order)
    fold.handled.book.add(movement.postings(), event=number)
    fold.handled.minted[number] = (lot, movement.vouchers)
    _step(
        fold, movement, StepKind.MINT, lot, event=number, moved=(movement.parts.inflow, lot.minted)
    )


def _sold(fold: Folder, movement: PointsSold) -> None:
    number = int(movement.sale)
    fold.handled.book.add(movement.postings(), event=number)
    for piece in movement.pieces:
        _change(fold, piece.lot)
    moved = -movement.net, -movement.points
    _step(fold, movement, StepKind.SALE, None, event=number, moved=moved)


def _exited(fold: Folder, movement: Exited) -> None:
    piece = movement.piece
    number = int(piece.lot.order)
    fold.handled.book.add(movement.postings(), event=number)
    fold.handled.exited[number] = movement.step
    _change(fold, piece.lot)
    moved = -piece.net, -piece.points
    _step(fold, movement, StepKind.EXIT, piece.lot, event=number, moved=moved)


def _refunded(fold: Folder, movement: RefundedByCase) -> None:
    lot = movement.lot
    number, order = int(movement.refund), int(lot.order)
    fold.handled.book.add(movement.postings(), event=number)
    taken = fold.handled.vouchers_taken
    taken[order] = taken.get(order, 0) + movement.vouchers
    _change(fold, lot)
    moved = movement.kept - movement.pays, -movement.burned
    _step(fold, movement, StepKind.REFUND, lot, event=number, moved=moved)


def _injected(fold: Folder, movement: CapitalInjected) -> None:
    number = int(movement.injection)
    fold.handled.book.add(movement.postings(), event=number)
    moved = movement.amount, 0
    _step(fold, movement, StepKind.INJECTION, None, event=number, moved=moved)


def _withdrawn(fold: Folder, movement: CashWithdrawn) -> None:
    fold.handled.book.add(movement.postings(), event=int(movement.withdrawal))


def _received(fold: Folder, movement: StoreMoneyReceived) -> None:
    fold.handled.book.add(movement.postings(), event=int(movement.received))


def _paid_in(fold: Folder, movement: StoreMoneyPaidIn) -> None:
    fold.handled.book.add(movement.postings(), event=int(movement.paid_in))


def _returned(fold: Folder, movement: CashReturned) -> None:
    fold.handled.book.add(movement.postings(), event=int(movement.returned))


def _change(fold: Folder, lot: Lot) -> None:
    number = int(lot.order)
    if number not in fold.handled.minted:
        fold.handled.changed[number] = lot


def _step(
    fold: Folder,
    movement: PoolMovement,
    kind: StepKind,
    lot: Lot | None,
    *,
    event: int,
    moved: tuple[int, int],
) -> None:
    """Add a step: `moved` is the money and the points that entered the pool (E8)."""
    home, order, minted = NOBODY, NO_ORDER, NO_LOT
    if lot is not None:
        home, order, minted = int(lot.member), int(lot.order), lot.step
    elif isinstance(movement, PointsSold):
        home = int(movement.member)
    pair = movement.money, movement.circulating
    at = fold.state.clock
    fold.handled.steps.append((movement.step, kind, at, home, order, event, minted, *moved, *pair))


def _merged(stretch: Stretch) -> list[tuple[Place, FactRow | None, DueRow | None]]:
    """Put facts and due orders into one order of places; an order may be paid and due at one."""
    found: dict[Place, tuple[FactRow | None, DueRow | None]] = {
        (fact[0], WHERE_RECORDED, fact[1]): (fact, None) for fact in stretch.facts
    }
    for row in stretch.due:
        place = (row[0], row[1], row[2])
        found[place] = (found.get(place, (None, None))[0], row)
    end = stretch.end
    return [(place, *found[place]) for place in sorted(found) if end is None or place <= end]


_TAKE: Final[dict[type, Callable[..., None]]] = {
    Settled: _settled,
    PointsSold: _sold,
    Exited: _exited,
    RefundedByCase: _refunded,
    CapitalInjected: _injected,
    CashWithdrawn: _withdrawn,
    CashReturned: _returned,
    StoreMoneyReceived: _received,
    StoreMoneyPaidIn: _paid_in,
}
