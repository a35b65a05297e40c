"""Making two accounts of one person one to sign in to, in the caller's transaction.

The caller holds the forest's lock and knows that both are one person's: he proved both in one
session, or an officer checked his real name and the waiting period is over.

Units: none. Source: R2, I-20; docs/adr (accounts of one person).
"""

from typing import Any, Final

from psycopg import Cursor

from gongxiang.members import issuers, joined, notes, stale
from gongxiang.members.models import MessageKind

_OPEN: Final = """
SELECT account.member_id FROM members_account account
 WHERE account.member_id = ANY(%s) AND account.closed_at IS NULL
 ORDER BY account.opened_at, account.member_id
"""
_ABOVE: Final = "SELECT referrer_id FROM members_member WHERE member_id = %s"
_JOIN: Final = """
INSERT INTO members_joinedaccount (member_id, into_id, joined_at)
SELECT %s, %s, clock_timestamp() + make_interval(secs => offset_seconds) FROM points_horizon
"""
_FOLLOW: Final = "UPDATE members_joinedaccount SET into_id = %s WHERE into_id = %s"
_SHOWN: Final = """
SELECT issuer, shown FROM members_identity
 WHERE member_id = %s AND issuer = ANY(%s) ORDER BY proved_at
"""
_IDENTITIES: Final = "UPDATE members_identity SET member_id = %s WHERE member_id = %s"
_LINKS: Final = "UPDATE members_invitecode SET member_id = %s WHERE member_id = %s"


def join(cursor: Cursor[Any], one: int, other: int) -> int | None:
    """Join two accounts; give the one that is signed in to from now on.

    Nothing, and nothing is changed, where they are not two, open, and each for itself.
    """
    if one == other or {joined.head(cursor, one), joined.head(cursor, other)} != {one, other}:
        return None
    cursor.execute(_OPEN, ([one, other],))
    open_ones = [int(number) for (number,) in cursor.fetchall()]
    if len(open_ones) != len({one, other}):
        return None
    kept, leaving = _order(cursor, *open_ones)
    _join(cursor, kept, leaving)
    return kept


def _order(cursor: Cursor[Any], first: int, second: int) -> tuple[int, int]:
    """Give which is kept and which is left; the first has joined earlier."""
    above: int | None = first
    while above is not None:
        if above == second:
            return second, first
        cursor.execute(_ABOVE, (above,))
        row = cursor.fetchone()
        above = row[0] if row else None
    return first, second


def _join(cursor: Cursor[Any], kept: int, leaving: int) -> None:
    cursor.execute(_SHOWN, (leaving, list(issuers.PROOFS)))
    proofs = [issuers.called(issuer=issuer, shown=shown) for issuer, shown in cursor.fetchall()]
    cursor.execute(_JOIN, (leaving, kept))
    for follow in (_FOLLOW, _IDENTITIES, _LINKS):
        cursor.execute(follow, (kept, leaving))
    joined.end_sessions(cursor, member=kept)
    stale.cancel_recoveries(cursor, members=(kept, leaving))
    notes.tell(cursor, member=kept, kind=MessageKind.ACCOUNTS_JOINED, subject="、".join(proofs))
