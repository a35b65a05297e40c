"""Transfers that are due are driven on: unsent ones, unanswered ones, those whose day is over.

    due transfers found -> each claimed, asked and concluded for itself

Units: none. Source: P4; reliability 1.4 (9), C7, C8.
"""

from typing import Final

from gongxiang.acts.drive_transfer import drive_transfer
from gongxiang.ledger import raw

AT_ONCE: Final = 50
_DUE: Final = """
SELECT id FROM treasury_transfer
 WHERE next_at <= clock_timestamp()
   AND (driven_until IS NULL OR driven_until <= clock_timestamp())
 ORDER BY next_at LIMIT %s
"""


def sweep_transfers() -> int:
    """Drive what is due on; give how many were."""
    with raw.cursor() as cursor:
        cursor.execute(_DUE, (AT_ONCE,))
        due = [transfer for (transfer,) in cursor.fetchall()]
    return sum(drive_transfer(transfer=transfer) for transfer in due)
