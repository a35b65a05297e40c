"""A store pays in for a case that it is owed too little for (E16): one payment at a time for it.

    case locked -> waits, lacks what was shown -> attempt, pay-in (commit) -> channel -> where to go

An ordinary payment into the store's own account at a channel: no order, no commission, no share.
Whoever asks while one may still be paid is given that one, whatever channel it was opened at; the
key stands for it from then on where it is just what was asked for.

Units: fen. Source: E16; P1, P2, P5; I-18; reliability C1.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.acts.open_payment import ChannelClosed, ChannelDeclined, KeyTaken
from gongxiang.base.clock import SECOND
from gongxiang.economy.refusal import RefundExceedsOrder
from gongxiang.ledger import raw
from gongxiang.merchants import access
from gongxiang.payments import attempts, submerchants
from gongxiang.payments.attempts import OPEN_SECONDS, Asked, Payment
from gongxiang.payments.clock import database_now
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Declined
from gongxiang.settlement import cases, pay_ins
from gongxiang.settlement.cases import Case
from gongxiang.treasury.models import CaseState

_LOCK: Final = "SELECT FROM treasury_refundcase WHERE member_id = %s AND id = %s FOR UPDATE"
_NAMES: Final = """
SELECT name, (SELECT "authorization" FROM payments_submerchant account
               WHERE (account.store_id, account.provider) = (store.store_id, %s))
  FROM merchants_store store WHERE store_id = %s
"""


class UnknownCase(Exception):
    """No such case of this store: nothing was opened."""


class NothingLacks(Exception):
    """The case does not wait for its store, or is covered by now: nothing was opened."""


class LackChanged(Exception):
    """Another amount is lacking by now than was shown: nothing was opened."""

    def __init__(self, lacks_fen: int) -> None:
        """Keep what is lacking now."""
        super().__init__(f"{lacks_fen} fen are lacking")
        self.lacks_fen = lacks_fen


def open_pay_in(
    *,
    key: str,
    person: int,
    store: int,
    case: int,
    provider: Provider,
    shown_fen: int,
    payer_address: str,
    payer: str = "",
) -> Payment:
    """Open the payment of what a case lacks, once for its key, and one at a time for the case.

    `shown_fen` is what the person was shown; what is over the most of one payment is paid after it.
    Inside the channel's app `payer` is who pays, by the channel's own name.
    Raises `merchants.access.NotAllowed`, `UnknownCase`, `NothingLacks`, `LackChanged`,
    `ChannelClosed`, `ChannelDeclined` and `KeyTaken`; nothing was then opened.
    """
    now = database_now()
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        access.require(cursor, store=store, by=person, task=access.Task.PAY_IN)
        found = _locked(cursor, store, case)
        asked = _going_on(cursor, found, person, key, (provider, shown_fen))
        if asked is None:
            payee = submerchants.open_at(cursor, store=store, provider=provider)
            if payee is None:
                raise ChannelClosed(f"store {store} at {provider.value}")
            asked = Asked(
                number=attempts.new_number(now),
                store=store,
                provider=provider,
                amount_fen=_lacking(cursor, found, shown_fen),
                payee=payee.number,
                expires_at=now + OPEN_SECONDS * SECOND,
            )
            if not attempts.take_key(cursor, home=person, key=key, number=asked.number):
                raise KeyTaken("the key stands for a payment of another case")
            pay_ins.add(cursor, found, asked, person=person, key=key, now=now)
        cursor.execute(_NAMES, (asked.provider.value, store))
        name, authorization = cursor.fetchone() or ("", "")
    try:
        return attempts.hand_over(
            asked,
            authorization=authorization or "",
            description=f"{name}退款补款",
            payer_address=payer_address,
            payer=payer,
            is_shared=False,
        )
    except Declined as declined:
        raise ChannelDeclined(declined.code) from declined


def _locked(cursor: Cursor[Any], store: int, number: int) -> Case:
    """Find a case of the store and hold its row: of those who pay in, one goes on at a time."""
    found = cases.case_of_store(cursor, store=store, case=number)
    if found is None:
        raise UnknownCase(f"case {number} of store {store}")
    cursor.execute(_LOCK, (found.member, found.number))
    again = cases.one_case(cursor, member=found.member, case=found.number)
    assert again is not None, "a case is never deleted"
    return again


def _going_on(
    cursor: Cursor[Any], case: Case, person: int, key: str, body: tuple[Provider, int]
) -> Asked | None:
    """Give the payment that the form's key stands for, else the one that may still be paid."""
    of_this_case = pay_ins.of_case(cursor, case)
    known = attempts.of_key(cursor, home=person, key=key)
    if known is not None:
        is_of_case = known.number in {each.number for each in of_this_case}
        if not is_of_case or (known.provider, known.amount_fen) != body:
            raise KeyTaken("the key stands for another payment")
        return known
    open_one = pay_ins.the_open_one(of_this_case)
    going = None if open_one is None else attempts.of_number(cursor, number=open_one.number)
    if going is not None and (going.provider, going.amount_fen) == body:
        attempts.take_key(cursor, home=person, key=key, number=going.number)
    return going


def _lacking(cursor: Cursor[Any], case: Case, shown_fen: int) -> int:
    """Give what has to be paid in now, if it is what was shown."""
    if case.state is not CaseState.FUNDS:
        raise NothingLacks(f"case {case.number} does not wait for its store")
    try:
        lack = pay_ins.lack(cursor, case)
    except RefundExceedsOrder as error:
        raise NothingLacks(f"less is left of the order than case {case.number} asks") from error
    if not lack.fen:
        raise NothingLacks(f"case {case.number} is covered")
    if lack.asks_fen != shown_fen:
        raise LackChanged(lack.fen)
    return shown_fen
