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
    SECOND,
    UnreadableMoment,
    next_shanghai_midnight,
    parse_at,
    shanghai_day_start,
)
from gongxiang.base.money import FEN
from gongxiang.economy import machine
from gongxiang.economy.events import (
    Event,
    Injected,
    Key,
    Paid,
    Refunded,
    Sold,
    StorePaidIn,
    StoreReceived,
    WithdrawalReturned,
    Withdrawn,
)
from gongxiang.economy.movement import Movement
from gongxiang.economy.refusal import AmountOutOfRange, Refused, SaleExceedsHolding
from gongxiang.economy.state import State, opened
from gongxiang.economy.terms import Terms
from gongxiang.lab.lines import (
    AgentEndedLine,
    AgentLine,
    ClaimedLine,
    ClockLine,
    Entry,
    GrandRegionLine,
    InjectedLine,
    Introduction,
    Line,
    Malformed,
    MemberLine,
    OwnerChangedLine,
    PaidLine,
    RateChangedLine,
    RefundedLine,
    Row,
    SoldLine,
    StoreLine,
    StorePaidInLine,
    StoreReceivedLine,
    WithdrawalReturnedLine,
    WithdrawnLine,
)
from gongxiang.lab.world import UnknownStore, World
from gongxiang.rulebook.divisions import divisions

AMOUNT_FEN_MAX: Final = 4 * 10**14
"""The largest amount of one event, in fen (E1)."""

_DIGITS_MAX: Final = 60
"""More digits than any holding has: such a sale is refused without reading the number."""

_DIGEST_CUT: Final = 4
"""A digest of 60 bits takes a third less memory than one of 64."""

Listener = Callable[[int, Line, int, Event | None], None]
"""Told of each accepted line: its number, itself, the clock, and the event it became, if any."""


class Duplicate(Refused):
    """An id that another line has taken."""

    reason = "duplicate"


class NoSuchWithdrawal(Refused):
    """A withdrawal that is not known, or came back already (P4)."""

    reason = "withdrawal"


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
    withdrawals: dict[str, tuple[str, int]] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the platform with nothing but its genesis holding (E4)."""
        self.state = opened(self.terms)
        self.world = World(self.terms, divisions())

    def take(self, number: int, entry: Entry) -> None:
        """Handle one line; raises `Malformed` when its moment cannot be read."""
        self.is_stopped_by_clock = False
        digest = hash(entry) >> _DIGEST_CUT
        seen = self._seen.get(entry.id)
        try:
            if seen is not None:
                self._take_again(number, entry, is_same=digest == seen)
                return
            if entry.at is not UNSET:
                self._reach(parse_at(entry.at))
            event = _TAKE[type(entry)](self, entry)
        except Refused as refusal:
            if type(entry) is not Introduction:
                self.refused.append((number, refusal.reason))
            return
        except UnreadableMoment as error:
            raise Malformed(number, f"`at` {error} is not YYYY-MM-DDThh:mm:ss±hh:mm") from None
        self._seen[entry.id] = digest
        if self.on_accepted is not None:
            line = entry.line if isinstance(entry, Row | Introduction) else entry
            self.on_accepted(number, line, self.state.clock, event)

    def finish(self) -> State:
        """Settle what is left, unless the last line was an accepted `clock`; give the state."""
        if not self.is_stopped_by_clock:
            due = self.state.due
            if due:
                self._reach(max(entry[0] for entry in due))
        return self.state

    def apply(self, event: Event) -> Event:
        """Fold an event, telling what moved if somebody listens; raises its `Refused`."""
        if self.on_movements is None:
            machine.fold(self.state, event, None)
        else:
            _, movements = machine.apply(self.state, event)
            self.on_movements(movements)
        return event

    def _take_again(self, number: int, entry: Entry, *, is_same: bool) -> None:
        if is_same:
            self.repeated += 1
            return
        if entry.at is not UNSET:
            parse_at(entry.at)
        raise Duplicate(f"{entry.id} of line {number} was accepted before, as another object")

    def _reach(self, at: int) -> None:
        """Move the clock to a moment, settling what becomes due; raises `ClockRunsBack`."""
        clock = self.state.clock
        if at == clock:
            return
        if at < clock:
            raise ClockRunsBack("dated before a line that was handled")
        movements: list[Movement] | None = None if self.on_movements is None else []
        machine.advance(self.state, at, movements)
        if movements and self.on_movements is not None:
            self.on_movements(movements)


def fold(entries: Iterable[tuple[int, Entry]], terms: Terms) -> Replay:
    """Fold lines to their end."""
    replay = Replay(terms)
    for number, entry in entries:
        replay.take(number, entry)
    replay.finish()
    return replay


def _amount(amount_fen: int) -> int:
    if not 1 <= amount_fen <= AMOUNT_FEN_MAX:
        raise AmountOutOfRange(f"{amount_fen} fen is not within 1 and {AMOUNT_FEN_MAX}")
    return amount_fen * FEN


def _join(replay: Replay, line: MemberLine) -> None:
    replay.world.join(line)


def _open_store(replay: Replay, line: StoreLine) -> None:
    replay.world.open_store(line)


def _name_region(replay: Replay, line: GrandRegionLine) -> None:
    replay.world.name_region(line)


def _appoint(replay: Replay, line: AgentLine) -> None:
    replay.world.appoint(line, start_at=_period_edge(replay, line))


def _dismiss(replay: Replay, line: AgentEndedLine) -> None:
    replay.world.dismiss(line, end_at=_period_edge(replay, line))


def _period_edge(replay: Replay, line: AgentLine | AgentEndedLine) -> int:
    """Give when a contract begins or ends: the next midnight, or at once if undated (R5)."""
    clock = replay.state.clock
    return clock if line.at is UNSET else next_shanghai_midnight(clock)


def _pay(replay: Replay, line: PaidLine) -> Event:
    spend = _amount(line.amount_fen)
    world, terms, clock = replay.world, replay.terms, replay.state.clock
    store = world.stores.get(line.store)
    if store is None:
        raise UnknownStore(f"{line.store} was not introduced")
    person = world.meet(line.member)
    rewards = world.rewards(person, store, at=clock)
    due_at = clock + terms.window * SECOND if terms.window else clock
    return replay.apply(
        Paid(line.id, person.id, store.id, spend, store.commission_rate, rewards, due_at, terms)
    )


def _refund(replay: Replay, line: RefundedLine) -> Event:
    amount = _amount(line.amount_fen)
    return replay.apply(Refunded(line.id, line.order, amount, own_rate=line.own_rate))


def _sell(replay: Replay, line: SoldLine) -> Event:
    digits = line.points.lstrip("0")
    if len(digits) > _DIGITS_MAX:
        raise SaleExceedsHolding("more than anybody holds")
    return replay.apply(Sold(line.id, line.member, int(digits or "0")))


def _inject(replay: Replay, line: InjectedLine) -> Event:
    return replay.apply(Injected(line.id, _amount(line.amount_fen)))


def _withdraw(replay: Replay, line: WithdrawnLine) -> Event:
    amount = _amount(line.amount_fen)
    event = replay.apply(Withdrawn(line.id, line.member, amount))
    replay.withdrawals[line.id] = (line.member, amount)
    return event


def _take_back(replay: Replay, line: WithdrawalReturnedLine) -> Event:
    found = replay.withdrawals.pop(line.withdrawal, None)
    if found is None:
        raise NoSuchWithdrawal(f"{line.withdrawal} is no withdrawal that is out")
    return replay.apply(WithdrawalReturned(line.id, line.withdrawal, *found))


def _receive(replay: Replay, line: StoreReceivedLine) -> Event:
    amount, store = _amount(line.amount_fen), _known_store(replay, line.store)
    return replay.apply(StoreReceived(line.id, store, amount))


def _pay_in(replay: Replay, line: StorePaidInLine) -> Event:
    amount, store = _amount(line.amount_fen), _known_store(replay, line.store)
    return replay.apply(StorePaidIn(line.id, store, amount))


def _known_store(replay: Replay, key: str) -> Key:
    store = replay.world.stores.get(key)
    if store is None:
        raise UnknownStore(f"{key} was not introduced")
    return store.id


def _claim(replay: Replay, line: ClaimedLine) -> None:
    replay.world.claim(line)


def _change_rate(replay: Replay, line: RateChangedLine) -> None:
    replay.world.change_rate(line, since=shanghai_day_start(line.since), clock=replay.state.clock)


def _change_owner(replay: Replay, line: OwnerChangedLine) -> None:
    replay.world.change_owner(line)


def _stop_clock(replay: Replay, line: ClockLine) -> None:
    del line
    replay.is_stopped_by_clock = True


def _take_row(replay: Replay, row: Row) -> Event | None:
    return _TAKE[type(row.line)](replay, row.line)


def _introduce(replay: Replay, introduction: Introduction) -> None:
    replay.world.open_store(introduction.line)


_TAKE: Final[dict[type, Callable[..., Event | None]]] = {
    MemberLine: _join,
    StoreLine: _open_store,
    GrandRegionLine: _name_region,
    AgentLine: _appoint,
    AgentEndedLine: _dismiss,
    PaidLine: _pay,
    RefundedLine: _refund,
    SoldLine: _sell,
    InjectedLine: _inject,
    WithdrawnLine: _withdraw,
    ClockLine: _stop_clock,
    WithdrawalReturnedLine: _take_back,
    StoreReceivedLine: _receive,
    StorePaidInLine: _pay_in,
    ClaimedLine: _claim,
    RateChangedLine: _change_rate,
    OwnerChangedLine: _change_owner,
    Row: _take_row,
    Introduction: _introduce,
}
