"""Advisory locks, and the one order in which they are taken.

    SETTLER   one settler, importer or publisher at a time; held for a whole command
    FOREST    whoever changes who is bound to whom takes it alone: no cycle can close unseen
    BARRIER   recorders share it for their short transaction; who takes it alone knows that
              everything recorded so far is committed
    NAMED     one name (a phone, an address) at a time; of several, in the order of the classes
    AUDIT     who writes a line of the audit log shares it; who takes it alone knows that every line
              so far is committed, and only tries to

Taken in this order; an act takes row locks only after them. AUDIT comes at any time: it is waited
for only while a day is sealed, and the sealer waits for nothing.

Source: design/style.md (Database), design/layout.md; R2; reliability 6.2, I-20.
"""

from typing import Any, Final

from psycopg import Cursor

SETTLER: Final = 7_461_010
BARRIER: Final = 7_461_011
FOREST: Final = 7_461_012
AUDIT: Final = 7_461_013


def hold_settler(cursor: Cursor[Any]) -> None:
    """Wait to be the only settler, for as long as the connection lives."""
    cursor.execute("SELECT pg_advisory_lock(%s)", (SETTLER,))


def try_settler(cursor: Cursor[Any]) -> bool:
    """Become the only settler if nobody is."""
    cursor.execute("SELECT pg_try_advisory_lock(%s)", (SETTLER,))
    row = cursor.fetchone()
    return bool(row and row[0])


def leave_settler(cursor: Cursor[Any]) -> None:
    """Let another settler go on."""
    cursor.execute("SELECT pg_advisory_unlock(%s)", (SETTLER,))


def share_barrier(cursor: Cursor[Any]) -> None:
    """Record beside others, until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (BARRIER,))


def hold_barrier(cursor: Cursor[Any]) -> None:
    """Wait until everything that is being recorded is committed; hold off others meanwhile."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (BARRIER,))


def hold_forest(cursor: Cursor[Any]) -> None:
    """Wait to be the only one who binds members, until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (FOREST,))


def share_audit(cursor: Cursor[Any]) -> None:
    """Write a line of the audit log beside others, until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (AUDIT,))


def try_audit(cursor: Cursor[Any]) -> bool:
    """Hold off the writers of the audit log until the transaction ends, if none is at work."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (AUDIT,))
    row = cursor.fetchone()
    return bool(row and row[0])


def hold_named(cursor: Cursor[Any], name: str, *, kind: int) -> None:
    """Wait to be the only one at work on a name of a kind, until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s::int, hashtext(%s))", (kind, name))
