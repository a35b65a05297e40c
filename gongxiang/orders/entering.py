"""Somebody enters the tree: the fact that he did, and his account, in the caller's transaction.

The caller holds the forest's lock; for a guest the barrier as well, so that all that he paid comes
before his joining.

Units: moments in microseconds. Source: R2, H5, E8; design/ui/faces.md 12.1.
"""

from typing import Any, Final

from psycopg import Cursor

from gongxiang.base.clock import format_at
from gongxiang.lab.lines import ClaimedLine, Line, MemberLine
from gongxiang.members import consenting, keyed
from gongxiang.members.bringers import Bringer
from gongxiang.orders import facts
from gongxiang.orders.models import Kind

_KEYS: Final = "SELECT id, key FROM members_party WHERE id = ANY(%s)"
_MEMBER: Final = """
INSERT INTO members_member (member_id, referrer_id, via_store_id, is_introduced, joined_at)
VALUES (%s, %s, %s, true, %s) ON CONFLICT (member_id) DO NOTHING
"""
_CLAIM: Final = """
UPDATE members_member SET referrer_id = %s, via_store_id = %s, joined_at = %s, is_introduced = true
 WHERE member_id = %s AND NOT is_introduced
"""
_ACCOUNT: Final = """
INSERT INTO members_account (member_id, name, code, epoch, opened_at) VALUES (%s, %s, %s, 0, %s)
"""
_INVITE: Final = "INSERT INTO members_invitecode (code, member_id) VALUES (%s, %s)"


def record(cursor: Cursor[Any], member: int, bringer: Bringer | None, at: int) -> None:
    """Make a party a member and record it: as a new one, or as a guest who claims what he paid."""
    referrer = bringer.referrer if bringer else None
    store = bringer.store if bringer else None
    parties = [party for party in (member, referrer, store) if party]
    cursor.execute(_KEYS, (parties,))
    keys: dict[int | None, str] = dict(cursor.fetchall())
    above, via = keys.get(referrer), keys.get(store)
    cursor.execute(_MEMBER, (member, referrer, store, format_at(at)))
    is_guest = not cursor.rowcount
    if is_guest:
        cursor.execute(_CLAIM, (referrer, store, format_at(at), member))
        assert cursor.rowcount == 1, "a guest joins once"
    key = keyed.party_key("C")

    def line_at(moment: str) -> Line:
        if is_guest:
            return ClaimedLine(key, keys[member], above, via, moment)
        return MemberLine(keys[member], above, via, moment)

    kind = Kind.CLAIMED if is_guest else Kind.MEMBER
    recorded = facts.record(cursor, line_at, kind=kind, home=member, amount=0, at=at)
    assert recorded.is_new, "a key of chance stands for nothing yet"


def open_account(
    cursor: Cursor[Any], member: int, consents: tuple[tuple[str, str], ...], at: int
) -> None:
    """Open the account of a member, with a link of his own and what he agreed to."""
    code = keyed.invite_code()
    cursor.execute(_ACCOUNT, (member, "", code, format_at(at)))
    cursor.execute(_INVITE, (code, member))
    for purpose, version in consents:
        consenting.give(cursor, member=member, purpose=purpose, version=version)
