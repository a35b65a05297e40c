"""Posting: the only writer of the ledger.

A `Book` gathers the postings of one batch: the legs of parties one by one, the legs of the
accounts that exist once as sums (they have no hot row, design/scale.md rule 5). `post` writes
the batch, its postings and the balances in one go, inside the caller's transaction.

Units: micro-yuan, atoms, vouchers. Source: I-1, I-2, I-4; design/scale.md.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import Cursor

from gongxiang.economy.movement import Posting
from gongxiang.ledger.chain import Link, chain
from gongxiang.ledger.chart import LEGS

NOT_AN_EVENT: Final = 0
"""The event of a sum over the batch."""

_COPY: Final = "COPY ledger_posting (home_id, batch_id, event_id, leg, debit, credit) FROM STDIN"
_UPDATE: Final = """
UPDATE ledger_balance SET amount = ledger_balance.amount + change.amount
  FROM unnest(%s::bigint[], %s::smallint[], %s::numeric[]) AS change (party_id, account, amount)
 WHERE ledger_balance.party_id = change.party_id AND ledger_balance.account = change.account
RETURNING ledger_balance.party_id, ledger_balance.account
"""
_INSERT: Final = """
INSERT INTO ledger_balance (party_id, account, amount)
SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::numeric[])
"""
_BATCH: Final = """
INSERT INTO ledger_batch (id, kind, reference, until_at, until_rank, until_id, last_step, facts,
                          money, circulating, content_hash, postings_hash, chain_hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

Row = tuple[int, int, int, int]
"""Home, event, leg, amount (credit positive)."""


@dataclass(slots=True, eq=False)
class Book:
    """The postings of one batch, and what they change on balances."""

    rows: list[Row] = field(default_factory=list)
    sums: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    changes: defaultdict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, postings: Iterable[Posting], *, event: int) -> None:
        """Take the postings of one movement; a leg of nothing is no posting."""
        rows, sums, changes = self.rows, self.sums, self.changes
        for purpose, account, party, amount in postings:
            if not amount:
                continue
            leg = LEGS[purpose, account]
            if party is None:
                sums[leg] += amount
                changes[account, account] += amount
            else:
                rows.append((party, event, leg, amount))  # type: ignore[arg-type]
                changes[party, account] += amount  # type: ignore[index]

    def in_order(self) -> list[Row]:
        """Give all postings in the order of their keys: sums first, then party by party."""
        sums = [
            (leg % 1000, NOT_AN_EVENT, leg, amount) for leg, amount in self.sums.items() if amount
        ]
        return sorted(sums + self.rows)


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


def lines(rows: Iterable[Row], *, batch: int) -> str:
    """Give postings as the database's COPY reads them, one line each."""
    parts = []
    for home, event, leg, amount in rows:
        if amount < 0:
            parts.append(f"{home}\t{batch}\t{event}\t{leg}\t{-amount}\t\\N\n")
        else:
            parts.append(f"{home}\t{batch}\t{event}\t{leg}\t\\N\t{amount}\n")
    return "".join(parts)


def postings_hash(text: str) -> bytes:
    """Give the hash of a batch's postings, in the order of their keys."""
    return hashlib.sha256(text.encode()).digest()


def post(cursor: Cursor[Any], book: Book, head: Head) -> bytes:
    """Write a batch with its postings and balances; give its chain hash.

    Raises the database's integrity error when the batch does not balance, was written before, or
    would take a balance below zero that may not be.
    """
    text = lines(book.in_order(), batch=head.number)
    postings = postings_hash(text)
    link = Link(
        number=head.number,
        last_step=head.last_step,
        facts=head.facts,
        money=head.money,
        circulating=head.circulating,
        content=head.content,
        postings=postings,
    )
    chained = chain(link, before=_chain_before(cursor, head.number))
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
    with cursor.copy(_COPY) as copy:
        copy.write(text)
    _change_balances(cursor, book)
    return chained


def _chain_before(cursor: Cursor[Any], number: int) -> bytes:
    if number == 1:
        return bytes(32)
    cursor.execute("SELECT chain_hash FROM ledger_batch WHERE id = %s", (number - 1,))
    row = cursor.fetchone()
    assert row is not None, f"batch {number - 1} is missing: the chain is broken"
    return bytes(row[0])


def _change_balances(cursor: Cursor[Any], book: Book) -> None:
    """Add the changes to the balances, in the order of their keys; make the missing ones."""
    changes = sorted((key, amount) for key, amount in book.changes.items() if amount)
    if not changes:
        return
    cursor.execute(_UPDATE, _columns(changes))
    known = set(cursor.fetchall())
    if len(known) < len(changes):
        cursor.execute(_INSERT, _columns([one for one in changes if one[0] not in known]))


def _columns(changes: list[tuple[tuple[int, int], int]]) -> tuple[list[int], list[int], list[int]]:
    return (
        [party for (party, _), _ in changes],
        [account for (_, account), _ in changes],
        [amount for _, amount in changes],
    )
