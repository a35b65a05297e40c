"""Charges at a till, in the caller's transaction: each step is one statement with its condition.

    open --taken by one attempt--> taken --confirmed--> paid        open --> cancelled

A code that nobody took before its end cannot be taken any more; nothing is written for that.

Units: fen; moments are the database's own clock. Source: P1, I-18; reliability C1.
"""

from typing import Any, Final

from psycopg import Cursor

_TAKE: Final = """
UPDATE payments_charge SET state = 'taken', attempt_number = %s
 WHERE store_id = %s AND number = %s AND amount_fen = %s AND state = 'open'
   AND expires_at > clock_timestamp()
RETURNING (extract(epoch FROM expires_at - opened_at) * 1000000)::bigint
"""
_PAID: Final = """
UPDATE payments_charge SET state = 'paid'
 WHERE store_id = %s AND attempt_number = %s AND state = 'taken'
"""
_CANCEL: Final = """
UPDATE payments_charge SET state = 'cancelled'
 WHERE store_id = %s AND number = %s AND state IN ('open', 'cancelled')
"""


def take(
    cursor: Cursor[Any], *, store: int, number: str, amount_fen: int, attempt: str
) -> int | None:
    """Let an attempt take a charge; give its life in microseconds, nothing where it cannot."""
    cursor.execute(_TAKE, (attempt, store, number, amount_fen))
    row = cursor.fetchone()
    return None if row is None else int(row[0])


def mark_paid(cursor: Cursor[Any], *, store: int, attempt: str) -> None:
    """Let the charge of an attempt be paid, if it has one."""
    cursor.execute(_PAID, (store, attempt))


def cancel(cursor: Cursor[Any], *, store: int, number: str) -> bool:
    """Cancel a charge that nobody took; tell whether it is cancelled now."""
    cursor.execute(_CANCEL, (store, number))
    return cursor.rowcount == 1
