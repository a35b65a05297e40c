"""Cases of a store by program: those that wait for it, what one lacks and why, paying it in.

A pay-in is an ordinary payment into the store's own account; its answer says where somebody goes on
to pay it. One is open at a time for a case: who asks meanwhile, by whatever key, is given that one.

Units: fen; micro-yuan as text. Source: E16; P1, P2; I-18; merchants/access.py (who may).
"""

import hashlib
from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status
from psycopg import Cursor
from pydantic import Field

from gongxiang.acts.open_pay_in import open_pay_in
from gongxiang.api import cursors
from gongxiang.api.cases import CaseTold, case_told
from gongxiang.api.cursors import CURSOR_MAX, PageAsked
from gongxiang.api.keys import Key, fact_key
from gongxiang.api.orders import ADDRESS_MAX, PaymentState
from gongxiang.api.problems import Refused
from gongxiang.api.refused import refusing
from gongxiang.api.shops import Code, shop_for
from gongxiang.api.token import STORE, member_of
from gongxiang.api.wire import (
    INT64_MAX,
    Asked,
    Fen,
    IdAsked,
    Micro,
    Moment,
    PayFen,
    Text,
    Told,
    maybe_moment,
    moment,
)
from gongxiang.economy.refusal import RefundExceedsOrder
from gongxiang.ledger import raw
from gongxiang.members.address import address_of
from gongxiang.merchants.access import NotAllowed, Task
from gongxiang.payments.models import Attempt
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import address_in
from gongxiang.queries.pool import one_moment
from gongxiang.queries.stores_data import Shop
from gongxiang.refusals import NO_CASE, NOT_ALLOWED
from gongxiang.settlement import cases, pay_ins
from gongxiang.settlement.cases import Case
from gongxiang.settlement.pay_ins import Lack, PayIn
from gongxiang.treasury.models import CaseState

router: Final = Router(tags=["store"], auth=STORE)
_CASES: Final = "shop-cases-"
Number = Annotated[IdAsked, Path()]


class ShopCasesTold(Told):
    """Cases of a store, newest first."""

    items: list[CaseTold]
    next: str | None = Field(max_length=CURSOR_MAX)


class LackTold(Told):
    """Who would pay what at this moment; `asks_fen` is what one payment is of what is lacking.

    Nothing is asked for while the case does not wait for its store.
    """

    to_member: Micro
    kept: Micro
    returned: Micro
    pool_pays: Micro
    platform: Micro
    unspent: Micro
    store_pays: Micro
    store_owed: Micro
    on_way_fen: Fen
    lacks_fen: Fen
    asks_fen: Fen


class PayInTold(Told):
    """A payment for a case: how it stands, where somebody goes on while it may be paid."""

    number: Text
    state: PaymentState
    amount_fen: Fen
    channel: Provider
    can_be_paid: bool
    is_netted: bool
    hand_off: str | None = Field(max_length=2_000, description="where the payer goes on")
    opened_at: Moment
    came_at: Moment | None


class ShopCaseTold(CaseTold):
    """A case; `lack` is null where it is at its end, or asks for more than is left of the order."""

    lack: LackTold | None
    pay_ins: list[PayInTold]


class PayInAsked(Asked):
    """What `asks_fen` told, and by which channel it is paid."""

    channel: Provider = Field(strict=False)
    amount_fen: PayFen = Field(examples=[10_283])


@router.get(
    "/shops/{code}/refund-cases",
    response=ShopCasesTold,
    operation_id="shop_cases",
    summary="门店的结算后退款",
)
def shop_cases(request: HttpRequest, code: Code, page: Query[PageAsked]) -> ShopCasesTold:
    """List the cases of a store, newest first; `funds` is a case that waits for the store."""
    with one_moment():
        shop = shop_for(request, code, Task.PAY_IN)
        of = f"{_CASES}{shop.store}"
        before = (cursors.read(page.cursor, of=of) or (INT64_MAX,))[0]
        with raw.cursor() as cursor:
            found = cases.cases_of_store(
                cursor, store=shop.store, count=page.limit + 1, before=before
            )
    shown = found[: page.limit]
    onward = cursors.written(shown[-1].number, of=of) if len(found) > len(shown) else None
    return ShopCasesTold(items=[case_told(each) for each in shown], next=onward)


@router.get(
    "/shops/{code}/refund-cases/{number}",
    response=ShopCaseTold,
    operation_id="shop_case",
    summary="门店的一笔结算后退款",
)
def shop_case(request: HttpRequest, code: Code, number: Number) -> ShopCaseTold:
    """Tell a case of the store: who would pay what now, what is lacking, what was paid in."""
    with one_moment():
        shop = shop_for(request, code, Task.PAY_IN)
        with raw.cursor() as cursor:
            case = _case(cursor, shop, number)
            lack = _lack(cursor, case)
            paid = pay_ins.of_case(cursor, case)
    return ShopCaseTold(
        **case_told(case).model_dump(),
        lack=None if lack is None else _lack_told(case, lack),
        pay_ins=[_pay_in_told(each) for each in paid],
    )


@router.post(
    "/shops/{code}/refund-cases/{number}/pay-ins",
    response={201: PayInTold},
    operation_id="open_pay_in",
    summary="给退款补款",
)
def pay_in(
    request: HttpRequest, code: Code, number: Number, body: PayInAsked, key: Key
) -> Status[PayInTold]:
    """Open the payment of what the case lacks, once for a key; one is open at a time (E16)."""
    shop = shop_for(request, code, Task.PAY_IN)
    person = member_of(request)
    kept = fact_key(member=person, what="pay-in", key=key)
    try:
        with refusing():
            payment = open_pay_in(
                key=hashlib.sha256(kept.encode()).hexdigest(),
                person=person,
                store=shop.store,
                case=int(number),
                provider=body.channel,
                shown_fen=body.amount_fen,
                payer_address=address_of(request)[:ADDRESS_MAX],
            )
    except NotAllowed as error:
        raise Refused("not_allowed", detail=NOT_ALLOWED) from error
    with raw.cursor() as cursor:
        paid = pay_ins.of_case(cursor, _case(cursor, shop, number))
    found = next(each for each in paid if each.number == payment.number)
    return Status(201, _pay_in_told(found))


def _case(cursor: Cursor[tuple[object, ...]], shop: Shop, number: str) -> Case:
    found = cases.case_of_store(cursor, store=shop.store, case=int(number))
    if found is None:
        raise Refused("not_found", detail=NO_CASE)
    return found


def _lack(cursor: Cursor[tuple[object, ...]], case: Case) -> Lack | None:
    """Compute what a case lacks; nothing where it is at its end or cannot be done any more."""
    try:
        return pay_ins.lack(cursor, case) if case.is_open else None
    except RefundExceedsOrder:
        return None


def _lack_told(case: Case, lack: Lack) -> LackTold:
    trial, waits = lack.trial, case.state is CaseState.FUNDS
    return LackTold(
        to_member=str(trial.to_member),
        kept=str(trial.kept),
        returned=str(trial.returned),
        pool_pays=str(trial.pool_pays),
        platform=str(trial.platform),
        unspent=str(trial.unspent),
        store_pays=str(trial.store_pays),
        store_owed=str(trial.store_owed),
        on_way_fen=lack.on_way_fen,
        lacks_fen=lack.fen if waits else 0,
        asks_fen=lack.asks_fen if waits else 0,
    )


def _pay_in_told(paid: PayIn) -> PayInTold:
    return PayInTold(
        number=paid.number,
        state=PaymentState[Attempt.State(paid.state).name],
        amount_fen=paid.amount_fen,
        channel=Provider(paid.channel),
        can_be_paid=paid.is_open,
        is_netted=paid.is_netted,
        hand_off=(address_in(paid.hand_off) or None) if paid.is_open else None,
        opened_at=moment(paid.opened_at),
        came_at=maybe_moment(paid.came_at),
    )
