"""A person wants to pay: one attempt for a form's key, then the channel's hand-off.

    key, body -> attempt (commit) -> channel -> where to go on (commit)

The same key and body give the same attempt again, and ask the channel again, under the same
number, if nobody knows what it answered. The same key with another body is refused.

Units: fen. Source: P1, P2, P5; I-18; reliability C8; design/ui/faces.md 7 (a).
"""

from typing import Any, Final

from django.conf import settings
from django.db import transaction
from psycopg import Cursor

from gongxiang.base.clock import SECOND
from gongxiang.ledger import locks, raw
from gongxiang.members import guests
from gongxiang.merchants.shut import refuse_if_shut
from gongxiang.orders import arrivals
from gongxiang.payments import attempts, charges, submerchants
from gongxiang.payments.attempts import OPEN_SECONDS, Asked, Payment
from gongxiang.payments.clock import database_now
from gongxiang.payments.notes import plain
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Declined, Payee

_STORE: Final = "SELECT name FROM merchants_store WHERE store_id = %s"


class AmountOutOfRange(Exception):
    """Less than a fen, or more than one payment may be: nothing was opened."""


class UnknownStore(Exception):
    """No such store: nothing was opened."""


class KeyTaken(Exception):
    """The form's key stands for another payment: nothing was opened (I-18)."""


class ChannelClosed(Exception):
    """The store has no open account at this channel: nothing was opened (P2)."""


class ChargeGone(Exception):
    """The till's charge is taken, over, cancelled, or of another amount: nothing was opened."""


class ChannelDeclined(Exception):
    """The channel does not open this payment: no money moved."""


def open_payment(
    *,
    home: int,
    key: str,
    store: int,
    provider: Provider,
    amount_fen: int,
    payer_address: str,
    payer: str = "",
    charge: str = "",
    note: str = "",
) -> Payment:
    """Open a payment of a member, or of a guest (home 0), once for its key.

    Of a member who has left meanwhile it is a guest's: closing holds the barrier that this shares.
    A store that is shut is refused for a new key alone: what was opened is answered as it stands.
    Where a till asks for the amount, the attempt takes its charge, and nobody else does. Inside the
    channel's app `payer` is who pays, by the channel's own name. The store reads the `note`.
    """
    told = plain(note)
    if not 1 <= amount_fen <= settings.PAYMENT_FEN_MAX:
        raise AmountOutOfRange(f"{amount_fen} fen")
    now = database_now()
    number = attempts.new_number(now)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.share_barrier(cursor)
        home = guests.opener(cursor, home)
        name = _name_of(cursor, store)
        asked: Asked | None
        if attempts.take_key(cursor, home=home, key=key, number=number):
            payee = submerchants.open_at(cursor, store=store, provider=provider)
            if payee is None:
                raise ChannelClosed(f"store {store} at {provider.value}")
            refuse_if_shut(cursor, store=store)
            asked = Asked(
                number=number,
                store=store,
                provider=provider,
                amount_fen=amount_fen,
                payee=payee.number,
                expires_at=now + _life(cursor, store, charge, amount_fen, number),
                note=told,
            )
            attempts.add(cursor, asked, home=home, key=key, now=now)
        else:
            asked = attempts.of_key(cursor, home=home, key=key)
            payee = _payee_of(cursor, asked) if asked else None
    if asked is None or _body(asked) != (store, provider, amount_fen, told):
        raise KeyTaken("the key stands for another payment")
    try:
        return attempts.hand_over(
            asked,
            authorization=payee.authorization if payee else "",
            description=f"付款给{name}",
            payer_address=payer_address,
            payer=payer,
            is_shared=True,
        )
    except Declined as declined:
        raise ChannelDeclined(declined.code) from declined


def _name_of(cursor: Cursor[Any], store: int) -> str:
    """Give what a store is called; raises `UnknownStore`."""
    cursor.execute(_STORE, (store,))
    row = cursor.fetchone()
    if row is None:
        raise UnknownStore(f"store {store}")
    return str(row[0])


def _body(asked: Asked) -> tuple[int, Provider, int, str]:
    """Give what the same key must say again."""
    return asked.store, asked.provider, asked.amount_fen, asked.note


def _payee_of(cursor: Cursor[Any], asked: Asked) -> Payee:
    """Give the account that a payment was opened into, with its leave, also a former one."""
    return submerchants.account_of(
        cursor, store=asked.store, provider=asked.provider, number=asked.payee
    )


def _life(cursor: Cursor[Any], store: int, charge: str, amount_fen: int, attempt: str) -> int:
    """Let an attempt take the till's charge, if there is one; give how long it may be paid."""
    if not charge:
        return OPEN_SECONDS * SECOND
    life = charges.take(cursor, store=store, number=charge, amount_fen=amount_fen, attempt=attempt)
    if life is None:
        raise ChargeGone(f"charge {charge} of store {store}")
    arrivals.announce(cursor, store=store, key=charge)
    return life
