"""The audit of the database: fold the history once more and compare every row that it wrote.

    facts      each line, put together from the tables, has the digest that was recorded
    orders     carry the commission, the persons and the due time that the rules give
    batches    postings, steps and hashes are the ones that the fold gives
    state      lots, balances, the pool and its totals are the ones that the fold ends with
    days       each root is the hash of its batches

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
from gongxiang.economy.events import Due, Event, Key, Paid
from gongxiang.economy.movement import Movement, Posting, Returned, opening
from gongxiang.economy.pool import genesis_points
from gongxiang.economy.reward import ROLES
from gongxiang.economy.terms import Terms
from gongxiang.lab.canonical import digest
from gongxiang.lab.lines import Line
from gongxiang.lab.replay import Replay
from gongxiang.ledger.chain import GENESIS, Link, chain, content
from gongxiang.ledger.chart import leg_name
from gongxiang.ledger.posting import Book, Row, lines, postings_hash
from gongxiang.members.models import Party
from gongxiang.settlement.expected import Step, event_of, step_of
from gongxiang.settlement.history import BrokenHistory, Recorded, recorded
from gongxiang.settlement.place import WHERE_RECORDED, due_rank

_BATCHES: Final = """
SELECT id, facts, last_step, money, circulating, content_hash, postings_hash, chain_hash
  FROM ledger_batch ORDER BY id
"""
_POSTINGS: Final = """
SELECT home_id, event_id, leg, coalesce(credit, 0) - coalesce(debit, 0) FROM ledger_posting
 WHERE batch_id = %s ORDER BY home_id, event_id, leg
"""
_STEPS: Final = """
SELECT id, batch_id, kind, home_id, order_id, event_id, amount, points, money, circulating
  FROM points_step WHERE id > %s AND id <= %s ORDER BY id
"""
_POOL: Final = """
SELECT money, circulating, step, batch, orders, lots_exited, paid_to_members, spend,
       (extract(epoch FROM cursor_at) * 1000000)::bigint, cursor_rank, cursor_id FROM points_pool
"""


class Wrong(Exception):
    """A place where the books are not what the history gives."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the database has it."""

    number: int
    facts: int
    last_step: int
    money: int
    circulating: int
    content: bytes
    postings: bytes
    chain: bytes


@dataclass(slots=True, eq=False)
class Pending:
    """What was gathered so far of a batch that is not whole yet."""

    book: Book = field(default_factory=Book)
    digests: list[bytes] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Audit:
    """One pass over the history."""

    connection: Connection[Any]
    replay: Replay
    batches: list[Batch]
    parties: dict[tuple[int, str], int]
    on_batch: Callable[[Batch], None]
    numbers: dict[Key, int] = field(default_factory=dict)
    balances: defaultdict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    returned: defaultdict[Key, int] = field(default_factory=lambda: defaultdict(int))
    facts: int = 0
    _open: defaultdict[int, Pending] = field(default_factory=lambda: defaultdict(Pending))
    _closed: int = 0
    _facts_until: list[int] = field(default_factory=list)
    _chain: bytes = GENESIS
    _current: Recorded | None = None

    def run(self) -> None:
        """Audit everything; raises `Wrong` at the first wrong place."""
        self._open_books()
        pool = self._row(_POOL)
        cursor = (pool[8], pool[9], pool[10])
        for one in recorded(self.connection):
            if (one.at, WHERE_RECORDED, one.number) > cursor:
                break
            self._take(one)
        self._settle_until(pool[2])
        self._close_batches()
        if self._closed < len(self.batches):
            raise Wrong(f"batch {self.batches[self._closed].number} stands on no history")
        self._compare_pool(pool)

    def take_movements(self, movements: list[Movement]) -> None:
        """Gather what an event moved, in the batch that it belongs to."""
        for movement in movements:
            step = step_of(movement)
            if step is None:
                pending = self._open[self._batch_of_fact()]
            else:
                pending = self._open[self._batch_of_step(step.number)]
                pending.steps.append(step)
            event = self.numbers[event_of(movement)]
            pending.book.add(self._by_number(movement.postings()), event=event)
            if isinstance(movement, Returned):
                self.returned[movement.paid.order] += movement.amount

    def take_line(self, _number: int, line: Line, clock: int, event: Event | None) -> None:
        """Compare an accepted line with the fact that it was read from."""
        one = self._current
        assert one is not None, "a line is taken with its fact"
        if digest(line) != one.digest:
            raise Wrong(f"fact {one.number} ({line.id}): its rows were changed after it was recorded")
        if isinstance(event, Paid):
            self._compare_order(one, event, clock)
        self._open[self._batch_of_fact()].digests.append(one.digest)
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
        self._current = one
        self.numbers[one.line.id] = one.number
        before = len(self.replay.refused) + self.replay.repeated
        self.replay.take(one.number, one.line)
        if len(self.replay.refused) + self.replay.repeated != before:
            reason = self.replay.refused[-1][1] if self.replay.refused else "repeated"
            raise Wrong(f"fact {one.number} ({one.line.id}) is refused by the rules: {reason}")
        self._close_batches()

    def _settle_until(self, last_step: int) -> None:
        """Settle what the platform settled after its last recorded fact, and no more."""
        state = self.replay.state
        while state.step < last_step and state.due:
            paid = heappop(state.due)[2]
            if state.waiting.pop(paid.order, None) is not None:
                state.clock = max(state.clock, paid.due_at)
                self.take_movements(machine.apply(state, Due(paid))[1])
                self._close_batches()

    def _batch_of_fact(self) -> int:
        return self._find(lambda at: self.facts < self._facts_until[at], "fact", self.facts)

    def _batch_of_step(self, step: int) -> int:
        return self._find(lambda at: step <= self.batches[at].last_step, "step", step)

    def _find(self, is_in: Callable[[int], bool], what: str, number: int) -> int:
        for at in range(self._closed, len(self.batches)):
            if is_in(at):
                return at
        raise Wrong(f"{what} {number} belongs to no batch: the last one stops before it")

    def _by_number(self, postings: list[Posting]) -> Iterator[Posting]:
        for purpose, account, party, amount in postings:
            if party is None:
                yield purpose, account, None, amount
                continue
            kind = Party.STORE if account == accounts.STORE else Party.PERSON
            number = self.parties.get((kind, str(party)))
            if number is None:
                raise Wrong(f"party {party} is not among the parties")
            yield purpose, account, number, amount

    def _close_batches(self) -> None:
        """Compare every batch that is whole."""
        while self._closed < len(self.batches):
            batch = self.batches[self._closed]
            if self.facts < self._facts_until[self._closed]:
                return
            if self.replay.state.step < batch.last_step:
                return
            self._compare_batch(batch, self._open.pop(self._closed, Pending()))
            self._closed += 1
            self.on_batch(batch)

    def _compare_batch(self, batch: Batch, pending: Pending) -> None:
        rows = pending.book.in_order()
        self._compare_postings(batch, rows)
        self._compare_steps(batch, pending.steps)
        link = Link(
            number=batch.number,
            last_step=batch.last_step,
            facts=batch.facts,
            money=batch.money,
            circulating=batch.circulating,
            content=content(
                digests=pending.digests, steps=(step.line() for step in pending.steps)
            ),
            postings=postings_hash(lines(rows, batch=batch.number)),
        )
        for name, found, wanted in (
            ("content hash", batch.content, link.content),
            ("postings hash", batch.postings, link.postings),
            ("chain hash", batch.chain, chain(link, before=self._chain)),
        ):
            if found != wanted:
                raise Wrong(f"batch {batch.number}: {name} {found.hex()}, computed {wanted.hex()}")
        self._chain = batch.chain
        for key, amount in pending.book.changes.items():
            self.balances[key] += amount

    def _compare_postings(self, batch: Batch, rows: list[Row]) -> None:
        with self.connection.cursor() as cursor:
            found = cursor.execute(_POSTINGS, (batch.number,)).fetchall()
        if found == rows:
            return
        missing = sorted(set(rows) - set(found))
        extra = sorted(set(found) - set(rows))
        home, event, leg, amount = (extra or missing or found)[0]
        wanted = next((row[3] for row in missing if row[:3] == (home, event, leg)), None)
        what = "is missing" if not extra else f"says {amount}"
        raise Wrong(
            f"batch {batch.number}: posting home {home}, event {event}, leg {leg}"
            f" ({_leg_name(leg)}) {what}; the history gives "
            + ("none" if extra and wanted is None else str(amount if wanted is None else wanted))
        )

    def _compare_steps(self, batch: Batch, steps: list[Step]) -> None:
        first = steps[0].number - 1 if steps else batch.last_step
        with self.connection.cursor() as cursor:
            found = cursor.execute(_STEPS, (first, batch.last_step)).fetchall()
        wanted = [self._step_row(batch, step) for step in steps]
        for place in range(max(len(found), len(wanted))):
            has = found[place] if place < len(found) else None
            gives = wanted[place] if place < len(wanted) else None
            if has != gives:
                raise Wrong(f"batch {batch.number}: step row {has}; the history gives {gives}")

    def _step_row(self, batch: Batch, step: Step) -> tuple[int, ...]:
        home = 0 if step.home is None else self.parties[Party.PERSON, str(step.home)]
        order = 0 if step.lot is None else self.numbers[step.lot.order]
        return (
            step.number,
            batch.number,
            step.kind,
            home,
            order,
            self.numbers[step.event],
            step.amount,
            step.points,
            step.money,
            step.circulating,
        )

    def _compare_order(self, one: Recorded, paid: Paid, clock: int) -> None:
        """Compare what was frozen on an order with what the rules give (E7)."""
        persons = {
            role: self.parties.get((Party.PERSON, str(person))) for role, person, _ in paid.rewards
        }
        wanted = (
            paid.commission_rate,
            *(persons.get(role) for role in ROLES),
            one.amount,
            paid.due_at,
            due_rank(paid_at=clock, due_at=paid.due_at),
        )
        has = (one.details[1], *one.details[3:])
        if has != wanted:
            raise Wrong(
                f"order {one.number} ({one.line.id}) was frozen as {has}; the history gives {wanted}"
            )

    def _compare_pool(self, pool: tuple[Any, ...]) -> None:
        state = self.replay.state
        wanted = (
            state.money,
            state.circulating,
            state.step,
            self.batches[-1].number,
            state.orders,
            len(state.exited),
            state.paid_to_members,
            state.spend,
        )
        if pool[:8] != wanted:
            raise Wrong(f"the pool's row says {pool[:8]}; the history gives {wanted}")

    def _row(self, query: str) -> tuple[Any, ...]:
        with self.connection.cursor() as cursor:
            row = cursor.execute(query).fetchone()
        if row is None:
            raise Wrong("the pool has no row")
        return tuple(row)


def audit(
    connection: Connection[Any], *, terms: Terms, on_batch: Callable[[Batch], None]
) -> Audit:
    """Audit the batches of a platform; raises `Wrong` at the first wrong place."""
    with connection.cursor() as cursor:
        batches = [
            Batch(*row[:5], *(bytes(one) for one in row[5:]))
            for row in cursor.execute(_BATCHES).fetchall()
        ]
        parties = {
            (kind, key): party
            for kind, key, party in cursor.execute("SELECT kind, key, id FROM members_party")
        }
    for place, batch in enumerate(batches, 1):
        if batch.number != place:
            raise Wrong(f"batch {place} is missing: the next one is {batch.number}")
    replay = Replay(terms)
    found = Audit(connection, replay, batches, parties, on_batch)
    replay.on_movements = found.take_movements
    replay.on_accepted = found.take_line
    try:
        found.run()
    except BrokenHistory as error:
        raise Wrong(str(error)) from error
    return found


def _leg_name(leg: int) -> str:
    try:
        return leg_name(leg)
    except KeyError:
        return "no leg of the chart"

