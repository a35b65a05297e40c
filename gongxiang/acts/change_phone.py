"""A member signs in by another phone from now on; all his other sessions end.

A number that another account has not proved for long is his now: that account keeps a trace of it.

The web asks for a fresh proof of the old identity and a code of the new phone first.

Units: none. Source: reliability 8 (25, 26); R2.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.governance.limits import limit
from gongxiang.ledger import locks, raw
from gongxiang.members import guests, joined, notes, phone, stale
from gongxiang.members.models import MessageKind

_FORGET: Final = """
DELETE FROM members_identity WHERE issuer = %s AND member_id = %s AND subject <> %s
"""


class PhoneTaken(Exception):
    """It belongs to another account, or nobody signs in to this one: nothing was changed."""


def change_phone(*, member: int, subject: str, shown: str) -> None:
    """Make a proved phone the member's only one; raises `PhoneTaken`."""
    days = limit(name="phone_stale_days")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        if not joined.signs_in(cursor, member):
            raise PhoneTaken("the account was closed, or joined into another")
        _take_over_stale(cursor, member, subject, days)
        guests.know(cursor, phone.ISSUER, subject, member=member, shown=shown)
        if guests.whose(cursor, phone.ISSUER, subject) != member:
            raise PhoneTaken("the phone belongs to another account")
        cursor.execute(_FORGET, (phone.ISSUER, member, subject))
        joined.end_sessions(cursor, member=member)
        notes.tell(cursor, member=member, kind=MessageKind.PHONE_CHANGED, subject=shown)


def _take_over_stale(cursor: Cursor[Any], member: int, subject: str, days: int) -> None:
    """Release the number from an account that has not proved it for long."""
    owner = guests.whose(cursor, phone.ISSUER, subject)
    if owner in {None, member} or not stale.is_stale(
        cursor, issuer=phone.ISSUER, subject=subject, days=days
    ):
        return
    assert owner is not None, "a number that is somebody's has an owner"
    stale.release(cursor, member=owner, subject=subject)
