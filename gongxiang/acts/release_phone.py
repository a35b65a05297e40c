"""A number has a new holder: it leaves its old account, which is told and keeps a trace.

Only a stale number is released; who has proved it by a code may then join as himself.

Units: none. Source: reliability 8 (22, 26); platform.md (People).
"""

from django.db import transaction

from gongxiang.governance.limits import limit
from gongxiang.ledger import locks, raw
from gongxiang.members import guests, phone, stale


class NotStale(Exception):
    """The number was proved not long ago, or leads nowhere: nothing was changed."""


def release_phone(*, subject: str) -> None:
    """Take a stale phone from its account; raises `NotStale`."""
    days = limit(name="phone_stale_days")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        owner = guests.whose(cursor, phone.ISSUER, subject)
        if owner is None or not stale.is_stale(
            cursor, issuer=phone.ISSUER, subject=subject, days=days
        ):
            raise NotStale("the account proves itself by this number")
        stale.release(cursor, subject=subject, member=owner)
