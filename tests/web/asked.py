"""How many questions a page asks the database, whichever cursor asks them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

_ASIDE = ("BEGIN", "COMMIT", "SET TRANSACTION", "SAVEPOINT", "RELEASE")


@contextmanager
def questions() -> Iterator[list[str]]:
    """List every statement of the block, of Django's cursors and of the driver's own."""
    found: list[str] = []
    execute = psycopg.Cursor.execute

    def counted(self: psycopg.Cursor[Any], query: Any, *values: Any, **named: Any) -> Any:  # noqa: ANN401
        text = query if isinstance(query, str) else str(query)
        if not text.strip().startswith(_ASIDE):
            found.append(" ".join(text.split())[:90])
        return execute(self, query, *values, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", counted)
        yield found
