"""Settling: the next batch of the pool's sequence, in one transaction (E8).

Source: E8, E10, E14; design/layout.md (life of an order).
"""

from django.db import transaction

from gongxiang.base.memory import without_collection
from gongxiang.ledger import locks, raw
from gongxiang.settlement.batch import Report, run_batch


def settle_pool(
    *, until: int | None, orders_max: int, exits_at_once: int | None = None
) -> Report | None:
    """Settle the next stretch of what is due; None when nothing is.

    `until` is a moment in microseconds (None = everything that was paid). The caller holds the
    settler's lock (ledger/locks.py). Raises `NoPool` where no rulebook is in force.
    """
    with (
        without_collection(),
        transaction.atomic(durable=True),
        raw.prepared_cursor() as cursor,
    ):
        if until is None:
            # Whoever records later must see where this ends, and record beyond it.
            locks.hold_barrier(cursor)
        return run_batch(cursor, until=until, orders_max=orders_max, exits_at_once=exits_at_once)
