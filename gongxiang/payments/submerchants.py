"""A store's own accounts at the channels: the merchant is the payee (P2).

Units: none. Source: P2.
"""

from collections.abc import Iterable
from typing import Any, Final

from psycopg import Cursor

from gongxiang.payments.models import SubMerchant
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Payee

ACCOUNTS: Final = """(
    SELECT store_id, provider, number, "authorization", is_bound
      FROM payments_submerchant WHERE number <> ''
     UNION ALL
    SELECT store_id, provider, number, "authorization", is_bound FROM payments_formeraccount
)"""
"""Each account that takes or took a store's money, for what was paid into it (by its number)."""
_LEAVE: Final = f"""
SELECT "authorization" FROM {ACCOUNTS} account WHERE (store_id, provider, number) = (%s, %s, %s)
"""  # noqa: S608  no value is spliced in
_RETIRE: Final = """
INSERT INTO payments_formeraccount
    (store_id, provider, number, "authorization", is_bound, ended_at)
SELECT store_id, provider, number, "authorization", is_bound, clock_timestamp()
  FROM payments_submerchant WHERE store_id = %s AND number <> ''
ON CONFLICT (store_id, provider, number) DO UPDATE
   SET "authorization" = excluded."authorization", is_bound = excluded.is_bound,
       ended_at = excluded.ended_at
"""
_EMPTY: Final = """
UPDATE payments_submerchant
   SET number = '', "authorization" = '', is_bound = false, state = %s, reason = %s, officer = %s,
       changed_at = clock_timestamp()
 WHERE store_id = %s
"""
_BOUND: Final = (
    """
UPDATE payments_submerchant SET is_bound = true WHERE (store_id, provider, number) = (%s, %s, %s)
""",
    """
UPDATE payments_formeraccount SET is_bound = true WHERE (store_id, provider, number) = (%s, %s, %s)
""",
)
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


def account_of(cursor: Cursor[Any], *, store: int, provider: Provider, number: str) -> Payee:
    """Give an account by its number, also a former one, with the leave that it has."""
    cursor.execute(_LEAVE, (store, provider.value, number))
    row = cursor.fetchone()
    return Payee(number=number, authorization=row[0] if row else "")


def retire(cursor: Cursor[Any], *, store: int, officer: str, reason: str) -> None:
    """Let a store take no more money until it has new accounts; the old ones stay known."""
    cursor.execute(_RETIRE, (store,))
    cursor.execute(_EMPTY, (SubMerchant.State.VERIFYING.value, reason, officer, store))


def note_bound(cursor: Cursor[Any], *, store: int, provider: Provider, number: str) -> None:
    """Note that the platform may be given a share of what comes to an account."""
    for statement in _BOUND:
        cursor.execute(statement, (store, provider.value, number))


def open_channels_of(cursor: Cursor[Any], *, store: int) -> frozenset[Provider]:
    """Give the channels at which a store can take money."""
    cursor.execute(OPEN, {"store": store})
    return channels_of(cursor.fetchall())


def channels_of(rows: Iterable[tuple[Any, ...]]) -> frozenset[Provider]:
    """Read the rows of `OPEN`."""
    return frozenset(Provider(value) for (value,) in rows)
