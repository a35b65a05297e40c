"""A platform in a test's database: driven from lines, and asked what everybody must agree on.

Units: micro-yuan, atoms, microseconds.
Source: spec/events.md (Commands).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.sql import SQL, Composed

from gongxiang.acts.publish_rules import publish_rules
from gongxiang.cli.importing import import_lines
from gongxiang.cli.settling import settle_all
from gongxiang.economy.terms import Terms
from gongxiang.lab import result
from gongxiang.lab.lines import Line, decode
from gongxiang.lab.replay import Replay, fold
from gongxiang.ledger import raw
from gongxiang.rulebook.load import load_terms
from gongxiang.settlement.audit import Audit, audit
from gongxiang.settlement.export import event_lines
from gongxiang.settlement.result import of_platform
from gongxiang.settlement.wrong import Wrong

Connection = psycopg.Connection[Any]
TABLES: Final = (
    *("governance_ruleversion", "ledger_balance", "ledger_batch", "ledger_posting", "ledger_seal"),
    *("members_member", "members_party", "members_partykey", "merchants_store"),
    *("orders_fact", "orders_order", "orders_refund", "points_lot", "points_pool", "points_sale"),
    *("points_step", "regions_contract", "regions_grandregion", "regions_grandregionprovince"),
    *("orders_outcome", "treasury_injection", "treasury_withdrawal", "treasury_withdrawalreturn"),
)
"""Everything that a platform's history fills, changes of stores apart."""
OF_CHANGES: Final = ("merchants_ownerchange", "merchants_ratechange")
"""What changes of stores fill."""


def terms_with(settings: Mapping[str, int | str] | None = None) -> Terms:
    """Give the terms of seed-1 with some rules set otherwise."""
    words = [f"{name}={value}" for name, value in (settings or {}).items()]
    return load_terms(preset="seed-1", settings=words)


def numbered(texts: Iterable[str]) -> Iterator[tuple[int, Line]]:
    """Read lines as a file of events gives them."""
    for number, text in enumerate(texts, 1):
        yield number, decode(text.encode(), number=number)


def record(texts: Iterable[str], *, terms: Terms) -> Replay:
    """Publish the rules and record the lines, settling nothing."""
    publish_rules(terms=terms, preset="seed-1")
    return record_more(texts, terms=terms)


def record_more(texts: Iterable[str], *, terms: Terms) -> Replay:
    """Record the lines on a platform that has these rules in force."""
    return import_lines(numbered(texts), terms=terms, on_chunk=lambda _chunk: None)


def settle(replay: Replay, *, batch: int = 1_000) -> int:
    """Settle as an import does: everything, or up to the last accepted `clock` line."""
    until = replay.state.clock if replay.is_stopped_by_clock else None
    return settle_all(until=until, batch=batch)


def drive(texts: Iterable[str], *, terms: Terms, batch: int = 1_000) -> Replay:
    """Import the lines into the empty platform of the test."""
    replay = record(texts, terms=terms)
    settle(replay, batch=batch)
    return replay


@dataclass(frozen=True, slots=True)
class Books:
    """The books of the test's platform, open to a superuser whom no trigger stops."""

    connection: Connection

    def audited(self) -> Audit:
        """Audit the platform; raises `Wrong`."""
        try:
            return audit(self.connection, on_batch=lambda _batch: None)
        finally:
            self.connection.rollback()

    def verdict(self, *changes: SQL | Composed) -> str:
        """Give what is wrong with the platform after some changes, which are undone again."""
        self.connection.execute("SET LOCAL session_replication_role = replica")
        for change in changes:
            assert self.connection.execute(change).rowcount > 0
        try:
            self.audited()
        except Wrong as wrong:
            return str(wrong)
        return ""

    def lines(self) -> list[str]:
        """Export the history as lines."""
        found = [line.decode().rstrip("\n") for line in event_lines(self.connection)]
        self.connection.rollback()
        return found

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Read rows."""
        found = self.connection.execute(query).fetchall()
        self.connection.rollback()
        return found

    def empty(self) -> None:
        """Take everything away, so that another history can be told in the same database."""
        self.connection.execute("SET LOCAL session_replication_role = replica")
        self.connection.execute(SQL("TRUNCATE {}").format(_names((*TABLES, *OF_CHANGES))))
        self.connection.execute("UPDATE points_horizon SET at = '0001-01-01T00:00:00Z'")
        self.connection.commit()


def _names(tables: Iterable[str]) -> Composed:
    return SQL(", ").join(map(sql.Identifier, tables))


def of_database() -> dict[str, Any]:
    """Give the platform's result as everybody reads it."""
    with raw.cursor() as cursor:
        return read(of_platform(cursor))


def of_replay(replay: Replay) -> dict[str, Any]:
    """Give a fold's result without its refused and repeated lines."""
    return read(result.of_state(replay.state, refused=(), repeated=0))


def replayed(texts: Iterable[str], *, terms: Terms) -> dict[str, Any]:
    """Fold the lines in memory; the result without its refused and repeated lines."""
    return of_replay(fold(numbered(texts), terms))


def read(answer: result.Result) -> dict[str, Any]:
    """Read a result as it is written."""
    found: dict[str, Any] = json.loads(result.to_bytes(answer))
    return found
