"""The platform's history as lines of an event file, streamed in its order.

Each fact is put together again from the table of its kind; nothing is kept of lines that went by,
so memory does not grow with history. Everything is read in the caller's transaction: one snapshot.

Units: fen, atoms, microseconds.
Source: spec/events.md (export, Lines).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from msgspec import UNSET, UnsetType
from psycopg import Connection, Cursor

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.lab.lines import (
    AgentEndedLine,
    AgentLine,
    ClockLine,
    GrandRegionLine,
    InjectedLine,
    Line,
    MemberLine,
    PaidLine,
    RefundedLine,
    SoldLine,
    StoreLine,
    WithdrawnLine,
)
from gongxiang.orders.models import Kind

FACTS_AT_ONCE: Final = 5_000

_FACTS: Final = """
SELECT id, (extract(epoch FROM at) * 1000000)::bigint, kind, home_id, amount, digest, key, is_dated
  FROM orders_fact ORDER BY at, id
"""
_OF_HOME: Final = "JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted (home, fact)"
_MEMBERS: Final = """
SELECT member_id, referrer_id, via_store_id FROM members_member WHERE member_id = ANY(%s)
"""
_STORES: Final = """
SELECT store_id, owner_id, recruiter_id, division_code, commission_rate
  FROM merchants_store WHERE store_id = ANY(%s)
"""
_PROVINCES: Final = "SELECT id, provinces FROM regions_grandregion WHERE id = ANY(%s)"
_CONTRACTS: Final = "SELECT id, level, region FROM regions_contract WHERE id = ANY(%s)"
_ENDED: Final = "SELECT ended_by_id, level, region FROM regions_contract WHERE ended_by_id = ANY(%s)"
_ORDERS: Final = f"""
SELECT id, store_id, commission_rate, version_id, direct_id, indirect_id, recruiter_id,
       district_id, city_id, province_id, grand_region_id, amount,
       (extract(epoch FROM due_at) * 1000000)::bigint, due_rank
  FROM orders_order {_OF_HOME} ON (member_id, id) = (home, fact)
"""  # noqa: S608  no value is spliced in
_REFUNDS: Final = f"""
SELECT refund.id, paid.key FROM orders_refund refund {_OF_HOME}
    ON (refund.member_id, refund.id) = (home, fact)
  JOIN orders_order bought ON (bought.member_id, bought.id) = (refund.member_id, refund.order_id)
  JOIN orders_fact paid ON (paid.at, paid.id) = (bought.paid_at, bought.id)
"""  # noqa: S608  no value is spliced in
_SALES: Final = f"""
SELECT id, points FROM points_sale {_OF_HOME} ON (member_id, id) = (home, fact)
"""  # noqa: S608  no value is spliced in
_PARTIES: Final = "SELECT id, key FROM members_party WHERE id = ANY(%s)"


class BrokenHistory(Exception):
    """A fact whose details are not in the table of its kind."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as the database has it, and the line that it reads as."""

    number: int
    at: int
    kind: int
    home: int
    amount: int
    digest: bytes
    line: Line
    details: tuple[Any, ...]


def recorded(connection: Connection[Any]) -> Iterator[Recorded]:
    """Stream all facts in their order, each with its line.

    Raises `BrokenHistory` naming the fact that cannot be put together.
    """
    with connection.cursor(name="history") as facts, connection.cursor() as cursor:
        facts.itersize = FACTS_AT_ONCE
        facts.execute(_FACTS)
        while rows := facts.fetchmany(FACTS_AT_ONCE):
            yield from _put_together(cursor, rows)


def _put_together(cursor: Cursor[Any], rows: list[tuple[Any, ...]]) -> Iterator[Recorded]:
    details = {kind: load(cursor, rows) for kind, load in _LOAD.items()}
    keys = _keys(cursor, rows, details)
    for row in rows:
        number, at, kind, home, amount, digest, key, is_dated = row
        found = details[kind].get(home if kind in _BY_HOME else number)
        if found is None:
            raise BrokenHistory(f"fact {number} ({key}) has no row in the table of its kind")
        moment = format_at(at) if is_dated else UNSET
        try:
            line = _LINE[kind](key, moment, keys, home, amount, found)
        except KeyError as error:
            raise BrokenHistory(f"fact {number} ({key}) names party {error}, who is not there") from None
        yield Recorded(number, at, kind, home, amount, bytes(digest), line, found)


def _keys(
    cursor: Cursor[Any],
    rows: list[tuple[Any, ...]],
    details: dict[int, dict[int, tuple[Any, ...]]],
) -> dict[int | None, str | None]:
    """Load the outside keys of every party that these facts name."""
    wanted = {row[3] for row in rows}
    wanted.update(party for found in details[Kind.MEMBER].values() for party in found[:2])
    wanted.update(party for found in details[Kind.STORE].values() for party in found[:2])
    wanted.update(found[0] for found in details[Kind.PAID].values())
    cursor.execute(_PARTIES, (sorted(wanted - {None, 0}),))
    keys: dict[int | None, str | None] = dict(cursor.fetchall())
    keys[None] = None
    return keys


def _by_home(kind: Kind, query: str) -> Callable[..., dict[int, tuple[Any, ...]]]:
    """Load details that are keyed by the party the fact is about."""

    def load(cursor: Cursor[Any], rows: list[tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
        wanted = [row[3] for row in rows if row[2] == kind]
        return _fetch(cursor, query, (wanted,)) if wanted else {}

    return load


def _by_number(kind: Kind, query: str) -> Callable[..., dict[int, tuple[Any, ...]]]:
    """Load details that are keyed by the fact's number."""

    def load(cursor: Cursor[Any], rows: list[tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
        wanted = [row[0] for row in rows if row[2] == kind]
        return _fetch(cursor, query, (wanted,)) if wanted else {}

    return load


def _by_key(kind: Kind, query: str) -> Callable[..., dict[int, tuple[Any, ...]]]:
    """Load details that are keyed by home and number."""

    def load(cursor: Cursor[Any], rows: list[tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
        homes = [row[3] for row in rows if row[2] == kind]
        numbers = [row[0] for row in rows if row[2] == kind]
        return _fetch(cursor, query, (homes, numbers)) if homes else {}

    return load


def _nothing(kind: Kind) -> Callable[..., dict[int, tuple[Any, ...]]]:
    """Load nothing: the fact says it all."""

    def load(_cursor: Cursor[Any], rows: list[tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
        return {row[0]: () for row in rows if row[2] == kind}

    return load


def _fetch(
    cursor: Cursor[Any], query: str, values: tuple[Any, ...]
) -> dict[int, tuple[Any, ...]]:
    cursor.execute(query, values)
    return {row[0]: row[1:] for row in cursor.fetchall()}


_BY_HOME: Final = {Kind.MEMBER, Kind.STORE}
_LOAD: Final = {
    Kind.MEMBER: _by_home(Kind.MEMBER, _MEMBERS),
    Kind.STORE: _by_home(Kind.STORE, _STORES),
    Kind.GRAND_REGION: _by_number(Kind.GRAND_REGION, _PROVINCES),
    Kind.AGENT: _by_number(Kind.AGENT, _CONTRACTS),
    Kind.AGENT_ENDED: _by_number(Kind.AGENT_ENDED, _ENDED),
    Kind.PAID: _by_key(Kind.PAID, _ORDERS),
    Kind.RETURNED: _by_key(Kind.RETURNED, _REFUNDS),
    Kind.CASE: _by_key(Kind.CASE, _REFUNDS),
    Kind.SOLD: _by_key(Kind.SOLD, _SALES),
    Kind.INJECTED: _nothing(Kind.INJECTED),
    Kind.WITHDRAWN: _nothing(Kind.WITHDRAWN),
    Kind.CLOCK: _nothing(Kind.CLOCK),
}

Moment = str | UnsetType
_LINE: Final[dict[int, Callable[..., Line]]] = {
    Kind.MEMBER: lambda key, at, keys, _home, _amount, found: MemberLine(
        key, keys[found[0]], keys[found[1]], at
    ),
    Kind.STORE: lambda key, at, keys, _home, _amount, found: StoreLine(
        key, keys[found[0]], keys[found[1]], found[2], found[3], at
    ),
    Kind.GRAND_REGION: lambda key, at, _keys, _home, _amount, found: GrandRegionLine(
        key, tuple(found[0]), at
    ),
    Kind.AGENT: lambda key, at, keys, home, _amount, found: AgentLine(
        key, keys[home], found[0], found[1], at
    ),
    Kind.AGENT_ENDED: lambda key, at, _keys, _home, _amount, found: AgentEndedLine(
        key, found[0], found[1], at
    ),
    Kind.PAID: lambda key, at, keys, home, amount, found: PaidLine(
        key, keys[home], keys[found[0]], amount // FEN, at
    ),
    Kind.RETURNED: lambda key, at, _keys, _home, amount, found: RefundedLine(
        key, found[0], amount // FEN, at
    ),
    Kind.CASE: lambda key, at, _keys, _home, amount, found: RefundedLine(
        key, found[0], amount // FEN, at
    ),
    Kind.SOLD: lambda key, at, keys, home, _amount, found: SoldLine(
        key, keys[home], str(found[0]), at
    ),
    Kind.INJECTED: lambda key, at, _keys, _home, amount, _found: InjectedLine(
        key, amount // FEN, at
    ),
    Kind.WITHDRAWN: lambda key, at, keys, home, amount, _found: WithdrawnLine(
        key, keys[home], amount // FEN, at
    ),
    Kind.CLOCK: lambda key, at, _keys, _home, _amount, _found: ClockLine(key, at),
}
