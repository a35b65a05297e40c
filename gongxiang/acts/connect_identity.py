"""A member who proved that a channel's account is his signs in by it, too, and is its payer.

    the payer is nobody yet    he is the member from now on
    the payer is a guest       the fact `claimed`: the guest becomes an account of the same person,
                               with all that he paid for, and is joined into the member's

One person, two proofs, one account to sign in to. Nothing in the books moves: what the guest paid
for stays with his party, which has no recommender, as nobody brought it. What the member agreed to
counts for both.

Units: none. Source: R2, I-20; reliability 8 (24, 26); design/ui/faces.md 12.1; docs/adr/0017.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.ledger import locks, raw
from gongxiang.members import consenting, guests, issuers, joined, joining, notes
from gongxiang.members.models import MessageKind
from gongxiang.orders import entering, facts

_HAS_ONE: Final = "SELECT 1 FROM members_identity WHERE member_id = %s AND issuer = %s"
_HAS_ACCOUNT: Final = "SELECT 1 FROM members_account WHERE member_id = %s"
_KINDS: Final = {
    issuers.WECHAT: MessageKind.WECHAT_CONNECTED,
    issuers.ALIPAY: MessageKind.ALIPAY_CONNECTED,
}


class IdentityTaken(Exception):
    """It belongs to another account, or the account has another: nothing was changed."""


def connect_identity(*, member: int, issuer: str, subject: str) -> int:
    """Add a proved account at a channel to the member; the same again is done already.

    Gives the account that is signed in to from now on. Raises `IdentityTaken`.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        owner = guests.whose(cursor, issuer, subject)
        if owner == member:
            return member
        cursor.execute(_HAS_ONE, (member, issuer))
        has_one = cursor.fetchone() is not None
        if owner is not None or has_one or not joined.signs_in(cursor, member):
            raise IdentityTaken("it is one open account's, an account has one of a channel")
        payer = guests.PAYER + issuer
        is_free = guests.know(cursor, payer, subject, member=member, shown=issuers.SHOWN)
        guest = member if is_free else guests.whose(cursor, payer, subject)
        assert guest is not None, "a subject that is taken has a party"
        guests.know(cursor, issuer, subject, member=guest, shown=issuers.SHOWN)
        kept = member if guest == member else _claimed(cursor, guest, member)
        notes.tell(cursor, member=kept, kind=_KINDS[issuer])
    return kept


def _claimed(cursor: Cursor[Any], guest: int, member: int) -> int:
    """Let the guest be an account of the member's person, joined; give the one that is kept."""
    cursor.execute(_HAS_ACCOUNT, (guest,))
    if cursor.fetchone() is not None:
        raise IdentityTaken("who paid by it has an account of his own")
    # All that a guest paid comes before his joining: nobody records while he joins.
    locks.hold_barrier(cursor)
    at = facts.moment(cursor)
    entering.record(cursor, guest, None, at)
    entering.open_account(cursor, guest, consenting.of_member(cursor, member), at)
    kept = joining.join(cursor, member, guest)
    if kept is None:
        raise IdentityTaken("the account was closed, or joined into another")
    return kept
