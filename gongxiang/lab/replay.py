"""Replay: a file of events folded through the very engine that the platform uses.

    duplicates first, then the clock, then the event

An accepted line changes the world or the state; a refused one changes nothing but the clock; a
repeated one nothing at all. What was accepted is remembered as one hash an id, so memory grows
with accepted ids and lots, not with the size of the file.

Units: moments in microseconds, money in micro-yuan, points in atoms.
Source: spec/events.md; E7, E8, E10.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from msgspec import UNSET

from gongxiang.base.clock import (
    BEGINNING,
    SECOND,
    UnreadableMoment,
    next_shanghai_midnight,
    parse_at,
)
from gongxiang.base.money import FEN
from gongxiang.economy import machine
from gongxiang.economy.events import Event, Injected, Paid, Refunded, Sold, Withdrawn
from gongxiang.economy.movement import Movement
from gongxiang.economy.refusal import AmountOutOfRange, Refused, SaleExceedsHolding
from gongxiang.economy.state import State, opened
from gongxiang.economy.terms import Terms
from gongxiang.lab.lines import (
    AgentEndedLine,
    AgentLine,
    ClockLine,
    GrandRegionLine,
    InjectedLine,
    Line,
    Malformed,
    MemberLine,
    PaidLine,
    RefundedLine,
    SoldLine,
    StoreLine,
    WithdrawnLine,
)
from gongxiang.lab.world import NOBODY, UnknownStore, World
from gongxiang.rulebook.divisions import divisions

AMOUNT_FEN_MAX: Final = 4 * 10**14
"""The largest amount of one event, in fen (E1)."""

_DIGITS_MAX: Final = 60
"""More digits than any holding has: such a sale is refused without reading the number."""

Listener = Callable[[int, Line, int, Event | None], None]
"""Told of each accepted line: its number, itself, the clock, and the event it became, if any."""


class Duplicate(Refused):
    """An id that another line has taken."""

    reason = "duplicate"


class ClockRunsBack(Refused):
    """A line that is dated before one that was handled."""

    reason = "clock"


@dataclass(slots=True, eq=False)
class Replay:
    """One fold over a file: the world, the state, and what became of the lines."""

    terms: Terms
    on_accepted: Listener | None = None
    on_movements: Callable[[list[Movement]], None] | None = None
    world: World = field(init=False)
    state: State = field(init=False)
    refused: list[tuple[int, str]] = field(default_factory=list)
    repeated: int = 0
    is_stopped_by_clock: bool = False
    _seen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the platform with nothing but its genesis holding (E4)."""
        self.state = opened(self.terms)
        self.world = World(self.terms, divisions())

    def take(self, number: int, line: Line) -> None:
        """Handle one line; raises `Malformed` when its moment cannot be read."""
        self.is_stopped_by_clock = False
        digest = hash(line)
        seen = self._seen.get(line.id)
        if seen is not None:
            self._take_duplicate(number, digest == seen)
            return
        at = self._moment(number, line)
        state = self.state
        try:
            if at > state.clock:
                self._advance(at)
            elif at < state.clock:
                raise ClockRunsBack("dated before a line that was handled")
            event = _TAKE[type(line)](self, line)
        except Refused as refusal:
            self.refused.append((number, refusal.reason))
            return
        self._seen[line.id] = digest
        if self.on_accepted is not None:
            self.on_accepted(number, line, state.clock, event)

    def finish(self) -> State:
        """Settle what is left, unless the last line was an accepted `clock`; give the state."""
        if not self.is_stopped_by_clock:
            due = self.state.due
            if due:
                self._advance(max(entry[0] for entry in due))
        return self.state

    def _take_duplicate(self, number: int, is_same: bool) -> None:  # noqa: FBT001
        if is_same:
            self.repeated += 1
        else:
            self.refused.append((number, Duplicate.reason))

    def _moment(self, number: int, line: Line) -> int:
        text = line.at
        if text is UNSET:
            return self.state.clock
        try:
            return parse_at(text)
        except UnreadableMoment as error:
            raise Malformed(number, f"`at` {error} is not YYYY-MM-DDThh:mm:ss±hh:mm") from None

    def _advance(self, at: int) -> None:
        movements: list[Movement] = []
        machine.advance(self.state, at, movements)
        if movements and self.on_movements is not None:
            self.on_movements(movements)

    def _apply(self, event: Event) -> Event:
        _, movements = machine.apply(self.state, event)
        if self.on_movements is not None:
            self.on_movements(movements)
        return event

    def _pay(self, line: PaidLine) -> Event:
        amount = _amount(line.amount_fen)
        store = self.world.stores.get(line.store)
        if store is None:
            raise UnknownStore(f"{line.store} was not introduced")
        clock = self.state.clock
        rewards = self.world.rewards(line.member, store, at=clock)
        self.world.members.setdefault(line.member, NOBODY)
        return self._apply(
            Paid(
                line.id,
                line.member,
                line.store,
                amount,
                store.commission_rate,
                rewards,
                clock + self.terms.window * SECOND,
                self.terms,
            )
        )

    def _refund(self, line: RefundedLine) -> Event:
        return self._apply(Refunded(line.id, line.order, _amount(line.amount_fen)))

    def _sell(self, line: SoldLine) -> Event:
        digits = line.points.lstrip("0")
        if len(digits) > _DIGITS_MAX:
            raise SaleExceedsHolding("more than anybody holds")
        return self._apply(Sold(line.id, line.member, int(digits or "0")))

    def _inject(self, line: InjectedLine) -> Event:
        return self._apply(Injected(line.id, _amount(line.amount_fen)))

    def _withdraw(self, line: WithdrawnLine) -> Event:
        return self._apply(Withdrawn(line.id, line.member, _amount(line.amount_fen)))

    def _clock(self, _line: ClockLine) -> None:
        self.is_stopped_by_clock = True

    def _join(self, line: MemberLine) -> None:
        self.world.join(line)

    def _open_store(self, line: StoreLine) -> None:
        self.world.open_store(line)

    def _name_region(self, line: GrandRegionLine) -> None:
        self.world.name_region(line)

    def _appoint(self, line: AgentLine) -> None:
        self.world.appoint(line, start_at=self._period_edge(line))

    def _dismiss(self, line: AgentEndedLine) -> None:
        self.world.dismiss(line, end_at=self._period_edge(line))

    def _period_edge(self, line: AgentLine | AgentEndedLine) -> int:
        """Give when a contract begins or ends: the next midnight, or at once if undated (R5)."""
        clock = self.state.clock
        return clock if line.at is UNSET else next_shanghai_midnight(clock)


def fold(lines: Iterable[tuple[int, Line]], terms: Terms) -> Replay:
    """Fold lines to their end."""
    replay = Replay(terms)
    for number, line in lines:
        replay.take(number, line)
    replay.finish()
    return replay


def _amount(amount_fen: int) -> int:
    if not 1 <= amount_fen <= AMOUNT_FEN_MAX:
        raise AmountOutOfRange(f"{amount_fen} fen is not within 1 and {AMOUNT_FEN_MAX}")
    return amount_fen * FEN


_TAKE: Final[dict[type, Callable[..., Event | None]]] = {
    MemberLine: Replay._join,
    StoreLine: Replay._open_store,
    GrandRegionLine: Replay._name_region,
    AgentLine: Replay._appoint,
    AgentEndedLine: Replay._dismiss,
    PaidLine: Replay._pay,
    RefundedLine: Replay._refund,
    SoldLine: Replay._sell,
    InjectedLine: Replay._inject,
    WithdrawnLine: Replay._withdraw,
    ClockLine: Replay._clock,
}
