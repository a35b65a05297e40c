"""A verified member says where his cash is sent: to an account of his own, sealed (P4).

WeChat's account is the identity that he proved by signing in there; Alipay's is typed, and the
channel compares it with his name. The web asks for a fresh proof of who he is before, and for his
consent to keep this account, apart from that to his identity (H5).

Units: none. Source: P4; reliability 8 (26); design/ui/faces.md 7 (d) 2.
"""

import re
from typing import Final

from django.db import transaction

from gongxiang.ledger import locks, raw
from gongxiang.members import consenting, papers, sealed
from gongxiang.payments.provider import Provider

_WECHAT: Final = """
SELECT subject FROM members_identity WHERE member_id = %s AND issuer = 'wechat'
"""
_NAME: Final = """
INSERT INTO members_payee (member_id, provider, account, shown, changed_at)
SELECT member_id, %s, %s, %s, clock_timestamp() FROM members_verified
 WHERE member_id = %s AND shown_name <> ''
ON CONFLICT (member_id) DO UPDATE
   SET provider = excluded.provider, account = excluded.account, shown = excluded.shown,
       changed_at = excluded.changed_at
"""
_ACCOUNT: Final = re.compile(r"1[0-9]{10}|[\w.+-]{1,40}@[\w-]{1,40}(\.[\w-]{1,20}){1,4}", re.ASCII)
_HEAD: Final = 3
_TAIL: Final = 4
_CHANGE: Final = "微信零钱"
"""Where WeChat puts what it sends to a person."""


class UnreadableAccount(Exception):
    """Neither a mobile number nor an address of mail."""


class NoWechat(Exception):
    """The member never signed in by WeChat: there is no account to send to."""


class NotVerifiedYet(Exception):
    """Who the member is was not verified: an account of his own needs that first."""


def name_payee(*, member: int, provider: Provider, account: str = "") -> None:
    """Name the member's account at a channel, from the next withdrawal on.

    Raises `UnreadableAccount`, `NoWechat`, `NotVerifiedYet`; nothing has then changed.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        # Nobody takes his consent back, or leaves, between the look and the naming.
        locks.hold_forest(cursor)
        if provider is Provider.WECHAT:
            cursor.execute(_WECHAT, (member,))
            row = cursor.fetchone()
            if row is None:
                raise NoWechat(f"member {member} has no WeChat")
            account, shown = row[0], _CHANGE
        else:
            account = account.strip()
            if not _ACCOUNT.fullmatch(account):
                raise UnreadableAccount("neither a mobile number nor a mail address")
            shown = f"{provider.title} {account[:_HEAD]}****{account[-_TAIL:]}"
        hidden = sealed.seal(purpose=sealed.ACCOUNT, text=account)
        cursor.execute(_NAME, (provider.value, hidden, shown, member))
        if cursor.rowcount != 1:
            raise NotVerifiedYet(f"member {member} is not verified")
        consenting.give(cursor, member=member, purpose=papers.PAYEE)
