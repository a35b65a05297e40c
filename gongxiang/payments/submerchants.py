"""A store's own accounts at the channels: the merchant is the payee (P2).

Units: none. Source: P2.
"""

from collections.abc import Iterable
from typing import Any, Final

from psycopg import Cursor

from gongxiang.payments.models import SubMerchant
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Payee

_OPEN_AT: Final = """
SELECT number, "authorization" FROM payments_submerchant
 WHERE (store_id, provider, state) = (%s, %s, %s)
"""
OPEN: Final = """
SELECT provider FROM payments_submerchant WHERE store_id = %(store)s AND state = 'open'
"""


def open_at(cursor: Cursor[Any], *, store: int, provider: Provider) -> Payee | None:
    """Give the account that a store takes money with at a channel, if it is open."""
    cursor.execute(_OPEN_AT, (store, provider.value, SubMerchant.State.OPEN.value))
    row = cursor.fetchone()
    return Payee(number=row[0], authorization=row[1]) if row else None


def open_channels_of(cursor: Cursor[Any], *, store: int) -> frozenset[Provider]:
    """Give the channels at which a store can take money."""
    cursor.execute(OPEN, {"store": store})
    return channels_of(cursor.fetchall())


def channels_of(rows: Iterable[tuple[Any, ...]]) -> frozenset[Provider]:
    """Read the rows of `OPEN`."""
    return frozenset(Provider(value) for (value,) in rows)
