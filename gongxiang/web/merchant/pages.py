"""The store's pages: parse, permit, ask one query or call one act, render plain data.

Only the owner of a store comes in; for everybody else the store's pages do not exist.

Units: fen in forms, micro-yuan in data. Source: design/ui/faces.md 6.3, 7c; E7.
"""

import secrets
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from gongxiang.acts.refund_order import RefundExceedsOrder, WindowOver, refund_order
from gongxiang.base.clock import next_shanghai_midnight, shanghai_midnight
from gongxiang.base.money import FEN
from gongxiang.web.merchant import queries
from gongxiang.web.merchant.amounts import Unreadable, read_fen
from gongxiang.web.merchant.data import Payment, Shop
from gongxiang.web.shared.identity import member_of, member_required

_ON_TODAY: Final = 5
_ON_A_PAGE: Final = 50
_KEY_BYTES: Final = 16
_PLACE_PARTS: Final = 2
_UNPROCESSABLE: Final = 422
_WINDOW_OVER: Final = (
    "钱没有动。这笔已过退款期，积分已发放。仍可请顾客找客服，退款会扣回已卖积分的钱"
)
_NO_KEY: Final = "钱没有动。这张表已经用过或不完整，刷新页面再填一次"


@member_required
@require_GET
def stores(request: HttpRequest) -> HttpResponse:
    """Show the stores of the person; the only one opens at once."""
    shops = _shops(request)
    if len(shops) == 1:
        return HttpResponseRedirect(reverse("merchant:today", args=[shops[0].code]))
    return render(request, "merchant/stores.html", {"shops": shops})


@member_required
@require_GET
def today(request: HttpRequest, code: str) -> HttpResponse:
    """Show what came in since midnight."""
    shop = _shop(request, code)
    now = queries.now()
    context = {
        "shop": shop,
        "now": now,
        "takings": queries.takings(shop, since=shanghai_midnight(now)),
        "payments": queries.payments(shop, count=_ON_TODAY),
        "here": "today",
    }
    return render(request, "merchant/today.html", context)


@member_required
@require_GET
def cashier(request: HttpRequest, code: str) -> HttpResponse:
    """Show the last payment huge; the page asks again by itself every few seconds."""
    shop = _shop(request, code)
    now = queries.now()
    payments = queries.payments(shop, count=_ON_TODAY)
    midnight = shanghai_midnight(now)
    last = payments[0] if payments and payments[0].paid_at >= midnight else None
    context = {
        "shop": shop,
        "now": now,
        "last": last,
        "payments": [one for one in payments if one.paid_at >= midnight],
        "takings": queries.takings(shop, since=midnight),
        "here": "cashier",
    }
    return render(request, "merchant/cashier.html", context)


@member_required
@require_GET
def orders(request: HttpRequest, code: str) -> HttpResponse:
    """List a store's payments, newest first."""
    shop = _shop(request, code)
    found = queries.payments(shop, count=_ON_A_PAGE + 1, before=_place(request.GET.get("before")))
    shown = found[:_ON_A_PAGE]
    older = f"{shown[-1].paid_at}-{shown[-1].number}" if len(found) > _ON_A_PAGE else None
    context = {
        "shop": shop,
        "now": queries.now(),
        "payments": shown,
        "older": older,
        "here": "orders",
    }
    return render(request, "merchant/orders.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Show one payment; a POST gives money of it back (E7)."""
    shop = _shop(request, code)
    payment = _payment(shop, key)
    if request.method != "POST":
        return _order_page(request, shop, payment)
    refusal = _refund(request, payment)
    if refusal is not None:
        return _order_page(request, shop, _payment(shop, key), refusal=refusal)
    return HttpResponseRedirect(reverse("merchant:order", args=[code, key]), status=303)


def _refund(request: HttpRequest, payment: Payment) -> str | None:
    """Give money back; the refusal in words where it cannot be."""
    once = request.POST.get("once", "")
    if not _is_key(once):
        return _NO_KEY
    try:
        amount_fen = read_fen(request.POST.get("amount", ""))
        refund_order(
            key=f"R{payment.number}-{once}",
            member=payment.member,
            order=payment.number,
            amount_fen=amount_fen,
        )
    except Unreadable as error:
        return str(error)
    except WindowOver:
        return _WINDOW_OVER
    except RefundExceedsOrder as error:
        total, left = payment.amount // FEN, error.left_fen
        return f"这笔最多还能退 {_yuan(left)} 元（共 {_yuan(total)}，已退 {_yuan(total - left)}）"
    return None


def _order_page(
    request: HttpRequest, shop: Shop, payment: Payment, *, refusal: str | None = None
) -> HttpResponse:
    context = {
        "shop": shop,
        "now": queries.now(),
        "payment": payment,
        "refusal": refusal,
        "typed": request.POST.get("amount", _yuan((payment.asked or payment.left) // FEN)),
        "once": secrets.token_hex(_KEY_BYTES),
        "here": "orders",
    }
    status = 200 if refusal is None else _UNPROCESSABLE
    return render(request, "merchant/order.html", context, status=status)


def _shops(request: HttpRequest) -> list[Shop]:
    member = member_of(request)
    assert member is not None, "the page is for members only"
    return queries.shops_of(member)


def _shop(request: HttpRequest, code: str) -> Shop:
    for shop in _shops(request):
        if shop.code == code:
            return shop
    raise Http404


def _payment(shop: Shop, key: str) -> Payment:
    payment = queries.payment(shop, key=key)
    if payment is None:
        raise Http404
    return payment


def _place(text: str | None) -> tuple[int, int] | None:
    """Read where an earlier page ended; what is no place begins anew."""
    parts = (text or "").split("-")
    if len(parts) != _PLACE_PARTS or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    at, number = (int(part) for part in parts)
    latest = next_shanghai_midnight(queries.now())
    return (at, number) if at < latest and number < 1 << 63 else None


def _is_key(text: str) -> bool:
    return len(text) == 2 * _KEY_BYTES and text.isascii() and text.isalnum()


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02}"
