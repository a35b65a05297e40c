"""Every session of a member ends: he asked for it, or his role changed.

Units: none. Source: reliability 8 (25).
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw

_EPOCH: Final = "UPDATE members_account SET epoch = epoch + 1 WHERE member_id = %s"


def end_sessions(*, member: int) -> None:
    """Move the account's epoch on, so that sessions of the one before count no more."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_EPOCH, (member,))
