"""Money of an order back to its payer, by the store.

    GET  /store/<code>/orders/<no>/refund                  the form: how much, why
    GET  /store/<code>/orders/<no>/refund?amount=&reason=  the check: who then has how much less
    POST /store/<code>/orders/<no>/refund                  once for the check's key
    POST /store/<code>/orders/<no>/decline                 the member's request is declined

Within the window it is exact (E7). After the settlement the store offers a case that two officers
decide, with the whole sum of who pays what (E16).

Units: fen in forms, micro-yuan in data. Source: E7, E16; design/ui/faces.md 4, 7 (c) 6.
"""

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.acts.decline_refund_request import (
    AnswerMissing,
    NothingAsked,
    decline_refund_request,
)
from gongxiang.acts.open_refund_case import (
    CaseExceedsOrder,
    CaseIsOpen,
    CaseKeyTaken,
    NotSettled,
    TooLate,
    open_refund_case,
)
from gongxiang.acts.refund_order import Giver, RefundExceedsOrder, WindowOver, refund_order
from gongxiang.base.money import FEN, MYRIAD
from gongxiang.economy.refusal import RefundExceedsOrder as NothingLeft
from gongxiang.ledger import raw
from gongxiang.merchants.access import Task
from gongxiang.orders.facts import KeyTaken
from gongxiang.queries import stores as queries
from gongxiang.queries.stores_data import Payment, Shop
from gongxiang.refusals import WINDOW_OVER, most_left, told
from gongxiang.settlement.trial import Trial, try_refund
from gongxiang.web.merchant.amounts import Unreadable, read_fen
from gongxiang.web.merchant.forms import (
    NO_KEY,
    SEE_OTHER,
    UNPROCESSABLE,
    Unfit,
    fresh_once,
    is_once,
    reason_of,
    yuan_of,
)
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.shared import kept_form
from gongxiang.web.shared.identity import member_of, member_required

_NO_REASON: Final = "写一句为什么退，交班和对账时看得到"
_METHODS: Final = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a refund takes from whom, before it is done; `trial` where it is a case."""

    amount: int
    reason: str
    once: str
    commission: int
    trial: Trial | None

    @property
    def less(self) -> int:
        """Give by how much the store then has less."""
        return self.amount - self.commission if self.trial is None else self.trial.store_pays


@member_required
@require_http_methods(_METHODS)
def refund(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Show the form or its check; a POST gives the money back, or offers a case."""
    shop = shop_for(request, code, Task.REFUND)
    payment = _payment(shop, key)
    typed = request.POST if request.method == "POST" else request.GET
    if "amount" not in typed:
        return _page(request, shop, payment)
    try:
        amount_fen = _amount(typed["amount"])
        reason = reason_of(typed.get("reason", ""))
        if not reason:
            return _page(request, shop, payment, refusal=_NO_REASON, field="reason")
        if request.method == "POST":
            _give(request, shop, payment, amount_fen, reason)
            path = reverse("merchant:order", args=[shop.code, key])
            return HttpResponseRedirect(path, status=SEE_OTHER)
        check = _check(payment, amount_fen, reason)
    except Unfit as error:
        return _page(request, shop, payment, refusal=str(error), field=error.field)
    return _page(request, shop, payment, check=check)


@member_required
@require_POST
@kept_form.keeps("answer", at="merchant:refund")
def decline(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Decline what the payer asks, and tell him why."""
    shop = shop_for(request, code, Task.REFUND)
    payment = _payment(shop, key)
    try:
        decline_refund_request(
            store=shop.store,
            member=payment.member,
            order=payment.number,
            answer=reason_of(request.POST.get("answer", "")),
        )
    except AnswerMissing as error:
        return _page(request, shop, payment, refusal=told(error).sentence, field="answer")
    except NothingAsked as error:
        return _page(request, shop, payment, refusal=told(error).sentence)
    return HttpResponseRedirect(reverse("merchant:order", args=[shop.code, key]), status=SEE_OTHER)


def _amount(text: str) -> int:
    """Read how much goes back; raises `Unfit`."""
    try:
        return read_fen(text)
    except Unreadable as error:
        raise Unfit("amount", str(error)) from error


def _check(payment: Payment, amount_fen: int, reason: str) -> Check:
    """Work out what the refund would take; by the engine's dry run once the order has settled."""
    amount, trial = amount_fen * FEN, None
    if amount > payment.left:
        raise Unfit("amount", _too_much(payment, payment.left // FEN))
    if payment.is_settled:
        try:
            with raw.cursor() as cursor:
                trial = try_refund(
                    cursor, member=payment.member, order=payment.number, amount=amount
                )
        except NothingLeft as error:
            raise Unfit("amount", _too_much(payment, payment.left // FEN)) from error
    commission = amount * payment.commission_rate // MYRIAD
    return Check(
        amount=amount, reason=reason, once=fresh_once(), commission=commission, trial=trial
    )


def _give(request: HttpRequest, shop: Shop, payment: Payment, amount_fen: int, reason: str) -> None:
    """Give money back within the window, or offer it as a case."""
    once, person = request.POST.get("once", ""), member_of(request)
    if not is_once(once) or person is None:
        raise Unfit("", NO_KEY)
    try:
        if payment.is_settled:
            open_refund_case(
                key=f"store-{once}",
                member=payment.member,
                order=payment.number,
                amount_fen=amount_fen,
                reason=reason,
                is_by_store=True,
            )
            return
        refund_order(
            key=f"R{payment.number}-{once}",
            member=payment.member,
            order=payment.number,
            amount_fen=amount_fen,
            giver=Giver(store=shop.store, person=person, reason=reason),
        )
    except (WindowOver, NotSettled) as error:
        raise Unfit("", WINDOW_OVER) from error
    except (RefundExceedsOrder, CaseExceedsOrder) as error:
        raise Unfit("amount", _too_much(payment, error.left_fen)) from error
    except (TooLate, CaseIsOpen) as error:
        raise Unfit("", told(error).sentence) from error
    except (KeyTaken, CaseKeyTaken) as error:
        raise Unfit("", NO_KEY) from error


def _too_much(payment: Payment, left_fen: int) -> str:
    return most_left(left=left_fen * FEN, amount=payment.amount)


def _page(
    request: HttpRequest,
    shop: Shop,
    payment: Payment,
    *,
    refusal: str = "",
    field: str = "",
    check: Check | None = None,
) -> HttpResponse:
    typed = request.POST if request.method == "POST" else request.GET
    context = {
        "shop": shop,
        "now": shop.asked_at,
        "payment": payment,
        "check": check,
        "refusal": refusal,
        "field": field,
        "typed": typed.get("amount", yuan_of(payment.asked or payment.left))[:20],
        "reason": typed.get("reason", payment.reason)[:200],
        "answer": kept_form.typed(request).get("answer", ""),
        "here": "orders",
    }
    status = UNPROCESSABLE if refusal else 200
    return render(request, "merchant/refund.html", context, status=status)


def _payment(shop: Shop, key: str) -> Payment:
    payment = queries.payment(shop, key=key)
    if payment is None:
        raise Http404
    return payment
