"""Who used none of his share is forgotten: how often somebody acted is kept for minutes.

Units: none. Source: H5 (kept no longer than needed); reliability 8 (7).
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw

_OVER: Final = "DELETE FROM members_pace WHERE due_at < statement_timestamp()"


def sweep_paces() -> int:
    """Forget whose share is whole again; give how many."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_OVER)
        return cursor.rowcount
