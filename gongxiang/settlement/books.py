"""One batch of the books, compared with what the history gives for it.

    place      it begins where the one before ended, and covers what it handled
    chain      over its own row and the batch before
    postings   every row, debit or credit
    steps      every row, and the moment of each
    hashes     content and postings

Units: micro-yuan, atoms, microseconds.
Source: I-1, I-2, I-4, I-10, Q3, Q9, Q10; H7.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import Connection

from gongxiang.base.clock import format_at
from gongxiang.ledger.chain import GENESIS, Link, chain, content
from gongxiang.ledger.chart import leg_name
from gongxiang.ledger.posting import Book, Row, lines, postings_hash
from gongxiang.settlement.history import MICROSECONDS
from gongxiang.settlement.place import Place
from gongxiang.settlement.wrong import Wrong, WrongBatch

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
    row_digests: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)
    step_lines: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


def load_batches(connection: Connection[Any]) -> list[Batch]:
    """Load all batches; raises `Wrong` where one is missing, or does not follow the one before."""
    with connection.cursor() as cursor:
        rows = cursor.execute(_BATCHES).fetchall()
    batches = [_batch(row) for row in rows]
    stands, wanted = Counter(batch.number for batch in batches), range(1, len(batches) + 1)
    wrong = [f"batch {number} stands twice" for number, count in stands.items() if count > 1]
    wrong += [f"batch {number} is missing" for number in wanted if number not in stands]
    wrong += [f"batch {number} is one too many" for number in stands if number not in wanted]
    if wrong:
        raise Wrong("; ".join(wrong))
    for batch, before in zip(batches, (None, *batches), strict=False):
        _compare_head(batch, before)
    return batches


def compare_batch(
    connection: Connection[Any], batch: Batch, pending: Pending, *, before: Batch | None
) -> None:
    """Compare a batch that is whole; raises `Wrong` at the first wrong row."""
    _compare_places(batch, pending, before)
    rows = pending.book.in_order()
    _compare_postings(connection, batch, rows)
    _compare_steps(connection, batch, pending.steps, before)
    _compare_hashes(batch, pending, rows, is_first=before is None)


def _batch(row: tuple[Any, ...]) -> Batch:
    number, kind, reference, at, rank, until, last_step, facts, money, circulating, *hashes = row
    if at is None:
        raise Wrong(f"batch {number} ends at no moment that can be written")
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


def _compare_head(batch: Batch, before: Batch | None) -> None:
    """Compare a batch's row with itself and the one before: its place and its chain hash."""
    name = f"batch {batch.number}"
    kind, reference, begins, chained = "genesis", "genesis", None, GENESIS
    if before is not None:
        begins, chained = before.until, before.chain
        kind, reference = "settlement", "/".join(map(str, (*begins, batch.number)))
    if (batch.kind, batch.reference) != (kind, reference):
        raise Wrong(
            f"{name} is {batch.kind} {batch.reference}; it has to be {kind} {reference}, because"
            f" batch {batch.number - 1} ends there"
        )
    if begins is not None and batch.until < begins:
        raise Wrong(f"{name} ends at {_text(batch.until)}, before it begins")
    link = Link(
        number=batch.number,
        last_step=batch.last_step,
        facts=batch.facts,
        money=batch.money,
        circulating=batch.circulating,
        content=batch.content,
        postings=batch.postings,
    )
    computed = chain(link, before=chained)
    if computed != batch.chain:
        raise Wrong(
            f"{name}: its chain hash is {batch.chain.hex()}; its row and the batch before give"
            f" {computed.hex()}"
        )


def _compare_places(batch: Batch, pending: Pending, before: Batch | None) -> None:
    """Compare where a batch begins and ends with what it handled."""
    for place in pending.places:
        if before is None or not before.until < place <= batch.until:
            raise WrongBatch(
                f"batch {batch.number} handled {_text(place)}, but says that it reaches"
                f" {_text(batch.until)}"
            )


def _compare_postings(connection: Connection[Any], batch: Batch, rows: list[Row]) -> None:
    with connection.cursor() as cursor:
        found: list[_Stored] = cursor.execute(_POSTINGS, (batch.number,)).fetchall()
    wanted = [_stored(row) for row in rows]
    if found == wanted:
        return
    extra, missing = Counter(found) - Counter(wanted), Counter(wanted) - Counter(found)
    home, event, leg = min(row[:3] for row in (*extra, *missing))
    says = [_amount(row) for row in found if row[:3] == (home, event, leg)]
    gives = [_amount(row) for row in wanted if row[:3] == (home, event, leg)]
    raise Wrong(
        f"batch {batch.number}: posting home {home}, event {event}, leg {leg} ({_leg_name(leg)})"
        f" {'says ' + ' and '.join(says) if says else 'is missing'}; the history gives"
        f" {gives[0] if gives else 'none'}"
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


def _compare_hashes(batch: Batch, pending: Pending, rows: list[Row], *, is_first: bool) -> None:
    """Compare the hashes; the content of the first batch was compared with the rules before."""
    name = f"batch {batch.number}"
    if pending.numbers:
        name += f" (facts {pending.numbers[0]} to {pending.numbers[-1]})"
    told = batch.content
    if not is_first:
        told = content(digests=pending.digests, steps=pending.step_lines)
    covered = b"".join(pending.row_digests)
    booked = postings_hash(lines(rows, batch=batch.number), row_digests=covered)
    for what, found, wanted in (
        ("content", batch.content, told),
        ("postings", batch.postings, booked),
    ):
        if found != wanted:
            raise WrongBatch(
                f"{name}: its {what} hash is {found.hex()}; the history gives {wanted.hex()}"
            )


def _stored(row: Row) -> _Stored:
    home, event, leg, amount = row
    return (home, event, leg, -amount, None) if amount < 0 else (home, event, leg, None, amount)


def _amount(row: _Stored) -> str:
    debit, credit = row[3:]
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
