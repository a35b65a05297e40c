"""Every session of a member ends: he asked for it.

Units: none. Source: reliability 8 (25).
"""

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.members import joined


def end_sessions(*, member: int) -> None:
    """Move the account's epoch on, so that sessions of the one before count no more."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        joined.end_sessions(cursor, member=member)
