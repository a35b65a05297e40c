"""One read-only snapshot of the database, for what must be consistent: export, audit, result.

A number of the database is read as a whole number; one that is none, which only somebody beside
the program can write, as the text "NaN", which equals no number that is expected.

Units: none. Source: design/scale.md rule 8; H7.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.abc import Buffer
from psycopg.adapt import Loader


class WholeLoader(Loader):
    """Reads `numeric(38,0)`."""

    def load(self, data: Buffer) -> int | str:
        """Give a whole number, or the text of what is none."""
        text = bytes(data).decode()
        return text if text == "NaN" else int(text)


@contextlib.contextmanager
def snapshot(url: str) -> Iterator[Connection[Any]]:
    """Give a connection in one read-only transaction; nothing it reads changes meanwhile."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.adapters.register_loader("numeric", WholeLoader)
        yield connection
