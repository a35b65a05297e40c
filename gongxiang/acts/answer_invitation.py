"""An invited person agrees to work in a store: once, and only while who invited still may invite.

Whoever has another role signs in anew: his sessions end, but the one in which he agreed.

Units: none. Source: spec/platform.md (Store); H5; reliability 8 (25, 27).
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.acts.invite_staff import PURPOSE, TASKS
from gongxiang.ledger import raw
from gongxiang.members import consenting, joined, keyed, papers, phone
from gongxiang.merchants.access import NotAllowed, Role, require

_OPEN: Final = """
SELECT role, phone, invited_by_id FROM merchants_invitation
 WHERE store_id = %s AND token = %s AND answered_at IS NULL AND ends_at > clock_timestamp()
   FOR UPDATE
"""
_PHONE: Final = """
SELECT FROM members_identity WHERE (issuer, subject) = (%s, %s) AND member_id = %s
"""
_OWNS: Final = "SELECT FROM merchants_store WHERE (store_id, owner_id) = (%s, %s)"
_ANSWERED: Final = """
UPDATE merchants_invitation SET answered_at = clock_timestamp(), member_id = %s
 WHERE (store_id, token) = (%s, %s)
"""
_EMPLOY: Final = """
INSERT INTO merchants_staff (store_id, member_id, role, since_at)
VALUES (%s, %s, %s, clock_timestamp())
ON CONFLICT (store_id, member_id) DO UPDATE
   SET role = excluded.role, since_at = excluded.since_at, left_at = NULL
"""


class InvitationEnded(Exception):
    """The link is unknown, was used or has ended, or who sent it may not invite any more."""


class ForAnotherPhone(Exception):
    """The invitation is for the owner of another phone: nothing was changed."""


class OwnsTheStore(Exception):
    """The owner has every role already: nothing was changed."""


def answer_invitation(*, store: int, token: str, member: int) -> Role:
    """Take the role up; give it.

    Raises `InvitationEnded`, `ForAnotherPhone`, `OwnsTheStore`; nothing has then changed.
    """
    hashed = keyed.digest(PURPOSE, token)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_OPEN, (store, hashed))
        row = cursor.fetchone()
        if row is None:
            raise InvitationEnded(f"store {store}")
        role, subject, invited_by = Role(row[0]), row[1], row[2]
        _refuse(cursor, store, member, role, subject, invited_by)
        cursor.execute(_ANSWERED, (member, store, hashed))
        cursor.execute(_EMPLOY, (store, member, role.value))
        consenting.give(cursor, member=member, purpose=papers.STORE_STAFF)
        joined.end_sessions(cursor, member=member)
    return role


def _refuse(  # noqa: PLR0917  what an invitation is
    cursor: Cursor[Any], store: int, member: int, role: Role, subject: str, invited_by: int
) -> None:
    try:
        require(cursor, store=store, by=invited_by, task=TASKS[role])
    except NotAllowed:
        raise InvitationEnded(f"member {invited_by} may not invite any more") from None
    if subject:
        cursor.execute(_PHONE, (phone.ISSUER, subject, member))
        if cursor.fetchone() is None:
            raise ForAnotherPhone(f"store {store}")
    cursor.execute(_OWNS, (store, member))
    if cursor.fetchone() is not None:
        raise OwnsTheStore(f"store {store}")
