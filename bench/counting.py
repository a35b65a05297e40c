"""Counting what is asked of the database, by whichever cursor: Django's own or the driver's.

Units: none. Source: issue 4 (Speed: at most twelve queries a page).
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg

_WORDS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE")


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements of this process that read or write rows."""
    asked: list[str] = []
    execute = psycopg.Cursor.execute

    def noting(cursor: Any, query: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401  passed on
        text = query if isinstance(query, str) else str(query)
        if text.lstrip().upper().startswith(_WORDS):
            asked.append(text)
        return execute(cursor, query, *rest, **named)

    psycopg.Cursor.execute = noting  # type: ignore[assignment, method-assign]
    try:
        yield asked
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
