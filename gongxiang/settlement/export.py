"""Export: the platform's history as an event file, and the seal that goes with it.

The seal is one JSON object a line: first the rules that the history was folded with, then every
batch with its hashes, then every day's root. Whoever has both files can fold the one and compare
it with the other, without the database.

Units: as spec/events.md; hashes in hexadecimal.
Source: spec/events.md (export, verify), H7.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from psycopg import Connection

from gongxiang.base.clock import BEGINNING, format_at
from gongxiang.lab.lines import ClockLine
from gongxiang.orders.models import Kind
from gongxiang.settlement.history import recorded

_PENDING: Final = """
SELECT count(*) FILTER (WHERE due_at <= %s), count(*) FROM orders_order paid, points_pool pool
 WHERE (paid.due_at, paid.due_rank, paid.id)
       > (pool.cursor_at, pool.cursor_rank, pool.cursor_id) AND paid.returned < paid.amount
"""
_CURSOR: Final = "SELECT (extract(epoch FROM cursor_at) * 1000000)::bigint, batch FROM points_pool"
_LAST_FACT: Final = """
SELECT (extract(epoch FROM at) * 1000000)::bigint, kind FROM orders_fact
 ORDER BY at DESC, id DESC LIMIT 1
"""
_RULES: Final = "SELECT id, preset, terms FROM governance_ruleversion ORDER BY id"
_BATCHES: Final = """
SELECT id, kind, facts, last_step, money, circulating, content_hash, postings_hash, chain_hash
  FROM ledger_batch ORDER BY id
"""
_SEALS: Final = "SELECT day, last_batch_id, root FROM ledger_seal ORDER BY day"


def event_lines(connection: Connection[Any]) -> Iterator[bytes]:
    """Stream the history as lines, each with its newline; a `clock` line where orders wait."""
    for one in recorded(connection):
        yield msgspec.json.encode(one.line) + b"\n"
    clock = _closing_clock(connection)
    if clock is not None:
        line = ClockLine(f"clock/{format_at(clock)}", format_at(clock))
        yield msgspec.json.encode(line) + b"\n"


def unsettled(connection: Connection[Any]) -> int:
    """Count the orders that are due at the end of the history and not settled yet."""
    end = _end(connection)
    with connection.cursor() as cursor:
        cursor.execute(_PENDING, (format_at(end),))
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def seal_lines(connection: Connection[Any]) -> Iterator[bytes]:
    """Stream the seal: rules, batches, days."""
    with connection.cursor() as cursor:
        for version, preset, terms in cursor.execute(_RULES):
            yield _line({"rules": version, "preset": preset, "terms": terms})
        for number, kind, facts, last_step, money, circulating, *hashes in cursor.execute(_BATCHES):
            content, postings, chain = (bytes(one).hex() for one in hashes)
            yield _line(
                {
                    "batch": number,
                    "kind": kind,
                    "facts": facts,
                    "last_step": last_step,
                    "money": str(money),
                    "circulating": str(circulating),
                    "content": content,
                    "postings": postings,
                    "chain": chain,
                }
            )
        for day, last_batch, root in cursor.execute(_SEALS):
            yield _line({"day": str(day), "last_batch": last_batch, "root": bytes(root).hex()})


def _closing_clock(connection: Connection[Any]) -> int | None:
    """Give the moment up to which the history is settled, where orders wait beyond it."""
    with connection.cursor() as cursor:
        cursor.execute(_PENDING, (format_at(BEGINNING),))
        waiting = cursor.fetchone()
        cursor.execute(_LAST_FACT)
        last = cursor.fetchone()
    if not waiting or not waiting[1] or last is None or last[1] == Kind.CLOCK:
        return None
    return _end(connection)


def _end(connection: Connection[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_CURSOR)
        cursor_row = cursor.fetchone()
        cursor.execute(_LAST_FACT)
        last = cursor.fetchone()
    return max(cursor_row[0] if cursor_row else BEGINNING, last[0] if last else BEGINNING)


def _line(values: dict[str, object]) -> bytes:
    return msgspec.json.encode(values) + b"\n"
