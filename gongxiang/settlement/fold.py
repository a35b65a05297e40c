"""Folding a stretch of the sequence through the economy, and what is to be written of it.

Facts and due orders are merged into one order of places; each is handed to `machine.apply`, and
what moved is gathered: postings in a book, lots that are new or changed, one row for each step.
A fold may end before its stretch does, where the price reaches lots that were not loaded; the next
batch goes on with their exits before anything else (E14).

Units: micro-yuan, atoms, microseconds.
Source: E7, E8, E10, E14.
"""

from dataclasses import dataclass, field
from typing import Final

from gongxiang.base.clock import to_datetime
from gongxiang.base.money import POINT
from gongxiang.economy import machine
from gongxiang.economy.agency import LEVELS, rates
from gongxiang.economy.events import (
    Due,
    Event,
    Injected,
    Paid,
    Refunded,
    Reward,
    Sold,
    Withdrawn,
    WithdrawalReturned,
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
    paid_back,
    paid_in,
)
from gongxiang.economy.refusal import Refused
from gongxiang.economy.state import State
from gongxiang.economy.terms import Terms
from gongxiang.ledger.chain import step_line
from gongxiang.ledger.posting import Book
from gongxiang.orders.models import Kind
from gongxiang.points.models import StepKind
from gongxiang.settlement.load import DueRow, FactRow, Stretch
from gongxiang.settlement.place import WHERE_RECORDED, Place

_MAY_BE_REFUSED: Final = {Kind.SOLD, Kind.WITHDRAWN}

NO_LOT: Final = 0
"""The lot of a step that is about none."""


@dataclass(slots=True, eq=False)
class Handled:
    """What a batch writes: postings, lots, steps, and where in the sequence it ends."""

    place: Place
    book: Book = field(default_factory=Book)
    minted: dict[int, tuple[Lot, int]] = field(default_factory=dict)
    changed: dict[int, Lot] = field(default_factory=dict)
    exited: dict[int, int] = field(default_factory=dict)
    vouchers_taken: dict[int, int] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    step_lines: list[str] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    outcomes: list[tuple[int, int, str, int]] = field(default_factory=list)
    """Home, fact, why it was refused ("" = accepted), amount, of sales and withdrawals."""
    orders: int = 0


@dataclass(slots=True, eq=False)
class Folder:
    """The fold of one batch."""

    state: State
    handled: Handled
    terms: dict[int, Terms]
    batch: int
    cases: dict[int, int]
    sales: dict[int, tuple[int, int | None]]
    _rates: dict[tuple[int, tuple[bool, ...]], tuple[int, ...]] = field(default_factory=dict)

    def run(self, stretch: Stretch) -> None:
        """Fold the stretch to its end, or to where lots are needed that were not loaded."""
        movements: list[Movement] = []
        run_exits(self.state, movements)
        self._take(movements)
        if not self.may_go_on():
            return
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
        at, number, kind, home, amount, digest = fact
        self.state.clock = at
        if kind in _MAY_BE_REFUSED:
            self._try(fact)
            return
        self.handled.digests.append(digest)
        if kind == Kind.PAID:
            self.handled.book.add(paid_in(amount), event=number)
        elif kind == Kind.RETURNED:
            self.handled.book.add(paid_back(amount), event=number)
        else:
            event = self._event(kind, number, home, amount)
            if event is not None:
                self._apply(event)

    def _try(self, fact: FactRow) -> None:
        """Apply what only its place can decide; a refusal is an answer and leaves no trace."""
        _, number, kind, home, amount, digest = fact
        event = self._event(kind, number, home, amount)
        assert event is not None, "sales and withdrawals are events"
        try:
            _, movements = machine.apply(self.state, event)
        except Refused as refusal:
            self.handled.outcomes.append((home, number, refusal.reason, 0))
            return
        self.handled.digests.append(digest)
        done = movements[0]
        net = done.net if isinstance(done, PointsSold) else amount
        self.handled.outcomes.append((home, number, "", net))
        self._take(movements)

    def _event(self, kind: int, number: int, home: int, amount: int) -> Event | None:
        if kind == Kind.CASE:
            return Refunded(number, self.cases[number], amount)
        if kind == Kind.SOLD:
            return Sold(number, home, *self.sales[number])
        if kind == Kind.INJECTED:
            return Injected(number, amount)
        if kind == Kind.WITHDRAWN:
            return Withdrawn(number, home, amount)
        if kind == Kind.WITHDRAWAL_RETURNED:
            return WithdrawalReturned(number, number, home, amount)
        return None

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
        direct, indirect, recruiter = row[8:11]
        found: list[Reward] = []
        if direct is not None and terms.direct:
            found.append(("direct", direct, terms.direct))
        if indirect is not None and terms.indirect:
            found.append(("indirect", indirect, terms.indirect))
        if recruiter is not None and terms.recruiter:
            found.append(("recruiter", recruiter, terms.recruiter))
        agents = row[11:15]
        filled = tuple(agent is not None for agent in agents)
        key = (row[7], filled)
        agent_rates = self._rates.get(key)
        if agent_rates is None:
            agent_rates = self._rates[key] = rates(filled, terms=terms)
        for level, agent, rate in zip(LEVELS, agents, agent_rates, strict=True):
            if rate:
                found.append((level, agent, rate))
        return tuple(found)

    def _apply(self, event: Event) -> None:
        _, movements = machine.apply(self.state, event)
        self._take(movements)

    def _take(self, movements: list[Movement]) -> None:
        for movement in movements:
            _TAKE[type(movement)](self, movement)

    def _settled(self, movement: Settled) -> None:
        lot = movement.lot
        number = int(lot.order)
        self.handled.book.add(movement.postings(), event=number)
        self.handled.minted[number] = (lot, movement.vouchers)
        self._step(movement, StepKind.MINT, lot, number, movement.parts.inflow, lot.minted)

    def _sold(self, movement: PointsSold) -> None:
        self.handled.book.add(movement.postings(), event=int(movement.sale))
        for piece in movement.pieces:
            self._change(piece.lot)
        self._step(
            movement, StepKind.SALE, None, int(movement.sale), -movement.net, -movement.points
        )

    def _exited(self, movement: Exited) -> None:
        piece = movement.piece
        number = int(piece.lot.order)
        self.handled.book.add(movement.postings(), event=number)
        self.handled.exited[number] = movement.step
        self._change(piece.lot)
        self._step(movement, StepKind.EXIT, piece.lot, number, -piece.net, -piece.points)

    def _refunded(self, movement: RefundedByCase) -> None:
        lot = movement.lot
        self.handled.book.add(movement.postings(), event=int(movement.refund))
        taken = self.handled.vouchers_taken
        taken[int(lot.order)] = taken.get(int(lot.order), 0) + movement.vouchers
        self._change(lot)
        self._step(
            movement,
            StepKind.REFUND,
            lot,
            int(movement.refund),
            movement.kept - movement.pays,
            -movement.burned,
        )

    def _injected(self, movement: CapitalInjected) -> None:
        self.handled.book.add(movement.postings(), event=int(movement.injection))
        self._step(movement, StepKind.INJECTION, None, int(movement.injection), movement.amount, 0)

    def _withdrawn(self, movement: CashWithdrawn) -> None:
        self.handled.book.add(movement.postings(), event=int(movement.withdrawal))

    def _returned(self, movement: CashReturned) -> None:
        self.handled.book.add(movement.postings(), event=int(movement.returned))

    def _change(self, lot: Lot) -> None:
        number = int(lot.order)
        if number not in self.handled.minted:
            self.handled.changed[number] = lot

    def _step(  # noqa: PLR0913  a step is what it is
        self,
        movement: PoolMovement,
        kind: StepKind,
        lot: Lot | None,
        event: int,
        amount: int,
        points: int,
    ) -> None:
        home, order, minted = (0, 0, NO_LOT) if lot is None else (lot.member, lot.order, lot.step)
        if isinstance(movement, PointsSold):
            home = movement.member
        step, money, circulating = movement.step, movement.money, movement.circulating
        self.handled.steps.append(
            f"{step}\t{self.batch}\t{kind.value}\t{moment_text(self.state.clock)}\t{home}\t{order}"
            f"\t{event}\t{amount}\t{points}\t{money}\t{circulating}\n"
        )
        self.handled.step_lines.append(
            step_line(
                step=step,
                kind=kind.value,
                lot=minted,
                amount=amount,
                points=points,
                money=money,
                circulating=circulating,
            )
        )


def moment_text(at: int) -> str:
    """Give a moment as the database's COPY reads it."""
    return to_datetime(at).isoformat()


def _merged(stretch: Stretch) -> list[tuple[Place, FactRow | None, DueRow | None]]:
    """Put facts and due orders into one order of places; an order paid and due at one place is one."""
    found: dict[Place, tuple[FactRow | None, DueRow | None]] = {
        (fact[0], WHERE_RECORDED, fact[1]): (fact, None) for fact in stretch.facts
    }
    for row in stretch.due:
        place = (row[0], row[1], row[2])
        found[place] = (found.get(place, (None, None))[0], row)
    end = stretch.end
    return [(place, *found[place]) for place in sorted(found) if end is None or place <= end]


_TAKE: Final = {
    Settled: Folder._settled,
    PointsSold: Folder._sold,
    Exited: Folder._exited,
    RefundedByCase: Folder._refunded,
    CapitalInjected: Folder._injected,
    CashWithdrawn: Folder._withdrawn,
    CashReturned: Folder._returned,
}
