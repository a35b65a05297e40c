"""A plain psycopg cursor on Django's connection: for COPY, arrays and whole numbers.

Inside `transaction.atomic` it is part of that transaction.

Source: design/stack.md (driver).
"""

from typing import Any, Final

import psycopg
from django.db import InterfaceError, OperationalError, connection
from psycopg.types.numeric import IntLoader

DATABASE_DOWN: Final = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
"""What is raised while the database does not answer: by Django, and by the driver itself."""


def cursor() -> psycopg.Cursor[Any]:
    """Give a cursor that binds on the server and reads `numeric(38,0)` as int."""
    connection.ensure_connection()
    opened: psycopg.Cursor[Any] = psycopg.Cursor(connection.connection)
    opened.adapters.register_loader("numeric", IntLoader)
    return opened


def prepared_cursor() -> psycopg.Cursor[Any]:
    """Give such a cursor, and let the server keep the plan of what this connection repeats.

    For a loop of the same statements on a connection of its own: Django asks for none, because a
    web server's connections may be shared by way of a pooler.
    """
    opened = cursor()
    opened.connection.prepare_threshold = 1
    return opened
