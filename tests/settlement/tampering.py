"""Ways to change one value of one row, as somebody who owns the machine could.

Units: none. Source: reliability A23 (flip any byte of any row).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from psycopg import sql
from psycopg.sql import Composed

from tests.settlement.platforms import OF_CHANGES, TABLES, Books

NAMED_BY: Final = {
    "governance_ruleversion": ("rule version {id}",),
    "ledger_balance": ("{party_id}",),
    "ledger_batch": ("batch {id}", "batches"),
    "ledger_posting": ("posting home {home_id}, event {event_id}, leg {leg}",),
    "ledger_seal": ("seal of {day}",),
    "members_member": ("{member_id}",),
    "members_party": ("{id}", "{key}"),
    "members_partykey": ("{party_id}",),
    "merchants_store": ("{store_id}",),
    "orders_fact": ("{id}", "store {home_id} ", "member {home_id} "),
    "orders_outcome": ("{fact_id}",),
    "points_pool": ("the pool",),
    "points_step": ("step {id} ",),
    "regions_grandregionprovince": ("{province_code}",),
}
"""What names a row in a verdict, by table; its id where nothing is said."""

_TIMESTAMPTZ: Final = 1184
_SOME_MOMENT: Final = "2026-03-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands, and where."""

    table: str
    place: str
    values: dict[str, Any]
    kinds: dict[str, int]
    """The database's type of each column."""

    def change(self, column: str, value: object) -> Composed:
        """Give the statement that changes one value."""
        return sql.SQL("UPDATE {} SET {} = {} WHERE ctid = {}").format(
            sql.Identifier(self.table), sql.Identifier(column), sql.Literal(value), self.place
        )

    def flip(self, column: str, chance: Random) -> object:
        """Give a column's value with one bit, byte or character changed; NULL becomes a value."""
        value = self.values[column]
        if value is None:
            return _SOME_MOMENT if self.kinds[column] == _TIMESTAMPTZ else "1"
        return flipped(value, chance)

    def is_named(self, verdict: str, **changed: object) -> bool:
        """Tell whether a verdict names the row, as it was or as it was changed."""
        return any(
            name.format_map(values) in verdict
            for name in NAMED_BY.get(self.table, ("{id}",))
            for values in (self.values, self.values | changed)
        )

    def delete(self) -> Composed:
        """Give the statement that deletes it."""
        return sql.SQL("DELETE FROM {} WHERE ctid = {}").format(
            sql.Identifier(self.table), self.place
        )

    def copy(self, **changed: object) -> Composed:
        """Give the statement that inserts it once more, changed a little."""
        values = self.values | changed
        return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(self.table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Literal, map(_adapted, values.values()))),
        )


def rows_of(books: Books, table: str) -> list[Row]:
    """Read all rows of a table."""
    cursor = books.connection.execute(
        sql.SQL("SELECT ctid::text, * FROM {} ORDER BY ctid").format(sql.Identifier(table))
    )
    kinds = {column.name: column.type_code for column in (cursor.description or ())[1:]}
    found = [Row(table, row[0], dict(zip(kinds, row[1:], strict=True)), kinds) for row in cursor]
    books.connection.rollback()
    return found


def nullable(books: Books, table: str) -> list[str]:
    """Give the columns that may be NULL."""
    found = books.connection.execute(
        "SELECT attname FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attnotnull ORDER BY attnum",
        (table,),
    ).fetchall()
    books.connection.rollback()
    return [name for (name,) in found]


def drop_checks(books: Books) -> None:
    """Take away every constraint and key: the audit alone must find what is wrong."""
    found = books.connection.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype IN ('c', 'x', 'p', 'u') AND conrelid = ANY(%s::regclass[])",
        ([*TABLES, *OF_CHANGES],),
    ).fetchall()
    for table, name in found:
        books.connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(table), sql.Identifier(name)
            )
        )
    books.connection.commit()


def flipped(value: object, chance: Random) -> object:
    """Give a value with one bit, byte or character changed."""
    for kind, flip in _FLIPS:
        if isinstance(value, kind):
            return _adapted(flip(value, chance))
    msg = f"no way to flip {value!r}"
    raise AssertionError(msg)


def _adapted(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else value


def _flip_whole(value: int, chance: Random) -> int:
    return value ^ (1 << chance.randrange(min(15, max(1, value.bit_length()))))


def _flip_bytes(value: bytes, chance: Random) -> bytes:
    changed = bytearray(value)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _flip_text(value: str, chance: Random) -> str:
    place = chance.randrange(len(value))
    return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]


def _flip_moment(value: datetime, chance: Random) -> datetime:
    changed = timedelta(microseconds=1 << chance.randrange(45))
    return value + changed if value < datetime(2020, 1, 1, tzinfo=UTC) else value - changed


def _flip_values(value: dict[str, Any], chance: Random) -> dict[str, Any]:
    name = chance.choice(sorted(value))
    return value | {name: flipped(value[name], chance)}


_FLIPS: Final[tuple[tuple[type, Callable[..., Any]], ...]] = (
    (bool, lambda value, _chance: not value),
    (int, _flip_whole),
    (bytes, _flip_bytes),
    (str, lambda value, chance: _flip_text(value, chance) if value else "x"),
    (datetime, _flip_moment),
    (date, lambda value, chance: value + timedelta(days=1 << chance.randrange(8))),
    (dict, _flip_values),
    (list, lambda value, _chance: [*value, "x"]),
)
