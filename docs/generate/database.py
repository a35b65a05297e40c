"""database.md: every table with its columns, its key, where it lives and whether it only grows.

Columns come from the models, keys and guards from the SQL beside them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.models import Model

from docs.generate.markdown import code, one_line, page, table

PACKAGE = Path(__file__).parents[2] / "gongxiang"
BY_HOME = frozenset({"member_id", "home_id", "party_id", "store_id"})
KEY = re.compile(r"ALTER TABLE (\w+) ADD PRIMARY KEY \(([^)]+)\)")
CONSTRAINT = re.compile(
    r"ALTER TABLE (\w+) ADD CONSTRAINT \w+\s+((?:CHECK|EXCLUDE|UNIQUE).*?);", re.DOTALL
)
INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX \w+ ON (\w+) (.*?);", re.DOTALL)
PROTECTED = re.compile(r"CALL ledger_protect\(ARRAY\[([^\]]+)\]\)")
INTRODUCTION = """\
The schema is meant to run unchanged on one PostgreSQL server and on several (Citus): a table that
grows with the business is keyed by the party it concerns, so that everything about a party lies
together; small tables would be copied to every server. Django's own tables (staff accounts and
their sign-ins) are not listed.

*Grows only* means that the database itself refuses to change or delete a row: the application's
role has no right to, and a trigger refuses everybody. Triggers and such grants stand in
`guards.sql`, apart from the keys in `keys.sql`, because Citus refuses triggers on distributed
tables; `verify` checks the same by sums and hashes."""
LIVES = {
    "home": "by party: all rows of a party lie together",
    "key": "look-up by an outside key",
    "one": "one row",
    "sequence": "the pool's sequence, in its order",
    "small": "small: a copy everywhere",
}


def database() -> str:
    """Make the page."""
    parts = [INTRODUCTION]
    for model in models():
        parts += [f"## {table_of(model)}", *_told(model)]
    return page(title="Database", parts=parts)


def models() -> list[type[Model]]:
    """Give our models in the order of their tables' names."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("gongxiang.")]
    return sorted((model for model in ours if model._meta.managed), key=table_of)  # noqa: SLF001  Django's name for it


def table_of(model: type[Model]) -> str:
    """Give the name of a model's table."""
    return str(model._meta.db_table)  # noqa: SLF001  Django's name for it


def key_of(model: type[Model]) -> tuple[str, ...]:
    """Give the columns of a table's primary key."""
    for sql in _statements():
        for name, columns in KEY.findall(sql):
            if name == table_of(model):
                return tuple(column.strip() for column in columns.split(","))
    return (str(model._meta.pk.column),)  # noqa: SLF001  Django's name for it


def growing() -> set[str]:
    """Give the tables that only grow."""
    return {
        name
        for sql in _statements()
        for names in PROTECTED.findall(sql)
        for name in re.findall(r"'(\w+)'", names)
    }


def lives(model: type[Model]) -> str:
    """Tell how a table's rows are spread: by party, by key, as one row, in sequence, or copied."""
    name, key = table_of(model), key_of(model)
    if any("id = 1" in check for check in _found(CONSTRAINT)[name]):
        return LIVES["one"]
    if BY_HOME & set(key) or name == "members_party":
        return LIVES["home"]
    if key[0] == "key":
        return LIVES["key"]
    if name in {"ledger_batch", "points_step"}:
        return LIVES["sequence"]
    return LIVES["small"]


def _told(model: type[Model]) -> Iterator[str]:
    name = table_of(model)
    yield one_line(model.__doc__ or "")
    facts = [f"Key: {code(', '.join(key_of(model)))}.", f"Lives: {lives(model)}."]
    facts.append("Grows only." if name in growing() else "Rows may change.")
    yield " ".join(facts)
    yield table(head=("column", "type", "中文"), rows=_columns(model))
    limits = [*_found(CONSTRAINT)[name], *_unique(model)]
    indexes = [*_found(INDEX)[name], *_indexes(model)]
    lines = [f"- Refuses what breaks {code(_plain(check))}." for check in limits]
    lines += [f"- Index {code(_plain(index))}." for index in indexes]
    if lines:
        yield "\n".join(lines)


def _columns(model: type[Model]) -> Iterator[tuple[str, str, str]]:
    for field in model._meta.fields:  # noqa: SLF001  Django's name for it
        kind = field.db_type(connection) or ""
        null = ", may be null" if field.null else ""
        yield code(field.column), f"{kind}{null}", str(field.verbose_name)


def _unique(model: type[Model]) -> Iterator[str]:
    for one in model._meta.constraints:  # noqa: SLF001  Django's name for it
        fields = getattr(one, "fields", ())
        if fields:
            yield f"UNIQUE ({', '.join(fields)})"
    for field in model._meta.fields:  # noqa: SLF001  Django's name for it
        if field.unique and not field.primary_key:
            yield f"UNIQUE ({field.column})"


def _indexes(model: type[Model]) -> Iterator[str]:
    for index in model._meta.indexes:  # noqa: SLF001  Django's name for it
        yield f"({', '.join(index.fields)})"


def _found(pattern: re.Pattern[str]) -> defaultdict[str, list[str]]:
    """Give what a pattern finds in all SQL files, by table."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for sql in _statements():
        for name, what in pattern.findall(sql):
            found[name].append(what)
    return found


def _statements() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(PACKAGE.glob("*/sql/*.sql"))]


def _plain(sql: str) -> str:
    return " ".join(sql.split())
