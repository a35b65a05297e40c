"""Sealing: the root of every Shanghai day that has ended (H7).

A day without a batch has no root of its own; the next one covers it.

Source: H7; the daily seal is at 24:00 (+08:00).
"""

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.ledger.chain import GENESIS, root

_LAST = "SELECT last_batch_id, root FROM ledger_seal ORDER BY day DESC LIMIT 1"
_ENDED = """
SELECT (recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS day, max(id),
       array_agg(chain_hash ORDER BY id)
  FROM ledger_batch
 WHERE id > %s
   AND recorded_at < date_trunc('day', clock_timestamp() AT TIME ZONE 'Asia/Shanghai')
                     AT TIME ZONE 'Asia/Shanghai'
 GROUP BY day ORDER BY day
"""
_SEAL = "INSERT INTO ledger_seal (day, last_batch_id, root) VALUES (%s, %s, %s)"


def seal_days() -> int:
    """Seal every day that has ended and is not sealed; give how many.

    The caller holds the settler's lock, so that no batch comes in between.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_LAST)
        last_batch, before = cursor.fetchone() or (0, GENESIS)
        cursor.execute(_ENDED, (last_batch,))
        days = cursor.fetchall()
        for day, until, chains in days:
            before = root(before=bytes(before), day=str(day), chains=map(bytes, chains))
            cursor.execute(_SEAL, (day, until, before))
    return len(days)
