"""The audit of the database: fold the history once more and compare every row that it wrote.

    strays     no row stands outside what a fact or a batch accounts for (strays.py)
    facts      each line, put together from the tables, has the digest that was recorded, and its
               rows say beside it what the rules give (rows.py)
    batches    postings, steps and hashes are the ones that the fold gives
    standing   lots, balances and the pool are the ones that the fold ends with (standing.py)
    days       each root is the hash of its batches

The platform may stand anywhere: with nothing settled, in the middle of a moment, in the middle of
a cascade of exits. What it has recorded but not reached yet is folded as well, for its own rows.
The first wrong place is named. Everything is read in one snapshot.

Units: micro-yuan, atoms, microseconds.
Source: I-1 to I-5, I-10, Q1-Q4, Q9, Q10; H7.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop
from typing import Any, Final

from psycopg import Connection

from gongxiang.economy import accounts, machine
from gongxiang.economy.events import Due, Event, Refunded
from gongxiang.economy.exit import run_exits
from gongxiang.economy.movement import (
    Exited,
    Movement,
    PointsSold,
    Posting,
    RefundedByCase,
    Settled,
    opening,
)
from gongxiang.economy.pool import genesis_points
from gongxiang.lab.lines import Line
from gongxiang.lab.replay import Replay
from gongxiang.members.models import Party
from gongxiang.settlement.answers import (
    ANSWERED,
    compare_accepted,
    compare_refused,
    event_of_line,
    must_be_covered,
)
from gongxiang.settlement.books import Batch, Pending, compare_batch, load_batches
from gongxiang.settlement.cascade import take_back
from gongxiang.settlement.digests import compare_digest, compare_digests
from gongxiang.settlement.expected import Step, event_of, step_of
from gongxiang.settlement.fold import brought
from gongxiang.settlement.history import MICROSECONDS, BrokenHistory, Recorded, recorded
from gongxiang.settlement.opening import Opening, feed_hash
from gongxiang.settlement.place import WHERE_RECORDED, Place, due_rank
from gongxiang.settlement.rows import Rows
from gongxiang.settlement.standing import Ended, compare_days, compare_standing
from gongxiang.settlement.strays import find_lost_events, find_strays
from gongxiang.settlement.wrong import Wrong, WrongBatch

_POOL: Final = f"""
SELECT id, version_id, money, circulating, step, batch, {MICROSECONDS.format("cursor_at")},
       cursor_rank, cursor_id, orders, lots_exited, paid_to_members, spend, feed_secret
  FROM points_pool
"""  # noqa: S608  no value is spliced in
_VERSION: Final = "SELECT preset, settings, terms FROM governance_ruleversion WHERE id = %s"
_PARTIES: Final = "SELECT kind, key, id FROM members_party"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the platform stands: its pool's row."""

    money: int
    circulating: int
    step: int
    batch: int
    cursor: Place
    totals: tuple[int, ...]
    """Orders, lots that were closed, paid to members, spend."""
    feed_secret: bytes


@dataclass(slots=True, eq=False)
class Audit:
    """One pass over the history."""

    connection: Connection[Any]
    replay: Replay
    stand: Stand
    batches: list[Batch]
    rows: Rows
    on_batch: Callable[[Batch], None]
    balances: defaultdict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    closed_at: dict[int, int] = field(default_factory=dict)
    ahead: list[Exited] = field(default_factory=list)
    """Exits that follow from what was handled but are not written yet (cascade.py)."""
    facts: int = 0
    """Accepted facts that batches cover."""
    recorded: int = 0
    waiting: int = 0
    """Facts that the platform has not come to."""
    _open: defaultdict[int, Pending] = field(default_factory=lambda: defaultdict(Pending))
    _closed: int = 0
    _facts_until: list[int] = field(default_factory=list)
    _current: Recorded | None = None
    _at: int = 0
    _brought: int | None = None
    _is_beyond: bool = False

    def run(self) -> None:
        """Audit everything; raises `Wrong` at the first wrong place."""
        self._open_books()
        for one in recorded(self.connection):
            if not self._is_beyond and (one.at, WHERE_RECORDED, one.number) > self.stand.cursor:
                self._compare_stand()
            self._take(one)
        if not self._is_beyond:
            self._compare_stand()
        self.rows.compare_all(self.connection)
        compare_days(self.connection)

    def take_movements(self, movements: list[Movement]) -> None:
        """Gather what an event moved, in the batch that it belongs to."""
        if self._is_beyond:
            return
        for movement in movements:
            step = step_of(movement)
            if step is not None and step.number > self.stand.step:
                self._run_ahead(movement, step)
                continue
            place = self._batch_of_fact() if step is None else self._batch_of_step(step.number)
            pending = self._open[place]
            event = self.rows.numbers[event_of(movement)]
            pending.book.add(self._by_number(movement.postings()), event=event)
            if isinstance(movement, PointsSold | RefundedByCase):
                self._brought = brought(movement, 0)
            if step is not None:
                self._take_step(pending, self.batches[place], movement, step)

    def take_line(self, _number: int, line: Line, clock: int, event: Event | None) -> None:
        """Compare an accepted line with the rows of its fact."""
        one = self._current
        assert one is not None, "a line is taken with its fact"
        self.rows.compare(one, line, clock, event)
        if self._is_beyond:
            compare_accepted(one, batch=None, amount=0)
            return
        place = self._batch_of_fact()
        amount = one.amount if self._brought is None else self._brought
        compare_accepted(one, batch=self.batches[place].number, amount=amount)
        if isinstance(event, Refunded) and must_be_covered(one):
            self._compare_cover(one, event)
        pending = self._open[place]
        pending.digests.append(one.digest)
        pending.row_digests.append(one.row_digest)
        pending.numbers.append(one.number)
        pending.places.append((one.at, WHERE_RECORDED, one.number))
        self.facts += 1

    def _open_books(self) -> None:
        """Expect the genesis holding in the first batch (E4)."""
        total = 0
        for batch in self.batches:
            total += batch.facts
            self._facts_until.append(total)
        terms = self.replay.terms
        postings = opening(money=terms.genesis_money, points=genesis_points(terms))
        self._open[0].book.add(postings, event=0)

    def _take(self, one: Recorded) -> None:
        self._current, self._brought = one, None
        self._at = one.at
        self.rows.numbers[one.line.id] = one.number
        self.recorded += 1
        self.waiting += self._is_beyond
        compare_digest(one)
        self._close_batches((one.at, WHERE_RECORDED, one.number))
        if one.is_refused:
            self._take_refused(one)
            return
        before = len(self.replay.refused) + self.replay.repeated
        self.replay.take(one.number, one.line)
        is_accepted = len(self.replay.refused) + self.replay.repeated == before
        if not is_accepted and not (self._is_beyond and one.kind in ANSWERED):
            # What the platform has not come to it may still refuse.
            reason = self.replay.refused[-1][1] if self.replay.refused else "repeated"
            raise Wrong(f"{one.name} is refused by the rules: {reason}")

    def _take_refused(self, one: Recorded) -> None:
        """Compare a fact that the platform refused: it moved nothing, the clock apart."""
        state = self.replay.state
        movements: list[Movement] = []
        machine.advance(state, max(state.clock, one.at), movements)
        self.take_movements(movements)
        self.rows.compare(one, one.line, state.clock, event_of_line(one))
        if self._is_beyond:
            compare_refused(one, state, batch=0)
            return
        reached = (one.at, WHERE_RECORDED, one.number)
        place = self._find(lambda at: reached <= self.batches[at].until, "fact", one.number)
        compare_refused(one, state, batch=self.batches[place].number)
        self._open[place].row_digests.append(one.row_digest)

    def _compare_cover(self, one: Recorded, event: Refunded) -> None:
        """Compare a refund that the store had to cover with what the store then stands at."""
        state = self.replay.state
        left = state.stores[state.lots[event.order].store]
        if left < 0:
            raise Wrong(f"{one.name} had to be covered and left its store at {left} µ¥")

    def _compare_stand(self) -> None:
        """Compare what stands with the fold, then let the fold run on for what is recorded."""
        self._settle_until(self.stand.step)
        self._close_batches()
        if self._closed < len(self.batches):
            batch = self.batches[self._closed]
            raise WrongBatch(
                f"batch {batch.number} covers {batch.facts} facts and the steps up to"
                f" {batch.last_step}; the history ends before"
            )
        state = self.replay.state
        take_back(state, self.ahead)
        self._compare_pool()
        ended = Ended(state, self.rows.parties, self.rows.numbers, self.balances, self.closed_at)
        compare_standing(self.connection, ended)
        self._is_beyond = True
        run_exits(state, None)
        machine.advance(state, state.clock, None)

    def _settle_until(self, last_step: int) -> None:
        """Settle what the platform settled after its last recorded fact, and no more."""
        state = self.replay.state
        while state.step < last_step and state.due:
            paid = heappop(state.due)[2]
            if state.waiting.pop(paid.order, None) is not None:
                state.clock = max(state.clock, paid.due_at)
                self.take_movements(machine.apply(state, Due(paid))[1])
                self._close_batches()

    def _run_ahead(self, movement: Movement, step: Step) -> None:
        """Remember an exit that the next batch begins with; nothing else may be missing (E14)."""
        if not isinstance(movement, Exited):
            raise WrongBatch(
                f"step {step.number} belongs to no batch: the last one stops before it"
            )
        self.ahead.append(movement)

    def _take_step(self, pending: Pending, batch: Batch, movement: Movement, step: Step) -> None:
        if isinstance(movement, Settled):
            paid = movement.paid
            rank = due_rank(paid_at=0, due_at=paid.terms.window)
            pending.places.append((paid.due_at, rank, self.rows.numbers[paid.order]))
            self._at = paid.due_at
        elif not isinstance(movement, Exited):
            assert self._current is not None, "an event is taken with its fact"
            self._at = self._current.at
        pending.steps.append(self._step_row(batch, step))
        pending.step_lines.append(step.line())
        if isinstance(movement, Exited):
            self.closed_at[self.rows.numbers[movement.piece.lot.order]] = step.number

    def _batch_of_fact(self) -> int:
        return self._find(lambda at: self.facts < self._facts_until[at], "fact", self.facts)

    def _batch_of_step(self, step: int) -> int:
        return self._find(lambda at: step <= self.batches[at].last_step, "step", step)

    def _find(self, is_in: Callable[[int], bool], what: str, number: int) -> int:
        for at in range(self._closed, len(self.batches)):
            if is_in(at):
                return at
        raise WrongBatch(f"{what} {number} belongs to no batch: the last one stops before it")

    def _by_number(self, postings: list[Posting]) -> Iterator[Posting]:
        for purpose, account, party, amount in postings:
            if party is None:
                yield purpose, account, None, amount
                continue
            kind = Party.STORE if account == accounts.STORE else Party.PERSON
            yield purpose, account, self.rows.party(kind, party), amount

    def _step_row(self, batch: Batch, step: Step) -> tuple[int, ...]:
        return (
            step.number,
            batch.number,
            step.kind,
            self._at,
            0 if step.home is None else self.rows.person(step.home),
            0 if step.lot is None else self.rows.numbers[step.lot.order],
            self.rows.numbers[step.event],
            step.amount,
            step.points,
            step.money,
            step.circulating,
        )

    def _close_batches(self, coming: Place | None = None) -> None:
        """Compare every batch that is whole, up to the fact that comes (None = none comes)."""
        while self._closed < len(self.batches):
            batch = self.batches[self._closed]
            if coming is not None and coming <= batch.until:
                return
            if self.facts < self._facts_until[self._closed]:
                return
            if self.replay.state.step < batch.last_step:
                return
            before = self.batches[self._closed - 1] if self._closed else None
            pending = self._open.pop(self._closed, Pending())
            compare_batch(self.connection, batch, pending, before=before)
            for key, amount in pending.book.changes.items():
                if amount:
                    self.balances[key] += amount
            self._closed += 1
            self.on_batch(batch)

    def _compare_pool(self) -> None:
        """Compare the pool's row with the fold; that the last batch ends there is known."""
        state, stand = self.replay.state, self.stand
        found = (stand.money, stand.circulating, stand.step, *stand.totals)
        totals = (state.orders, len(state.exited), state.paid_to_members, state.spend)
        wanted = (state.money, state.circulating, state.step, *totals)
        if found != wanted:
            raise Wrong(f"the pool's row says {found}; the history gives {wanted}")


def audit(connection: Connection[Any], *, on_batch: Callable[[Batch], None]) -> Audit:
    """Audit the platform; raises `Wrong` at the first wrong place."""
    batches = load_batches(connection)
    if not batches:
        raise Wrong("batch 1 is missing")
    stand = _stand(connection, batches)
    published = _published(connection, stand)
    if batches[0].content != published.content():
        raise Wrong(
            "rule version 1, batch 1 or the secret in the pool's row was changed: the content"
            " hash of batch 1 is not that of what the platform opened with"
        )
    find_strays(connection, batches=len(batches), last_step=batches[-1].last_step)
    replay = Replay(published.terms())
    rows = connection.execute(_PARTIES).fetchall()
    parties = {(kind, key): party for kind, key, party in rows}
    found = Audit(connection, replay, stand, batches, Rows(replay, parties), on_batch)
    replay.on_movements = found.take_movements
    replay.on_accepted = found.take_line
    try:
        found.run()
    except BrokenHistory as error:
        raise Wrong(str(error)) from error
    except WrongBatch:
        # A fact that is gone, or whose moment was changed, upsets the batches before its turn.
        compare_digests(connection)
        find_lost_events(connection)
        raise
    return found


def _stand(connection: Connection[Any], batches: list[Batch]) -> Stand:
    """Load the pool's row; raises `Wrong` where the last batch ended otherwise."""
    rows = connection.execute(_POOL).fetchall()
    if len(rows) != 1:
        raise Wrong(f"the pool has {len(rows)} rows instead of one")
    pool, version, money, circulating, step, batch, at, rank, number, *totals, secret = rows[0]
    stand = Stand(money, circulating, step, batch, (at, rank, number), tuple(totals), bytes(secret))
    last = batches[-1]
    if batch != last.number:
        raise Wrong(f"the pool's row says that batch {batch} is the last; batch {last.number} is")
    found = (pool, version, money, circulating, step, batch, stand.cursor)
    wanted = (1, 1, last.money, last.circulating, last.last_step, last.number, last.until)
    if found != wanted:
        raise Wrong(f"the pool's row says {found}; batch {last.number} ends at {wanted}")
    return stand


def _published(connection: Connection[Any], stand: Stand) -> Opening:
    rows = connection.execute(_VERSION, (1,)).fetchall()
    if len(rows) != 1:
        raise Wrong(f"rule version 1 stands {len(rows)} times instead of once")
    preset, settings, values = rows[0]
    return Opening(
        preset=preset, settings=settings, values=values, feed=feed_hash(stand.feed_secret)
    )
