"""A member who proved a WeChat identity signs in by it, too, and is known as its payer.

One person, two proofs, one place in the tree. A payer who waits as a guest with orders of his own
is not taken over here: he joins as himself, so that nothing that waits there is lost.

Units: none. Source: R2; reliability 8 (24, 26); design/ui/faces.md 12.1.
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import locks, raw
from gongxiang.members import guests, notes, wechat
from gongxiang.members.models import MessageKind

_HAS_WECHAT: Final = "SELECT 1 FROM members_identity WHERE member_id = %s AND issuer = %s"


class WechatTaken(Exception):
    """This WeChat belongs to another account, or the account has another: nothing was changed."""


class GuestWaits(Exception):
    """This WeChat paid before as a guest: nothing was changed."""


def connect_wechat(*, member: int, subject: str) -> None:
    """Add a proved WeChat to the member; the same again is done already.

    Raises `WechatTaken` and `GuestWaits`.
    """
    payer = guests.PAYER + wechat.ISSUER
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        owner = guests.whose(cursor, wechat.ISSUER, subject)
        if owner == member:
            return
        cursor.execute(_HAS_WECHAT, (member, wechat.ISSUER))
        if owner is not None or cursor.fetchone() is not None:
            raise WechatTaken("a WeChat belongs to one account, an account has one WeChat")
        guests.know(cursor, payer, subject, member=member, shown=wechat.SHOWN)
        if guests.whose(cursor, payer, subject) != member:
            raise GuestWaits("what waits for this payer is claimed by joining with it")
        guests.know(cursor, wechat.ISSUER, subject, member=member, shown=wechat.SHOWN)
        notes.tell(cursor, member=member, kind=MessageKind.WECHAT_CONNECTED)
