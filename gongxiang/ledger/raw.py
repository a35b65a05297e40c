"""A plain psycopg cursor on Django's connection: for COPY, arrays and whole numbers.

Inside `transaction.atomic` it is part of that transaction.

Source: design/stack.md (driver).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg
import psycopg.postgres
from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg.pq import Format

DATABASE_DOWN: Final = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
"""What is raised while the database does not answer: by Django, and by the driver itself."""
_NUMERIC: Final = psycopg.postgres.types["numeric"].oid
_WHOLE: Final = psycopg.postgres.types["int8"].oid
"""Whole numbers of any size are read by the driver's own, compiled; a fraction is refused."""
Kind = TypeVar("Kind", bound=psycopg.Cursor[Any])


def cursor() -> psycopg.Cursor[Any]:
    """Give a cursor that binds on the server and reads `numeric(38,0)` as int."""
    return _opened(psycopg.Cursor)


def numbered_cursor() -> psycopg.RawCursor[Any]:
    """Give such a cursor for a question with `$1`, `$2`, which the driver sends as it is written.

    Where `%s` stands the driver parses the question, and one above 4,096 characters each time.
    """
    return _opened(psycopg.RawCursor)


def prepared_cursor() -> psycopg.Cursor[Any]:
    """Give such a cursor, and let the server keep the plan of what this connection repeats.

    For a loop of the same statements on a connection of its own: Django asks for none, because a
    web server's connections may be shared by way of a pooler.
    """
    opened = cursor()
    opened.connection.prepare_threshold = 1
    return opened


@contextmanager
def one_moment() -> Iterator[None]:
    """Let every question of a page see the same state of the database, and write nothing."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    kept = connection.connection
    # As attributes they travel with the BEGIN, a round trip less than a statement of their own.
    kept.isolation_level, kept.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not kept.closed:
            kept.isolation_level = kept.read_only = None


def _opened(kind: type[Kind]) -> Kind:
    connection.ensure_connection()
    kept = connection.connection
    # Once a connection, not a cursor: each that registers its own copies what the driver knows.
    whole = kept.adapters.get_loader(_WHOLE, Format.TEXT)
    if kept.adapters.get_loader(_NUMERIC, Format.TEXT) is not whole:
        kept.adapters.register_loader(_NUMERIC, whole)
    return kind(kept)
