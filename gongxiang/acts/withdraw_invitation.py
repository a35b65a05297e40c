"""An invitation is withdrawn before anybody took it up: its link works no more.

Units: none. Source: spec/platform.md (Store); reliability 8 (27).
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.merchants.access import Task, require

_END: Final = """
UPDATE merchants_invitation SET ends_at = clock_timestamp()
 WHERE (store_id, token) = (%s, %s) AND answered_at IS NULL AND ends_at > clock_timestamp()
"""


def withdraw_invitation(*, store: int, by: int, hashed: str) -> None:
    """End an open invitation, known by its hash; one that has ended stays so."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        require(cursor, store=store, by=by, task=Task.CASHIERS)
        cursor.execute(_END, (store, hashed))
