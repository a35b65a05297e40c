"""What must change nothing: a database role that can only read, and what all rows add up to.

It is a role, not a setting of the transaction: no statement of ours can take it off, and what a
function or a trigger would write is refused as well.

Source: reliability 8 (16); issue 4 (GET changes nothing).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from tests.conftest import Database

READER = "gongxiang_reader"
_MADE = f"""
DO $$ BEGIN
    CREATE ROLE {READER} NOLOGIN IN ROLE pg_read_all_data;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_TABLES = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_LENT = f"GRANT {READER} TO gongxiang_app WITH INHERIT FALSE, SET TRUE"


@contextmanager
def reading_only(database: Database) -> Iterator[None]:
    """Ask as the reader until the block ends, on the one connection of this thread."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(_MADE)
        with admin.transaction():
            admin.execute("SELECT pg_advisory_xact_lock(1)")
            admin.execute(_LENT)
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {READER}")
    try:
        yield
        assert _role() == READER, "another connection was opened meanwhile: it could have written"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def _role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (name,) = cursor.fetchone()
    return str(name)


def footprint(*but: str) -> list[tuple[str, int, int]]:
    """Give for each table how many rows it has, and the sum of their hashes: no change hides.

    `but` names tables that may change.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        names = [name for (name,) in cursor.fetchall() if name not in but]
        cursor.execute(" UNION ALL ".join(map(_whole, names)))
        return sorted((str(name), int(count), int(total)) for name, count, total in cursor)


def _whole(name: str) -> str:
    return (
        f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(held::text, 0)), 0)"
        f' FROM "{name}" AS held'
    )
