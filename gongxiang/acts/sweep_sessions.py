"""Sessions that are over go: nobody can come back by one, and each holds who was signed in.

Units: none. Source: H5 (kept no longer than needed); reliability 8 (25).
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw

_OVER: Final = "DELETE FROM members_session WHERE expire_date < clock_timestamp()"


def sweep_sessions() -> int:
    """Forget what is over; give how many."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_OVER)
        return cursor.rowcount
