"""Export: the platform's history as an event file, and the seal that goes with it.

A history in which orders wait, or of which more is settled than its last `clock` line reached,
ends with a `clock` line of its own: a replay then stops where the platform stands.

Units: as spec/events.md; hashes in hexadecimal.
Source: spec/events.md (export, verify), H7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Final

import msgspec
from psycopg import Connection

from gongxiang.base.clock import BEGINNING, format_at
from gongxiang.lab.lines import ClockLine
from gongxiang.orders.models import Kind
from gongxiang.settlement.history import MICROSECONDS, recorded
from gongxiang.settlement.opening import feed_hash
from gongxiang.settlement.seal import BatchLine, DayLine, RulesLine, SealLine

_WAITING: Final = """
SELECT count(*) FILTER (WHERE due_at <= %s), count(*) FROM orders_order paid, points_pool pool
 WHERE (paid.due_at, paid.due_rank, paid.id)
       > (pool.cursor_at, pool.cursor_rank, pool.cursor_id) AND paid.returned < paid.amount
"""
_UNREACHED: Final = """
SELECT count(*) FROM orders_fact fact, points_pool pool
 WHERE (fact.at, fact.id)
       > (pool.cursor_at, CASE WHEN pool.cursor_rank = 1 THEN pool.cursor_id ELSE -1 END)
"""
_CURSOR: Final = f"""
SELECT {MICROSECONDS.format("cursor_at")} FROM points_pool
"""  # noqa: S608  no value is spliced in
_LAST_FACT: Final = f"""
SELECT {MICROSECONDS.format("at")}, kind FROM orders_fact ORDER BY at DESC, id DESC LIMIT 1
"""  # noqa: S608  no value is spliced in
_IS_TAKEN: Final = "SELECT FROM orders_fact WHERE key = %s"
_RULES: Final = """
SELECT version.id, preset, settings, terms, pool.feed_secret
  FROM governance_ruleversion version, points_pool pool WHERE version.id = 1
"""
_BATCHES: Final = f"""
SELECT id, facts, last_step, money, circulating, {MICROSECONDS.format("recorded_at")},
       content_hash, postings_hash, chain_hash
  FROM ledger_batch ORDER BY id
"""  # noqa: S608  no value is spliced in
_SEALS: Final = f"""
SELECT day, last_batch_id, {MICROSECONDS.format("sealed_at")}, root FROM ledger_seal ORDER BY day
"""  # noqa: S608  no value is spliced in


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """What a replay of the export settles and the platform has not yet."""

    facts: int
    orders: int


def event_lines(connection: Connection[Any]) -> Iterator[bytes]:
    """Stream the history as lines, each with its newline; a `clock` line where it is needed."""
    for one in recorded(connection):
        if one.is_refused:
            continue
        yield msgspec.json.encode(one.line) + b"\n"
    clock = _closing_clock(connection)
    if clock is not None:
        line = ClockLine(_free_key(connection, f"clock/{format_at(clock)}"), format_at(clock))
        yield msgspec.json.encode(line) + b"\n"


def unsettled(connection: Connection[Any]) -> Unsettled:
    """Count what is recorded and due at the end of the history and not settled yet."""
    due, _ = _row(connection, _WAITING, format_at(_end(connection)))
    (facts,) = _row(connection, _UNREACHED)
    return Unsettled(facts=facts, orders=due)


def seal_lines(connection: Connection[Any]) -> Iterator[SealLine]:
    """Stream the seal but for its last line: rules, batches, days."""
    version, preset, settings, terms, secret = _row(connection, _RULES)
    yield RulesLine(version, preset, tuple(settings), terms, feed_hash(bytes(secret)))
    with connection.cursor(name="batches") as cursor:
        for number, facts, last_step, money, circulating, at, *hashes in cursor.execute(_BATCHES):
            pair = str(money), str(circulating)
            hexes = (bytes(one).hex() for one in hashes)
            yield BatchLine(number, facts, last_step, *pair, format_at(at), *hexes)
    for day, last_batch, at, root in connection.execute(_SEALS):
        yield DayLine(str(day), last_batch, format_at(at), bytes(root).hex())


def _closing_clock(connection: Connection[Any]) -> int | None:
    """Give the moment at which a replay must stop to stand where the platform stands."""
    last = connection.execute(_LAST_FACT).fetchone()
    if last is None:
        return None
    at, kind = last
    if kind == Kind.CLOCK:
        (cursor_at,) = _row(connection, _CURSOR)
        return cursor_at if cursor_at > at else None
    _, waiting = _row(connection, _WAITING, format_at(BEGINNING))
    return _end(connection) if waiting else None


def _free_key(connection: Connection[Any], key: str) -> str:
    """Give a key that no fact has: this one, or it with a number behind."""
    keys = chain([key], (f"{key} {number}" for number in count(2)))
    return next(free for free in keys if connection.execute(_IS_TAKEN, (free,)).fetchone() is None)


def _end(connection: Connection[Any]) -> int:
    """Give the last moment of the history: recorded or settled."""
    (cursor_at,) = _row(connection, _CURSOR)
    last = connection.execute(_LAST_FACT).fetchone()
    return max(cursor_at, last[0]) if last else int(cursor_at)


def _row(connection: Connection[Any], query: str, *values: object) -> tuple[Any, ...]:
    row = connection.execute(query, values).fetchone()
    assert row is not None, "one row is asked for"
    return tuple(row)
