"""Sealing: the root of every Shanghai day that has ended (H7).

A day without a batch has no root of its own; the next one covers it.

Source: H7; the daily seal is at 24:00 (+08:00).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gongxiang.base.clock import from_datetime
from gongxiang.ledger import raw
from gongxiang.ledger.chain import GENESIS, Recording, root

_LAST = "SELECT last_batch_id, root FROM ledger_seal ORDER BY day DESC LIMIT 1"
_NOW = "SELECT clock_timestamp()"
_ENDED = """
SELECT (recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS day, max(id),
       array_agg(recorded_at ORDER BY id), array_agg(chain_hash ORDER BY id)
  FROM ledger_batch
 WHERE id > %s
   AND recorded_at < date_trunc('day', %s AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
 GROUP BY day ORDER BY day
"""
_SEAL = "INSERT INTO ledger_seal (day, last_batch_id, root, sealed_at) VALUES (%s, %s, %s, %s)"


def seal_days() -> int:
    """Seal every day that has ended and is not sealed; give how many.

    The caller holds the settler's lock, so that no batch comes in between.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        last_batch, before = cursor.execute(_LAST).fetchone() or (0, GENESIS)
        (now,) = cursor.execute(_NOW).fetchone() or (None,)
        assert now is not None, "the database has a clock"
        days = cursor.execute(_ENDED, (last_batch, now)).fetchall()
        for day, until, moments, chains in days:
            before = root(
                before=bytes(before),
                day=str(day),
                sealed_at=from_datetime(now),
                batches=_batches(moments, chains),
            )
            cursor.execute(_SEAL, (day, until, before, now))
    return len(days)


def _batches(moments: Sequence[datetime], chains: Sequence[bytes]) -> list[Recording]:
    return [
        Recording(recorded_at=from_datetime(moment), chain=bytes(chain))
        for moment, chain in zip(moments, chains, strict=True)
    ]
