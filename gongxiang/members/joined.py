"""Accounts of one person: which one is signed in to, and which others are his.

    head(cursor, member)     the account that a party's person signs in to
    others(cursor, member)   the accounts that were joined into it
    signs_in(cursor, member)           whether somebody signs in to it: open, joined into no other
    end_sessions(cursor, member=...)   his sessions and tokens end: he asked, or has another role

The books know nothing of it: each party keeps its lots, cash, vouchers and its place in the tree.

Units: none. Source: R2; platform.md (People); docs/adr (accounts of one person).
"""

from typing import Any, Final

from psycopg import Cursor

_HEAD: Final = "SELECT into_id FROM members_joinedaccount WHERE member_id = %s"
_OTHERS: Final = """
SELECT member_id FROM members_joinedaccount WHERE into_id = %s ORDER BY member_id
"""
_SIGNS_IN: Final = """
SELECT FROM members_account account WHERE member_id = %s AND closed_at IS NULL
   AND NOT EXISTS (SELECT FROM members_joinedaccount gone WHERE gone.member_id = account.member_id)
"""
_EPOCH: Final = "UPDATE members_account SET epoch = epoch + 1 WHERE member_id = ANY(%s)"


def head(cursor: Cursor[Any], member: int) -> int:
    """Give the account that the person behind a party signs in to; itself for most."""
    cursor.execute(_HEAD, (member,))
    row = cursor.fetchone()
    return int(row[0]) if row else member


def others(cursor: Cursor[Any], member: int) -> list[int]:
    """Give the accounts that were joined into this one."""
    cursor.execute(_OTHERS, (member,))
    return [int(number) for (number,) in cursor.fetchall()]


def signs_in(cursor: Cursor[Any], member: int) -> bool:
    """Tell whether somebody signs in to an account, for a caller that holds the forest's lock."""
    cursor.execute(_SIGNS_IN, (member,))
    return cursor.fetchone() is not None


def end_sessions(cursor: Cursor[Any], *, member: int) -> None:
    """End every session of the person behind a party, and the tokens of each of his accounts."""
    own = head(cursor, member)
    cursor.execute(_EPOCH, ([own, *others(cursor, own)],))
