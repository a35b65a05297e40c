"""One read-only snapshot of the database, for what must be consistent: export, audit, result.

Units: none. Source: design/scale.md rule 8.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.types.numeric import IntLoader


@contextlib.contextmanager
def snapshot(url: str) -> Iterator[Connection[Any]]:
    """Give a connection in one read-only transaction; nothing it reads changes meanwhile."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.adapters.register_loader("numeric", IntLoader)
        yield connection
