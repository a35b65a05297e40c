"""Settling until nothing is due: the loop that `settle`, `import` and `up` share.

Units: moments in microseconds. Source: spec/events.md (settle); E8.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Final

from gongxiang.acts.seal_days import seal_days
from gongxiang.acts.settle_pool import settle_pool
from gongxiang.ledger import locks, raw
from gongxiang.settlement.batch import EXITS_AT_ONCE, Report

BATCH_ORDERS: Final = 1_000


@contextlib.contextmanager
def only_settler(*, log: Callable[[str], None]) -> Iterator[None]:
    """Be the only settler; wait, and say so, while there is another."""
    with raw.cursor() as cursor:
        if not locks.try_settler(cursor):
            log("another settler or import is at work: waiting for it to end")
            locks.hold_settler(cursor)
        try:
            yield
        finally:
            locks.leave_settler(cursor)


def settle_all(
    *,
    until: int | None,
    batch: int = BATCH_ORDERS,
    limit: int | None = None,
    on_batch: Callable[[Report], None] = lambda _report: None,
) -> int:
    """Settle batch by batch until nothing is due, or `limit` orders are settled; give how many."""
    settled = 0
    exits_at_once: int | None = None
    while limit is None or settled < limit:
        orders_max = batch if limit is None else min(batch, limit - settled)
        report = settle_pool(until=until, orders_max=orders_max, exits_at_once=exits_at_once)
        if report is None:
            break
        settled += report.orders
        # In the middle of a cascade the next batch takes as many exits as it may take orders.
        exits_at_once = max(batch, EXITS_AT_ONCE) if report.is_cut_short else None
        on_batch(report)
    seal_days()
    return settled
