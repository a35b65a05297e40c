"""A store's account at a channel: its number, and how far the channel's own admission came.

    officer, reason -> one row a store and channel; payments are taken by an open one alone

An open account has the channel's number, at Alipay the store's leave to act for it as well. The
number does not change once a payment was opened into it, which is asked about under it; before, a
slip of the pen can be put right. After a change of owner the store begins with none
(review_change.py).

Units: none. Source: P2; design/ui/faces.md 6.5.
"""

import re
from typing import Final

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.payments.models import SubMerchant
from gongxiang.payments.provider import Provider

_NUMBERS: Final = {
    Provider.WECHAT: re.compile(r"1[0-9]{9}"),
    Provider.ALIPAY: re.compile(r"2088[0-9]{12}"),
}
_LEAVE_MAX: Final = 64
_STORE: Final = "SELECT FROM merchants_store WHERE store_id = %s"
_SET: Final = """
INSERT INTO payments_submerchant AS account
    (store_id, provider, number, "authorization", state, reason, officer, changed_at,
     is_bound, carried)
VALUES (%(store)s, %(provider)s, %(number)s, %(leave)s, %(state)s, %(reason)s, %(officer)s,
        clock_timestamp(), false, 0)
ON CONFLICT (store_id, provider) DO UPDATE
   SET number = excluded.number, "authorization" = excluded."authorization",
       state = excluded.state, reason = excluded.reason, officer = excluded.officer,
       changed_at = excluded.changed_at,
       is_bound = account.is_bound AND account.number = excluded.number
 WHERE account.number IN ('', excluded.number)
    OR NOT EXISTS (SELECT FROM payments_attempt attempt
            WHERE (attempt.store_id, attempt.provider, attempt.payee)
                  = (account.store_id, account.provider, account.number))
"""
_RETURNED: Final = """
DELETE FROM payments_formeraccount WHERE (store_id, provider, number) = (%s, %s, %s)
"""
"""An account that the store takes money with again is not one that it took money with before."""


class UnknownStore(Exception):
    """No such store: nothing changed."""


class NotAnAccount(Exception):
    """Not how the channel writes its numbers, or without the store's leave: nothing changed."""


class NumberFixed(Exception):
    """The store has another number at this channel already, under which money came."""


class ReasonMissing(Exception):
    """A change without a written reason or without an officer: nothing changed."""


def set_submerchant(
    *,
    store: int,
    provider: Provider,
    number: str,
    authorization: str,
    state: SubMerchant.State,
    reason: str,
    officer: str,
) -> None:
    """Write down how a store stands at a channel; the same again changes nothing but the moment.

    Raises `UnknownStore`, `NotAnAccount`, `NumberFixed` and `ReasonMissing`.
    """
    if not reason.strip() or not officer:
        raise ReasonMissing("why, and by whom")
    is_open = state is SubMerchant.State.OPEN
    is_number = _NUMBERS[provider].fullmatch(number) is not None
    has_leave = bool(authorization) or provider is Provider.WECHAT
    is_told = is_number if number else not is_open
    if not is_told or len(authorization) > _LEAVE_MAX or (is_open and not has_leave):
        raise NotAnAccount(f"{number!r} at {provider.value}")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_STORE, (store,))
        if cursor.fetchone() is None:
            raise UnknownStore(f"store {store}")
        values = {
            "store": store,
            "provider": provider.value,
            "number": number,
            "leave": authorization,
            "state": state.value,
            "reason": reason.strip(),
            "officer": officer,
        }
        cursor.execute(_SET, values)
        if cursor.rowcount != 1:
            raise NumberFixed(f"store {store} at {provider.value}")
        cursor.execute(_RETURNED, (store, provider.value, number))
        audit_log.note(
            cursor,
            kind=AuditKind.ACCOUNT_SET,
            subject=("store", store),
            officer=officer,
            after={"provider": provider.value, "number": number, "state": state.value},
            why=reason,
        )
