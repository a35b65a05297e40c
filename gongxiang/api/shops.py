"""The store's side: the stores one acts for, their orders, money back within the window.

What a role may do is asked of the database at every request; for a stranger a store's side does not
exist.

Units: fen, per-myriads. Source: E7; reliability 8 (27, 28, 31); design/ui/faces.md 6.3.
"""

from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status
from pydantic import Field

from gongxiang.acts.refund_order import Giver, refund_order
from gongxiang.api import cursors
from gongxiang.api.cursors import CURSOR_MAX, PageAsked
from gongxiang.api.keys import Key
from gongxiang.api.orders import Number, OrderState, state_of
from gongxiang.api.problems import Refused
from gongxiang.api.refused import refusing
from gongxiang.api.token import STORE, member_of
from gongxiang.api.wire import Asked, Fen, Id, Moment, Myriad, PayFen, Text, Told, moment
from gongxiang.base.money import FEN
from gongxiang.merchants.access import Role, State, Task
from gongxiang.merchants.codes import plain
from gongxiang.queries import stores as queries
from gongxiang.queries.pool import one_moment
from gongxiang.queries.stores_data import Payment, Shop

router: Final = Router(tags=["store"], auth=STORE)
_ORDERS: Final = "shop-orders-"
Code = Annotated[str, Path(min_length=1, max_length=16)]


class ShopTold(Told):
    """A store that the member acts for."""

    code: Text
    name: Text
    state: State
    role: Role
    commission_rate: Myriad


class ShopsTold(Told):
    """All of them, oldest first."""

    items: list[ShopTold]


class ShopOrderTold(Told):
    """An order as the store sees it: by whom is masked."""

    number: Text
    payer: Text
    state: OrderState
    is_settled: bool
    can_refund: bool
    amount_fen: Fen
    returned_fen: Fen
    refund_asked_fen: Fen
    note: Text = Field(description="what the payer told the store")
    paid_at: Moment
    due_at: Moment


class ShopOrdersTold(Told):
    """Orders of a store, newest first."""

    items: list[ShopOrderTold]
    next: str | None = Field(max_length=CURSOR_MAX)


class RefundAsked(Asked):
    """How much goes back to the payer."""

    amount_fen: PayFen = Field(examples=[3_600])
    reason: str = Field(default="", max_length=200, pattern=r"^[^\x00-\x1f]*$")


class RefundTold(Told):
    """Money on its way back: the number of the refund, and the order after it."""

    number: Id
    order: ShopOrderTold


@router.get("/shops", response=ShopsTold, operation_id="shops", summary="我经手的门店")
def shops(request: HttpRequest) -> ShopsTold:
    """List the stores that the member acts for, with his role in each."""
    found = queries.shops_of(member_of(request))
    return ShopsTold(
        items=[
            ShopTold(
                code=shop.door,
                name=shop.name or shop.door,
                state=shop.state,
                role=shop.role,
                commission_rate=shop.commission_rate,
            )
            for shop in found
        ]
    )


@router.get(
    "/shops/{code}/orders", response=ShopOrdersTold, operation_id="shop_orders", summary="门店订单"
)
def shop_orders(request: HttpRequest, code: Code, page: Query[PageAsked]) -> ShopOrdersTold:
    """List the payments of a store, newest first."""
    with one_moment():
        shop = shop_for(request, code, Task.ORDERS)
        of = f"{_ORDERS}{shop.store}"
        place = cursors.read(page.cursor, of=of)
        before = None if place is None else (place[0], place[1])
        found = queries.payments(shop, count=page.limit + 1, before=before)
    shown = found[: page.limit]
    last = shown[-1] if len(found) > len(shown) else None
    onward = cursors.written(last.paid_at, last.number, of=of) if last else None
    return ShopOrdersTold(items=[shop_order_told(each) for each in shown], next=onward)


@router.get(
    "/shops/{code}/orders/{number}",
    response=ShopOrderTold,
    operation_id="shop_order",
    summary="门店的一笔订单",
)
def shop_order(request: HttpRequest, code: Code, number: Number) -> ShopOrderTold:
    """Tell one payment of a store."""
    with one_moment():
        return shop_order_told(payment_of(shop_for(request, code, Task.ORDERS), number))


@router.post(
    "/shops/{code}/orders/{number}/refunds",
    response={201: RefundTold},
    operation_id="refund_order",
    summary="退款给顾客",
)
def refund(
    request: HttpRequest, code: Code, number: Number, body: RefundAsked, key: Key
) -> Status[RefundTold]:
    """Give money of an order back within its window, once for a key (E7)."""
    shop = shop_for(request, code, Task.REFUND)
    payment = payment_of(shop, number)
    with refusing():
        recorded = refund_order(
            key=f"R{payment.number}-{key}",
            member=payment.member,
            order=payment.number,
            amount_fen=body.amount_fen,
            giver=Giver(store=shop.store, person=member_of(request), reason=body.reason),
        )
    return Status(
        201,
        RefundTold(number=str(recorded.number), order=shop_order_told(payment_of(shop, number))),
    )


def shop_for(request: HttpRequest, code: str, task: Task) -> Shop:
    """Find a store that the member acts for; raises `Refused`."""
    typed = plain(typed=code)
    for shop in queries.shops_of(member_of(request)):
        if shop.door == typed:
            if not shop.may(task):
                raise Refused("not_allowed", detail=f"{shop.role.label}不能{task.value}")
            return shop
    raise Refused("not_found", detail="没有这家店，或者你不在店里")


def payment_of(shop: Shop, number: str) -> Payment:
    """Find a payment of a store; raises `Refused`."""
    found = queries.payment(shop, key=number)
    if found is None:
        raise Refused("not_found", detail="这家店没有这笔订单")
    return found


def shop_order_told(payment: Payment) -> ShopOrderTold:
    """Tell a payment."""
    return ShopOrderTold(
        number=payment.key,
        payer=payment.payer,
        state=state_of(
            amount=payment.amount, returned=payment.returned, is_settled=payment.is_settled
        ),
        is_settled=payment.is_settled,
        can_refund=payment.is_open and payment.left > 0,
        amount_fen=payment.amount // FEN,
        returned_fen=payment.returned // FEN,
        refund_asked_fen=payment.asked // FEN,
        note=payment.note,
        paid_at=moment(payment.paid_at),
        due_at=moment(payment.due_at),
    )
