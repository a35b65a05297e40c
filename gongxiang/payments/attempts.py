"""Attempts to pay: one for a form's key, then the channel's hand-off.

    key -> attempt (the caller's commit) -> channel -> where to go on (commit)

What the money is for is the business of who opens it: an order, or what a store pays in for a case.

Units: fen; moments in microseconds of the database's clock.
Source: P1, P2, P5; I-18; reliability C8.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.base.clock import SECOND, format_at, shanghai_day
from gongxiang.base.text import date
from gongxiang.ledger import raw
from gongxiang.payments import gateway
from gongxiang.payments.models import Attempt
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Payee, Prepay, Unknown

OPEN_SECONDS: Final = 900
FIRST_QUERY_SECONDS: Final = 30
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH: Final = 12
_KEY: Final = """
INSERT INTO payments_attemptkey (home_id, key, number) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
_INSERT: Final = """
INSERT INTO payments_attempt (id, number, key, home_id, store_id, provider, amount_fen, state,
    payee, note, hand_off, opened_at, expires_at, queries, query_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s, %s, 0, %s)
"""
_KNOWN: Final = """
SELECT attempt.number, attempt.store_id, attempt.provider, attempt.amount_fen, attempt.state,
       attempt.hand_off, (extract(epoch FROM attempt.expires_at) * 1000000)::bigint, attempt.payee,
       attempt.note
  FROM payments_attempt attempt
"""
_OF_KEY: Final = f"""{_KNOWN} JOIN payments_attemptkey known ON known.number = attempt.number
 WHERE known.home_id = %s AND known.key = %s
"""
_OF_NUMBER: Final = f"{_KNOWN} WHERE attempt.number = %s"
_HANDED: Final = """
UPDATE payments_attempt SET state = %s, hand_off = %s WHERE number = %s AND state = ANY(%s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An attempt: its number, its state, where to go on (empty while nobody knows).

    Where to go on is an address, or the package of a sheet that opens inside the channel's app.
    """

    number: str
    state: str
    hand_off: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An attempt as it was opened."""

    number: str
    store: int
    provider: Provider
    amount_fen: int
    payee: str
    expires_at: int
    state: str = Attempt.State.OPENED.value
    hand_off: str = ""
    note: str = ""

    @property
    def is_done(self) -> bool:
        """Tell whether the channel need not be asked: it gave an address, or it is over."""
        return bool(self.hand_off) or self.state in {Attempt.State.PAID, Attempt.State.CLOSED}


def new_number(now: int) -> str:
    """Make a number of ours: the day to read it by, and a part that nobody guesses."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(_NUMBER_LENGTH))
    return f"GX{date(day=shanghai_day(now)).replace('-', '')}-{tail}"


def take_key(cursor: Cursor[Any], *, home: int, key: str, number: str) -> bool:
    """Let a form's key stand for an attempt; tell whether it stood for none before (I-18)."""
    cursor.execute(_KEY, (home, key, number))
    return cursor.rowcount == 1


def add(cursor: Cursor[Any], asked: Asked, *, home: int, key: str, now: int) -> None:
    """Write an attempt down, whose result is asked about by itself."""
    moments = (now, asked.expires_at, now + FIRST_QUERY_SECONDS * SECOND)
    money = (asked.provider.value, asked.amount_fen, asked.state, asked.payee, asked.note)
    own = (ids.next_id(), asked.number, key, home, asked.store)
    cursor.execute(_INSERT, (*own, *money, *map(format_at, moments)))


def of_key(cursor: Cursor[Any], *, home: int, key: str) -> Asked | None:
    """Give the attempt that a form's key stands for."""
    cursor.execute(_OF_KEY, (home, key))
    return _asked(cursor.fetchone())


def of_number(cursor: Cursor[Any], *, number: str) -> Asked | None:
    """Give the attempt of a number."""
    cursor.execute(_OF_NUMBER, (number,))
    return _asked(cursor.fetchone())


def hand_over(
    asked: Asked,
    *,
    authorization: str,
    description: str,
    payer_address: str,
    payer: str,
    is_shared: bool,
) -> Payment:
    """Ask the channel, outside every transaction, and keep what it answers.

    `payer` is who pays by the channel's own name, inside its app; empty in any other browser.
    Asked again under the same number where nobody knows what it answered. Raises the gateway's
    `Declined` and `NoChannel`.
    """
    if asked.is_done:
        return Payment(number=asked.number, state=asked.state, hand_off=asked.hand_off)
    order = Prepay(
        number=asked.number,
        payee=Payee(number=asked.payee, authorization=authorization),
        description=description,
        amount_fen=asked.amount_fen,
        expires_at=asked.expires_at,
        notify_url=f"{settings.PUBLIC_ADDRESS}/pay/callback/{asked.provider.value}",
        return_url=f"{settings.PUBLIC_ADDRESS}/orders/{asked.number}/wait",
        payer_address=payer_address,
        payer=payer,
        is_shared=is_shared,
    )
    try:
        hand_off, state = gateway.prepay(provider=asked.provider, order=order), Attempt.State.PAYING
    except Unknown:
        hand_off, state = "", Attempt.State.UNKNOWN
    waiting = [Attempt.State.OPENED.value, Attempt.State.UNKNOWN.value]
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_HANDED, (state.value, hand_off, asked.number, waiting))
    return Payment(number=asked.number, state=state.value, hand_off=hand_off)


def _asked(row: tuple[Any, ...] | None) -> Asked | None:
    if row is None:
        return None
    number, store, provider, amount_fen, state, hand_off, expires_at, payee, note = row
    return Asked(
        number=number,
        store=store,
        provider=Provider(provider),
        amount_fen=amount_fen,
        payee=payee,
        expires_at=expires_at,
        state=state,
        hand_off=hand_off,
        note=note,
    )
