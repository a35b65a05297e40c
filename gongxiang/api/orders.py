"""Orders and payments of the member: the list, one order, opening a payment, how it stands.

Opening asks the channel and gives where to go on; only the channel's word makes an order of it.

Units: fen. Source: P1, E7; I-18; design/ui/faces.md 7 (a).
"""

from enum import Enum
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status
from pydantic import Field

from gongxiang.acts.open_payment import open_payment
from gongxiang.api import cursors
from gongxiang.api.cursors import CURSOR_MAX, PageAsked
from gongxiang.api.keys import Key, attempt_key
from gongxiang.api.problems import Refused
from gongxiang.api.refused import refusing
from gongxiang.api.token import PAY, READ, member_of
from gongxiang.api.wire import (
    INT64_MAX,
    Asked,
    Atoms,
    Fen,
    Micro,
    Moment,
    PayFen,
    Text,
    Told,
    moment,
)
from gongxiang.base.money import FEN
from gongxiang.members.address import address_of
from gongxiang.payments.models import Attempt
from gongxiang.payments.notes import NOTE_MAX
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import address_in
from gongxiang.queries import orders as queries
from gongxiang.queries import shown_stores
from gongxiang.queries.estimate import gives
from gongxiang.queries.orders_data import Paid, Row
from gongxiang.queries.pool import one_moment
from gongxiang.queries.present import Present, present
from gongxiang.refusals import NO_ORDER

router: Final = Router(tags=["orders"])
_ORDERS: Final = "orders"
ADDRESS_MAX: Final = 45
Number = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[!-~]+$")]


class OrderState(Enum):
    """How an order stands."""

    PENDING = "pending"
    SETTLED = "settled"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"


class OrderTold(Told):
    """An order of the list."""

    number: Text
    store: Text
    state: OrderState
    is_settled: bool
    amount_fen: Fen
    returned_fen: Fen
    paid_at: Moment


class OrdersTold(Told):
    """Orders, newest first."""

    items: list[OrderTold]
    next: str | None = Field(max_length=CURSOR_MAX)


class GivesTold(Told):
    """What an order gave, or would give at the pair of this moment while it waits (E7)."""

    is_exact: bool
    points: Atoms
    vouchers: Micro
    cap: Micro
    payout_at_cap: Micro


class WholeOrderTold(OrderTold):
    """One order."""

    due_at: Moment
    rules_version: int
    refund_asked_fen: Fen
    note: Text = Field(description="what the payer told the store")
    gives: GivesTold


class PaymentAsked(Asked):
    """What is to be paid, to which store, by which channel."""

    store: str = Field(
        min_length=1, max_length=16, description="public code", examples=["7GKM0211"]
    )
    channel: Provider = Field(strict=False)
    amount_fen: PayFen = Field(examples=[12_800])
    note: str = Field(default="", max_length=NOTE_MAX, description="what the store reads")


class PaymentState(Enum):
    """How a payment stands."""

    OPENED = "opened"
    PAYING = "paying"
    UNKNOWN = "unknown"
    PAID = "paid"
    CLOSED = "closed"


class PaymentTold(Told):
    """A payment: its number, how it stands, where the payer goes on."""

    number: Text
    state: PaymentState
    amount_fen: Fen
    channel: Text
    hand_off: str | None = Field(max_length=2_000, description="where the payer goes on")
    order: Text | None = Field(description="number of the order, once it is paid")


@router.get("/orders", response=OrdersTold, auth=READ, operation_id="orders", summary="我的订单")
def orders(request: HttpRequest, page: Query[PageAsked]) -> OrdersTold:
    """List the member's orders, newest first."""
    place = cursors.read(page.cursor, of=_ORDERS) or (INT64_MAX,)
    with one_moment():
        found = queries.orders(member=member_of(request), before=place[0], size=page.limit + 1)
    shown = found[: page.limit]
    onward = cursors.written(shown[-1].order, of=_ORDERS) if len(found) > len(shown) else None
    return OrdersTold(items=[OrderTold(**_shared(each)) for each in shown], next=onward)


@router.get(
    "/orders/{number}", response=WholeOrderTold, auth=READ, operation_id="order", summary="一笔订单"
)
def order(request: HttpRequest, number: Number) -> WholeOrderTold:
    """Tell one order of the member: exact once it is settled, an estimate before."""
    with one_moment():
        paid = own_order(request, number)
        now = present()
    return WholeOrderTold(
        **_shared(paid),
        due_at=moment(paid.due_at),
        rules_version=paid.version,
        refund_asked_fen=paid.asked // FEN,
        note=paid.note,
        gives=_gives(paid, now),
    )


@router.post(
    "/payments",
    response={201: PaymentTold},
    auth=PAY,
    operation_id="open_payment",
    summary="发起付款",
)
def pay(request: HttpRequest, body: PaymentAsked, key: Key) -> Status[PaymentTold]:
    """Open a payment at a store, once for its key; the same key and body give it again."""
    shop = shown_stores.store(code=body.store)
    if shop is None:
        raise Refused("not_found", detail="没有这家店，可能是旧码，请店家换一张")
    home = member_of(request)
    with refusing():
        opened = open_payment(
            home=home,
            key=attempt_key(key),
            store=shop.store,
            provider=body.channel,
            amount_fen=body.amount_fen,
            payer_address=address_of(request)[:ADDRESS_MAX],
            note=body.note,
        )
    return Status(201, _payment(home, opened.number))


@router.get(
    "/payments/{number}",
    response=PaymentTold,
    auth=READ,
    operation_id="payment",
    summary="一笔付款",
)
def payment(request: HttpRequest, number: Number) -> PaymentTold:
    """Tell how a payment of the member stands."""
    return _payment(member_of(request), number)


def own_order(request: HttpRequest, number: str) -> Paid:
    """Find an order of the member who asks; raises `Refused`."""
    paid = queries.paid(number=number)
    if paid is None or paid.member != member_of(request):
        raise Refused("not_found", detail=NO_ORDER)
    return paid


def state_of(*, amount: int, returned: int, is_settled: bool) -> OrderState:
    """Tell how an order stands."""
    if returned == amount:
        return OrderState.REFUNDED
    if returned:
        return OrderState.PART_REFUNDED
    return OrderState.SETTLED if is_settled else OrderState.PENDING


def _payment(member: int, number: str) -> PaymentTold:
    attempt = queries.attempt(number=number)
    if attempt is None or member not in {attempt.home, attempt.member}:
        raise Refused("not_found", detail="没有这笔付款")
    return PaymentTold(
        number=attempt.number,
        state=PaymentState[Attempt.State(attempt.state).name],
        amount_fen=attempt.amount // FEN,
        channel=attempt.channel,
        hand_off=address_in(attempt.hand_off) or None,
        order=attempt.number if attempt.order else None,
    )


def _shared(order: Row | Paid) -> dict[str, Any]:
    """Tell what the list and the one order have in common."""
    gone = order.gone if isinstance(order, Paid) else order.returned
    return {
        "number": order.number,
        "store": order.shop,
        "state": state_of(amount=order.amount, returned=gone, is_settled=order.is_settled),
        "is_settled": order.is_settled,
        "amount_fen": order.amount // FEN,
        "returned_fen": gone // FEN,
        "paid_at": moment(order.paid_at),
    }


def _gives(paid: Paid, now: Present) -> GivesTold:
    found = gives(paid, terms=now.versions[paid.version], pair=now.pool.pair)
    return GivesTold(
        is_exact=paid.is_settled,
        points=str(found.points),
        vouchers=str(found.vouchers),
        cap=str(found.cap),
        payout_at_cap=str(found.cap_pays),
    )
