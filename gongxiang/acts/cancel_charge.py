"""A till takes back the amount it asked for, as long as nobody pays it.

Source: design/ui/faces.md 6.3 (取消这笔); reliability C1.
"""

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.payments import charges


class ChargeTaken(Exception):
    """Somebody pays this charge already, or has paid it: wait for the result, then refund it."""


def cancel_charge(*, store: int, number: str) -> None:
    """Cancel a charge of a store; the second time changes nothing. Raises `ChargeTaken`."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        if not charges.cancel(cursor, store=store, number=number):
            raise ChargeTaken(f"charge {number} of store {store}")
