"""Questions to the database: rows out, whole numbers as int, one moment for a whole page.

Every query of the console goes through here. A page runs in one read-only transaction, so all its
figures are of the same moment and nothing can be written, whoever is signed in.

Units: none.
Source: design/scale.md rules 6 and 8; design/ui/faces.md 6.5.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from psycopg.types.numeric import IntLoader

Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]


def rows(query: str, values: Values = ()) -> list[Row]:
    """Ask the database; `numeric(38,0)` comes as int."""
    with connection.cursor() as cursor:
        cursor.cursor.adapters.register_loader("numeric", IntLoader)
        cursor.execute(query, values)
        found: list[Row] = cursor.fetchall()
        return found


def one(query: str, values: Values = ()) -> Row | None:
    """Ask for at most one row."""
    found = rows(query, values)
    return found[0] if found else None


@contextmanager
def reading() -> Iterator[None]:
    """Let every question of a page see the same state of the database, and write nothing."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
