"""Orders tables: rows of orders and refunds, as a till or a research data set has them.

    order_id, member_id, store_id, paid_at, amount_fen, refund_of

Rows are handled by time, ties in the order of the file. A store is introduced by its first row; a
refund is a row with a negative amount, its `order_id` its own id. A row that cannot be read stops
the run with the line it begins on (the header is line 1).

Units: fen; `paid_at` ISO 8601 with its offset.
Source: spec/events.md (Orders tables).
"""

import csv
import re
from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from gongxiang.base.clock import UnreadableMoment, parse_at
from gongxiang.lab.lines import (
    Entry,
    Introduction,
    Malformed,
    PaidLine,
    RefundedLine,
    Row,
    StoreLine,
)

COLUMNS: Final = ("order_id", "member_id", "store_id", "paid_at", "amount_fen", "refund_of")
COMMISSION_RATE: Final = 2_000
"""The commission of every store of a table: a table does not tell it."""

TimedRow = tuple[int, int, str, Row]
"""When a row was paid, the line it begins on, its store, and itself."""

_WHOLE: Final = re.compile(r"-?[0-9]+").fullmatch
_DIGITS_MAX: Final = 30
_BYTE_ORDER_MARK: Final = "\ufeff"


def csv_rows(texts: Iterator[str]) -> Iterator[TimedRow]:
    """Read the lines of a CSV table; raises `Malformed`.

    >>> table = ["order_id,member_id,store_id,paid_at,amount_fen,refund_of"]
    >>> table += ["o1,m1,s1,2026-03-01T00:00:00Z,100000,"]
    >>> [(line, row.id, row.line.amount_fen) for _, line, _, row in csv_rows(iter(table))]
    [(2, 'o1', 100000)]
    """
    numbered = _cells(texts)
    number, header = next(numbered, (1, list(COLUMNS)))
    if tuple(header) != COLUMNS:
        raise Malformed(number, _wrong_header(header))
    for number, cells in numbered:
        if cells:
            yield timed_row(number, cells)


def timed_row(number: int, cells: list[str]) -> TimedRow:
    """Read the six cells of a row; raises `Malformed`."""
    if len(cells) != len(COLUMNS):
        raise Malformed(number, f"{len(cells)} cells, not {len(COLUMNS)}")
    order, member, store, paid_at, amount, refund_of = cells
    if not (order and member and store):
        raise Malformed(number, "an empty order_id, member_id or store_id")
    if any("\0" in cell for cell in cells):
        raise Malformed(number, "a cell holds the character NUL, which no database can keep")
    if _WHOLE(amount) is None:
        raise Malformed(number, f"amount_fen {amount!r} is no whole number of fen")
    try:
        at = parse_at(paid_at)
    except UnreadableMoment as error:
        raise Malformed(number, f"paid_at {error} is not YYYY-MM-DDThh:mm:ss±hh:mm") from None
    # More digits than any amount has are not read: such an amount is refused in any case.
    fen = int(amount.lstrip("-").lstrip("0")[:_DIGITS_MAX] or "0")
    line: PaidLine | RefundedLine
    if fen and amount.startswith("-"):
        line = RefundedLine(order, refund_of, fen, paid_at)
    else:
        line = PaidLine(order, member, store, fen, paid_at)
    return at, number, store, Row(order, paid_at, line, hash(tuple(cells)))


def in_order(rows: list[TimedRow]) -> Iterator[tuple[int, Entry]]:
    """Give rows by time, each store introduced before its first; the list is used up."""
    rows.sort(key=itemgetter(0))
    rows.reverse()
    stores = set()
    while rows:
        _, number, store, row = rows.pop()
        if store not in stores:
            stores.add(store)
            line = StoreLine(store, None, None, None, COMMISSION_RATE)
            yield number, Introduction(store, line)
        yield number, row


def _cells(texts: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """Cut lines into cells; a cell in quotation marks may go over several lines."""
    reader = csv.reader(texts, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Malformed(begins, f"no CSV ({error})") from None
        except UnicodeDecodeError as error:
            raise Malformed(begins, f"no UTF-8 ({error.reason})") from None
        if cells is None:
            return
        yield begins, cells
        begins = reader.line_num + 1


def _wrong_header(header: list[str]) -> str:
    if header and header[0].startswith(_BYTE_ORDER_MARK):
        return "a byte order mark stands before the columns: save the table as UTF-8 without it"
    return f"the columns are {','.join(header)}, and must be {','.join(COLUMNS)}"
