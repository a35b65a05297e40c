"""A person wants to pay: one attempt for a form's key, then the channel's hand-off.

    key, body -> attempt (commit) -> channel -> where to go on (commit)

The same key and body give the same attempt again, and ask the channel again, under the same
number, if nobody knows what it answered. The same key with another body is refused.

Units: fen. Source: P1, P5; I-18; reliability C8; design/ui/faces.md 7 (a).
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from gongxiang.base import ids
from gongxiang.base.clock import SECOND, format_at, shanghai_day
from gongxiang.base.text import date
from gongxiang.ledger import raw
from gongxiang.payments import gateway
from gongxiang.payments.clock import database_now
from gongxiang.payments.models import Attempt
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Declined, Prepay, Unknown

OPEN_SECONDS: Final = 900
FIRST_QUERY_SECONDS: Final = 30
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH: Final = 12
_STORE: Final = "SELECT name FROM merchants_store WHERE store_id = %s"
_KEY: Final = """
INSERT INTO payments_attemptkey (home_id, key, number) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
_KNOWN: Final = """
SELECT attempt.number, attempt.store_id, attempt.provider, attempt.amount_fen, attempt.state,
       attempt.hand_off, (extract(epoch FROM attempt.expires_at) * 1000000)::bigint
  FROM payments_attemptkey known JOIN payments_attempt attempt ON attempt.number = known.number
 WHERE known.home_id = %s AND known.key = %s
"""
_INSERT: Final = """
INSERT INTO payments_attempt (id, number, key, home_id, store_id, provider, amount_fen, state,
    hand_off, opened_at, expires_at, queries, query_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', %s, %s, 0, %s)
"""
_HANDED: Final = """
UPDATE payments_attempt SET state = %s, hand_off = %s WHERE number = %s AND state = ANY(%s)
"""


class AmountOutOfRange(Exception):
    """Less than a fen, or more than one payment may be: nothing was opened."""


class UnknownStore(Exception):
    """No such store: nothing was opened."""


class KeyTaken(Exception):
    """The form's key stands for another payment: nothing was opened (I-18)."""


class ChannelDeclined(Exception):
    """The channel does not open this payment: no money moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An attempt: its number, its state, where to go on (empty while nobody knows)."""

    number: str
    state: str
    hand_off: str


def open_payment(
    *,
    home: int,
    key: str,
    store: int,
    provider: Provider,
    amount_fen: int,
    payer_address: str,
) -> Payment:
    """Open a payment of a member, or of a guest (home 0), once for its key."""
    if not 1 <= amount_fen <= settings.PAYMENT_FEN_MAX:
        raise AmountOutOfRange(f"{amount_fen} fen")
    now = database_now()
    expires_at, number = now + OPEN_SECONDS * SECOND, _number(now)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_STORE, (store,))
        row = cursor.fetchone()
        if row is None:
            raise UnknownStore(f"store {store}")
        cursor.execute(_KEY, (home, key, number))
        if cursor.rowcount:
            query_at = now + FIRST_QUERY_SECONDS * SECOND
            moments = (format_at(now), format_at(expires_at), format_at(query_at))
            body = (store, provider.value, amount_fen, Attempt.State.OPENED.value)
            cursor.execute(_INSERT, (ids.next_id(), number, key, home, *body, *moments))
            known: tuple[Any, ...] = (number, *body, "", expires_at)
        else:
            cursor.execute(_KNOWN, (home, key))
            known = cursor.fetchone() or ()
    if known[1:4] != (store, provider.value, amount_fen):
        raise KeyTaken("the key stands for another payment")
    number, _, _, _, state, hand_off, expires_at = known
    if hand_off or state in {Attempt.State.PAID, Attempt.State.CLOSED}:
        return Payment(number=number, state=state, hand_off=hand_off)
    return _hand_over(
        provider,
        Prepay(
            number=number,
            description=f"付款给{row[0]}",
            amount_fen=amount_fen,
            expires_at=expires_at,
            notify_url=f"{settings.PUBLIC_ADDRESS}/pay/callback/{provider.value}",
            return_url=f"{settings.PUBLIC_ADDRESS}/orders/{number}/wait",
            payer_address=payer_address,
        ),
    )


def _hand_over(provider: Provider, order: Prepay) -> Payment:
    """Ask the channel, outside every transaction, and keep what it answers."""
    try:
        hand_off, state = gateway.prepay(provider=provider, order=order), Attempt.State.PAYING
    except Unknown:
        hand_off, state = "", Attempt.State.UNKNOWN
    except Declined as declined:
        raise ChannelDeclined(declined.code) from declined
    waiting = [Attempt.State.OPENED.value, Attempt.State.UNKNOWN.value]
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_HANDED, (state.value, hand_off, order.number, waiting))
    return Payment(number=order.number, state=state.value, hand_off=hand_off)


def _number(now: int) -> str:
    """Make a number of ours: the day to read it by, and a part that nobody guesses."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(_NUMBER_LENGTH))
    return f"GX{date(day=shanghai_day(now)).replace('-', '')}-{tail}"
