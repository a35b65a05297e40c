"""The payer asks for the result: the sweeper asks the channel about his payment next.

Source: P1; reliability 1.4 (9); design/ui/faces.md 6.2 (再查一次).
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw

_HASTEN: Final = """
UPDATE payments_attempt SET query_at = clock_timestamp()
 WHERE number = %s AND query_at > clock_timestamp()
"""


def hasten_payment(*, number: str) -> None:
    """Let the channel be asked about a payment now, if its result is not known yet."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_HASTEN, (number,))
