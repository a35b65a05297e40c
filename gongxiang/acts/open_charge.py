"""A till asks for an amount: a code that one payer can take, for some minutes.

Only while somebody is on shift: who is at the till answers for what it takes.

Units: fen. Source: P1; I-18; design/ui/faces.md 7 (c) 3; rules/limits.toml (code_seconds).
"""

import secrets
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from gongxiang.governance.limits import limit
from gongxiang.ledger import raw

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 12
_SHIFT: Final = "SELECT FROM payments_shift WHERE store_id = %s AND closed_at IS NULL"
_INSERT: Final = """
INSERT INTO payments_charge (number, store_id, key, person_id, amount_fen, state, opened_at,
    expires_at, attempt_number)
VALUES (%s, %s, %s, %s, %s, 'open', statement_timestamp(),
        statement_timestamp() + make_interval(secs => %s), '')
ON CONFLICT (store_id, key) DO NOTHING
"""
_KNOWN: Final = "SELECT number, amount_fen FROM payments_charge WHERE store_id = %s AND key = %s"


class NoShift(Exception):
    """Nobody is on shift at this till: take it over first (接班). Nothing was opened."""


class ChargeOutOfRange(Exception):
    """Less than a fen, or more than one payment may be: nothing was opened."""


class ChargeKeyTaken(Exception):
    """The form's key stands for another amount: nothing was opened (I-18)."""


def open_charge(*, store: int, person: int, key: str, amount_fen: int) -> str:
    """Open a charge of a till, once for its form's key; give its number.

    Raises `ChargeOutOfRange`, `NoShift` and `ChargeKeyTaken`.
    """
    if not 1 <= amount_fen <= settings.PAYMENT_FEN_MAX:
        raise ChargeOutOfRange(f"{amount_fen} fen")
    with transaction.atomic(durable=True):
        life = limit(name="code_seconds")
        with raw.cursor() as cursor:
            cursor.execute(_SHIFT, (store,))
            if cursor.fetchone() is None:
                raise NoShift(f"store {store}")
            number = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
            cursor.execute(_INSERT, (number, store, key, person, amount_fen, life))
            cursor.execute(_KNOWN, (store, key))
            known: tuple[Any, ...] = cursor.fetchone() or ()
    if known[1] != amount_fen:
        raise ChargeKeyTaken("the key stands for another amount")
    return str(known[0])
