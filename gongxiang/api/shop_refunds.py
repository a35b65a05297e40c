"""The store's answers about money back: a request declined, a case offered after the settlement.

Money within the window goes back by `refund_order` of `gongxiang/api/shops.py`.

Units: fen. Source: E7, E16; I-18; design/ui/faces.md 7 (c) 6.
"""

from typing import Final

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import Field

from gongxiang.acts.decline_refund_request import decline_refund_request
from gongxiang.api.cases import CaseAsked, CasesTold, CaseTold, cases_told, opened
from gongxiang.api.keys import Key, fact_key
from gongxiang.api.orders import Number
from gongxiang.api.refused import refusing
from gongxiang.api.shops import Code, ShopOrderTold, payment_of, shop_for, shop_order_told
from gongxiang.api.token import STORE, member_of
from gongxiang.api.wire import Asked
from gongxiang.merchants.access import Task

router: Final = Router(tags=["store"], auth=STORE)


class AnswerAsked(Asked):
    """Why a request is declined; the payer reads it."""

    answer: str = Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x20][^\x00-\x1f]*$",
        description="begins with no space; the payer reads it",
        examples=["菜都吃完了"],
    )


@router.post(
    "/shops/{code}/orders/{number}/decline",
    response={200: ShopOrderTold},
    operation_id="decline_refund_request",
    summary="不同意退款申请",
)
def decline(request: HttpRequest, code: Code, number: Number, body: AnswerAsked) -> ShopOrderTold:
    """Decline what the payer asks back of an order; a second time nothing is asked any more."""
    shop = shop_for(request, code, Task.REFUND)
    payment = payment_of(shop, number)
    with refusing():
        decline_refund_request(
            store=shop.store, member=payment.member, order=payment.number, answer=body.answer
        )
    return shop_order_told(payment_of(shop, number))


@router.get(
    "/shops/{code}/orders/{number}/refund-cases",
    response=CasesTold,
    operation_id="shop_refund_cases",
    summary="这笔的结算后退款",
)
def cases(request: HttpRequest, code: Code, number: Number) -> CasesTold:
    """List the newest cases of an order of the store, by whomever they were opened."""
    payment = payment_of(shop_for(request, code, Task.REFUND), number)
    return cases_told(member=payment.member, order=payment.number)


@router.post(
    "/shops/{code}/orders/{number}/refund-cases",
    response={201: CaseTold},
    operation_id="offer_refund_case",
    summary="提出结算后退款",
)
def offer(
    request: HttpRequest, code: Code, number: Number, body: CaseAsked, key: Key
) -> Status[CaseTold]:
    """Offer money of a settled order, once for a key; two officers decide (E16)."""
    payment = payment_of(shop_for(request, code, Task.REFUND), number)
    kept = fact_key(member=member_of(request), what="offer", key=key)
    return opened(body, member=payment.member, order=payment.number, kept=kept, is_by_store=True)
