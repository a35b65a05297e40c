"""A plain psycopg cursor on Django's connection: for COPY, arrays and whole numbers.

Inside `transaction.atomic` it is part of that transaction.

Source: design/stack.md (driver).
"""

from typing import Any

import psycopg
from django.db import connection
from psycopg.types.numeric import IntLoader


def cursor() -> psycopg.Cursor[Any]:
    """Give a cursor that binds on the server and reads `numeric(38,0)` as int."""
    connection.ensure_connection()
    opened: psycopg.Cursor[Any] = psycopg.Cursor(connection.connection)
    opened.adapters.register_loader("numeric", IntLoader)
    return opened
