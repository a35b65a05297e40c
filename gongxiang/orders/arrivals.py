"""Telling that a payment was recorded: a word on the database's own channel, sent by its commit.

    INSERT fact, order; announce; COMMIT  ->  every listener hears "<store> <order number>"

What is announced in a transaction that does not commit was never said. The word carries no amount
and no person: whoever hears it reads the database.

Units: none. Source: design/ui/faces.md 7 (c) 4.
"""

from typing import Any, Final

from psycopg import Cursor

CHANNEL: Final = "arrivals"
_ANNOUNCE: Final = "SELECT pg_notify(%s, %s)"
_KEY_LENGTH: Final = 64
"""PostgreSQL refuses a word of 8,000 bytes, and would refuse the payment with it."""


def announce(cursor: Cursor[Any], *, store: int, key: str) -> None:
    """Tell that a payment of a store was recorded, with this transaction's commit."""
    cursor.execute(_ANNOUNCE, (CHANNEL, f"{store} {key[:_KEY_LENGTH]}"))


def of_store(store: int) -> str:
    """Name the topic of everything that arrives at a store."""
    return f"s{store}"


def of_order(key: str) -> str:
    """Name the topic of one order."""
    return f"o{key[:_KEY_LENGTH]}"


def topics(word: str) -> tuple[str, ...]:
    """Give the topics that an announced word belongs to.

    >>> topics("7 GX20261122-0001")
    ('s7', 'oGX20261122-0001')
    """
    store, _, key = word.partition(" ")
    return f"s{store}", of_order(key)
