"""A member signs in by another phone from now on; all his other sessions end.

The web asks for a fresh proof of the old identity and a code of the new phone first.

Units: none. Source: reliability 8 (25, 26); R2.
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import locks, raw
from gongxiang.members import guests, phone

_FORGET: Final = """
DELETE FROM members_identity WHERE issuer = %s AND member_id = %s AND subject <> %s
"""
_EPOCH: Final = "UPDATE members_account SET epoch = epoch + 1 WHERE member_id = %s"


class PhoneTaken(Exception):
    """The number belongs to another account: nothing was changed."""


def change_phone(*, member: int, subject: str, shown: str) -> None:
    """Make a proved phone the member's only one; raises `PhoneTaken`."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        guests.know(cursor, phone.ISSUER, subject, member=member, shown=shown)
        if guests.whose(cursor, phone.ISSUER, subject) != member:
            raise PhoneTaken("the phone belongs to another account")
        cursor.execute(_FORGET, (phone.ISSUER, member, subject))
        cursor.execute(_EPOCH, (member,))
