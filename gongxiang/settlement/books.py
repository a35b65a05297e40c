"""One batch of the books, compared with what the history gives for it.

    place      it begins where the one before ended and covers what it handled
    postings   every row, debit or credit
    steps      every row, and the moment of each
    hashes     content, postings, chain

Units: micro-yuan, atoms, microseconds.
Source: I-1, I-2, I-4, I-10, Q3, Q9, Q10; H7.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import Connection

from gongxiang.base.clock import format_at
from gongxiang.ledger.chain import GENESIS, Link, chain, content
from gongxiang.ledger.chart import leg_name
from gongxiang.ledger.posting import Book, Row, lines, postings_hash
from gongxiang.settlement.history import MICROSECONDS
from gongxiang.settlement.place import Place
from gongxiang.settlement.wrong import Wrong

_BATCHES: Final = f"""
SELECT id, kind, reference, {MICROSECONDS.format("until_at")}, until_rank, until_id, last_step,
       facts, money, circulating, content_hash, postings_hash, chain_hash
  FROM ledger_batch ORDER BY id
"""  # noqa: S608  no value is spliced in
_POSTINGS: Final = """
SELECT home_id, event_id, leg, debit, credit FROM ledger_posting
 WHERE batch_id = %s ORDER BY home_id, event_id, leg
"""
_STEPS: Final = f"""
SELECT id, batch_id, kind, {MICROSECONDS.format("at")}, home_id, order_id, event_id, amount,
       points, money, circulating
  FROM points_step WHERE id > %s AND id <= %s ORDER BY id
"""  # noqa: S608  no value is spliced in

StepRow = tuple[int, ...]
_Stored = tuple[int, int, int, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the database has it."""

    number: int
    kind: str
    reference: str
    until: Place
    last_step: int
    facts: int
    money: int
    circulating: int
    content: bytes
    postings: bytes
    chain: bytes


@dataclass(slots=True, eq=False)
class Pending:
    """What the fold gathered so far for a batch."""

    book: Book = field(default_factory=Book)
    digests: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)
    step_lines: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


def load_batches(connection: Connection[Any]) -> list[Batch]:
    """Load all batches; raises `Wrong` where one is missing."""
    with connection.cursor() as cursor:
        rows = cursor.execute(_BATCHES).fetchall()
    for place, row in enumerate(rows, 1):
        if row[0] != place:
            raise Wrong(f"batch {place} is missing: the next one is {row[0]}")
    return [_batch(row) for row in rows]


def compare_batch(
    connection: Connection[Any], batch: Batch, pending: Pending, *, before: Batch | None
) -> None:
    """Compare a batch that is whole; raises `Wrong` at the first wrong row."""
    _compare_place(batch, pending, before)
    rows = pending.book.in_order()
    _compare_postings(connection, batch, rows)
    _compare_steps(connection, batch, pending.steps, before)
    _compare_hashes(batch, pending, rows, before)


def _batch(row: tuple[Any, ...]) -> Batch:
    number, kind, reference, at, rank, until, last_step, facts, money, circulating, *hashes = row
    covered, postings, chained = map(bytes, hashes)
    return Batch(
        number,
        kind,
        reference,
        (at, rank, until),
        last_step,
        facts,
        money,
        circulating,
        covered,
        postings,
        chained,
    )


def _compare_place(batch: Batch, pending: Pending, before: Batch | None) -> None:
    """Compare where a batch begins and ends; one that only closes lots ends where it began."""
    name = f"batch {batch.number}"
    if before is None:
        if (batch.kind, batch.reference) != ("genesis", "genesis"):
            raise Wrong(f"{name} is {batch.kind} {batch.reference}, not the genesis")
        return
    at, rank, number = before.until
    reference = f"{at}/{rank}/{number}/{batch.number}"
    if (batch.kind, batch.reference) != ("settlement", reference):
        raise Wrong(
            f"{name} is {batch.kind} {batch.reference}; batch {before.number} ends where"
            f" settlement {reference} begins"
        )
    if batch.until < before.until:
        raise Wrong(f"{name} ends at {batch.until}, before batch {before.number} did")
    for place in pending.places:
        if not before.until < place <= batch.until:
            raise Wrong(
                f"{name} handled {_text(place)}, but says that it reaches from"
                f" {_text(before.until)} to {_text(batch.until)}"
            )


def _compare_postings(connection: Connection[Any], batch: Batch, rows: list[Row]) -> None:
    with connection.cursor() as cursor:
        found: list[_Stored] = cursor.execute(_POSTINGS, (batch.number,)).fetchall()
    wanted = [_stored(row) for row in rows]
    if found == wanted:
        return
    gives = {row[:3]: row[3:] for row in wanted}
    says = {row[:3]: row[3:] for row in found}
    key = min(key for key in {*gives, *says} if gives.get(key) != says.get(key))
    home, event, leg = key
    has = f"says {_amount(*says[key])}" if key in says else "is missing"
    should = _amount(*gives[key]) if key in gives else "none"
    raise Wrong(
        f"batch {batch.number}: posting home {home}, event {event}, leg {leg} ({_leg_name(leg)})"
        f" {has}; the history gives {should}"
    )


def _compare_steps(
    connection: Connection[Any], batch: Batch, wanted: list[StepRow], before: Batch | None
) -> None:
    first = 0 if before is None else before.last_step
    with connection.cursor() as cursor:
        found = cursor.execute(_STEPS, (first, batch.last_step)).fetchall()
    for place in range(max(len(found), len(wanted))):
        has = found[place] if place < len(found) else None
        gives = wanted[place] if place < len(wanted) else None
        if has != gives:
            step = min(row[0] for row in (has, gives) if row is not None)
            raise Wrong(f"batch {batch.number}: step {step} says {has}; the history gives {gives}")


def _compare_hashes(batch: Batch, pending: Pending, rows: list[Row], before: Batch | None) -> None:
    link = Link(
        number=batch.number,
        last_step=batch.last_step,
        facts=batch.facts,
        money=batch.money,
        circulating=batch.circulating,
        content=content(digests=pending.digests, steps=pending.step_lines)
        if before
        else batch.content,
        postings=postings_hash(lines(rows, batch=batch.number)),
    )
    name = f"batch {batch.number}"
    if pending.numbers:
        name += f" (facts {pending.numbers[0]} to {pending.numbers[-1]})"
    computed = chain(link, before=GENESIS if before is None else before.chain)
    for what, found, wanted in (
        ("content", batch.content, link.content),
        ("postings", batch.postings, link.postings),
        ("chain", batch.chain, computed),
    ):
        if found != wanted:
            raise Wrong(
                f"{name}: its {what} hash is {found.hex()}; the history gives {wanted.hex()}"
            )


def _stored(row: Row) -> _Stored:
    home, event, leg, amount = row
    return (home, event, leg, -amount, None) if amount < 0 else (home, event, leg, None, amount)


def _amount(debit: int | None, credit: int | None) -> str:
    return f"{credit}" if debit is None else f"-{debit}"


def _leg_name(leg: int) -> str:
    try:
        return leg_name(leg)
    except KeyError:
        return "no leg of the chart"


def _text(place: Place) -> str:
    at, rank, number = place
    try:
        return f"{format_at(at)}/{rank}/{number}"
    except (OverflowError, TypeError):
        return f"{at}/{rank}/{number}"
