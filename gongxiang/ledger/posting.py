"""Posting: the only writer of the ledger.

A `Book` gathers the postings of one batch: the legs of parties one by one, the legs of the
accounts that exist once as sums (they have no hot row, design/scale.md rule 5). `post` writes
the batch, its postings and the balances in one go, inside the caller's transaction.

Units: micro-yuan, atoms, vouchers. Source: I-1, I-2, I-4; design/scale.md.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from psycopg import Cursor

from gongxiang.economy.movement import Posting
from gongxiang.ledger.chain import GENESIS, Link, chain
from gongxiang.ledger.chart import LEGS, account_of

NOT_AN_EVENT: Final = 0
"""The event of a sum over the batch."""

_COPY: Final = "COPY ledger_posting (home_id, batch_id, event_id, leg, debit, credit) FROM STDIN"
_CREDIT: Final = "%d\t{batch}\t%d\t%d\t\\N\t%d\n"
_DEBIT: Final = "%d\t{batch}\t%d\t%d\t%d\t\\N\n"
_CHANGE_BALANCES: Final = """
MERGE INTO ledger_balance balance
USING unnest(%s::bigint[], %s::smallint[], %s::numeric[]) AS change (party_id, account, amount)
   ON balance.party_id = change.party_id AND balance.account = change.account
 WHEN MATCHED THEN UPDATE SET amount = balance.amount + change.amount
 WHEN NOT MATCHED THEN
      INSERT (party_id, account, amount) VALUES (change.party_id, change.account, change.amount)
"""
_BATCH: Final = """
INSERT INTO ledger_batch (id, kind, reference, until_at, until_rank, until_id, last_step, facts,
                          money, circulating, content_hash, postings_hash, chain_hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_CHAIN_BEFORE: Final = "SELECT chain_hash FROM ledger_batch WHERE id = %s"

Row = tuple[int, int, int, int]
"""Home, event, leg, amount (credit positive)."""


@dataclass(slots=True, eq=False)
class Book:
    """The postings of one batch, and what they change on balances."""

    rows: list[Row] = field(default_factory=list)
    sums: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    _entry: "Entry | None" = None

    def add(self, postings: Iterable[Posting], *, event: int) -> None:
        """Take the postings of one movement; a leg of nothing is no posting."""
        assert self._entry is None, "the book is closed"
        rows, sums = self.rows, self.sums
        for purpose, account, party, amount in postings:
            if not amount:
                continue
            leg = LEGS[purpose, account]
            if party is None:
                sums[leg] += amount
            else:
                rows.append((party, event, leg, amount))  # type: ignore[arg-type]

    def in_order(self) -> list[Row]:
        """Give all postings in the order of their keys: sums first, then party by party."""
        found = [
            (account_of(leg), NOT_AN_EVENT, leg, amount)
            for leg, amount in self.sums.items()
            if amount
        ]
        found += self.rows
        # They were gathered nearly in the order of events: two stable sorts are cheaper than one.
        found.sort(key=itemgetter(1, 2))
        found.sort(key=itemgetter(0))
        return found

    def close(self, *, batch: int) -> "Entry":
        """Work out what is written of the postings, once; nothing is added after that."""
        if self._entry is None:
            rows = self.in_order()
            self._entry = Entry(batch, rows, lines(rows, batch=batch))
        assert self._entry.batch == batch, "a book belongs to one batch"
        return self._entry

    @property
    def changes(self) -> dict[tuple[int, int], int]:
        """Give what the postings change on balances: (party, account) -> amount."""
        return changes(self.in_order())


@dataclass(frozen=True, slots=True)
class Entry:
    """The postings of a book that is closed: in the order of their keys, and as text."""

    batch: int
    rows: list[Row]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the batch itself says."""

    number: int
    kind: str
    reference: str
    until: tuple[Any, int, int]
    last_step: int
    facts: int
    money: int
    circulating: int
    content: bytes
    row_digests: bytes
    """Of all facts that the batch handled, one after the other."""


def lines(rows: Iterable[Row], *, batch: int) -> str:
    r"""Give postings as the database's COPY reads them, one line each.

    >>> lines([(7, 3, 1107, 5), (8, 3, 9108, -5)], batch=2)
    '7\t2\t3\t1107\t\\N\t5\n8\t2\t3\t9108\t5\t\\N\n'
    """
    credit, debit = _CREDIT.format(batch=batch), _DEBIT.format(batch=batch)
    return "".join([credit % row if row[3] > 0 else debit % (*row[:3], -row[3]) for row in rows])


def changes(rows: Iterable[Row]) -> dict[tuple[int, int], int]:
    """Give what postings change on balances: (party, account) -> amount, credits positive.

    >>> changes([(7, 3, 1107, 5), (7, 4, 11107, -2)])
    {(7, 107): 3}
    """
    found: dict[tuple[int, int], int] = {}
    known = found.get
    for home, _, leg, amount in rows:
        key = (home, account_of(leg))
        found[key] = known(key, 0) + amount
    return found


def postings_hash(text: str, *, row_digests: bytes) -> bytes:
    """Give the hash of a batch's postings, in the order of their keys, and of its facts' rows."""
    return hashlib.sha256(text.encode() + row_digests).digest()


def post(cursor: Cursor[Any], book: Book, head: Head) -> bytes:
    """Write a batch with its postings and balances; give its chain hash.

    Raises the database's integrity error when the batch does not balance, was written before, or
    would take a balance below zero that may not be.
    """
    entry = book.close(batch=head.number)
    with cursor.copy(_COPY) as copy:
        copy.write(entry.text)
        # Worked out while the database reads the postings: it has a processor of its own.
        postings = postings_hash(entry.text, row_digests=head.row_digests)
        balances = _arrays(changes(entry.rows))
    cursor.execute(_CHANGE_BALANCES, balances)
    chained = chain(
        Link(
            number=head.number,
            last_step=head.last_step,
            facts=head.facts,
            money=head.money,
            circulating=head.circulating,
            content=head.content,
            postings=postings,
        ),
        before=_chain_before(cursor, head.number),
    )
    cursor.execute(
        _BATCH,
        (
            head.number,
            head.kind,
            head.reference,
            *head.until,
            head.last_step,
            head.facts,
            head.money,
            head.circulating,
            head.content,
            postings,
            chained,
        ),
    )
    return chained


def _chain_before(cursor: Cursor[Any], number: int) -> bytes:
    if number == 1:
        return GENESIS
    cursor.execute(_CHAIN_BEFORE, (number - 1,))
    row = cursor.fetchone()
    assert row is not None, f"batch {number - 1} is missing: the chain is broken (I-3)"
    return bytes(row[0])


def _arrays(changed: dict[tuple[int, int], int]) -> tuple[str, str, str]:
    """Give the changes that are not nothing as three arrays, party by party."""
    found = [(key, amount) for key, amount in changed.items() if amount]
    return (
        _array([party for (party, _), _ in found]),
        _array([account for (_, account), _ in found]),
        _array([amount for _, amount in found]),
    )


def _array(numbers: Sequence[int]) -> str:
    """Write whole numbers as an array's text: the driver takes ten times as long for a list."""
    return "{" + ",".join(map(str, numbers)) + "}"
