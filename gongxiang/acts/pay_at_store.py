"""A paid order at a store: the fact, and everything it will be settled with, frozen (E7).

One short transaction without the pool's lock. The provider said that the money is there; this is
what is recorded of it, once for each key.

Units: `amount_fen` in fen. Source: E7, R1-R5, R9; reliability C2, C3.
"""

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.orders.facts import Recorded
from gongxiang.settlement.paying import UnknownParty as UnknownParty  # noqa: PLC0414  refused by it
from gongxiang.settlement.paying import record_paid


def pay_at_store(*, key: str, member: int, store: int, amount_fen: int) -> Recorded:
    """Record a paid order under its key; the same key and body give the first answer again.

    Raises `UnknownParty` and `facts.KeyTaken`; nothing has then changed.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        return record_paid(cursor, key=key, member=member, store=store, amount_fen=amount_fen)
