"""The store's pages: parse, permit, ask one query or call one act, render plain data.

Who works in the store comes in, and may do what his role may (merchants/access.py); for everybody
else the store's pages do not exist.

Units: micro-yuan. Source: design/ui/faces.md 6.3, 7c.
"""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from gongxiang.base.clock import next_shanghai_midnight
from gongxiang.ledger import raw
from gongxiang.merchants.access import Task, stores_elsewhere
from gongxiang.queries import stores as queries
from gongxiang.queries.stores_data import Payment, Shop
from gongxiang.settlement import cases
from gongxiang.web.merchant.permit import shop_for, shops_for
from gongxiang.web.shared.identity import head_of, member_of, member_required

_ON_A_PAGE: Final = 50
_CASES: Final = 10
_PLACE_PARTS: Final = 2


@member_required
@require_GET
def stores(request: HttpRequest) -> HttpResponse:
    """Show the stores of the person, of all his accounts; the only one opens at once."""
    shops = shops_for(request)
    head, member = head_of(request), member_of(request)
    assert head is not None, "the page is for members only"
    assert member is not None, "the page is for members only"
    elsewhere = stores_elsewhere(head=head, member=member)
    if len(shops) == 1 and not elsewhere:
        return HttpResponseRedirect(reverse("merchant:today", args=[shops[0].code]))
    return render(request, "merchant/stores.html", {"shops": shops, "elsewhere": elsewhere})


@member_required
@require_GET
def orders(request: HttpRequest, code: str) -> HttpResponse:
    """List a store's payments, newest first."""
    shop = shop_for(request, code, Task.ORDERS)
    found = queries.payments(
        shop, count=_ON_A_PAGE + 1, before=_place(shop, request.GET.get("before"))
    )
    shown = found[:_ON_A_PAGE]
    older = f"{shown[-1].paid_at}-{shown[-1].number}" if len(found) > _ON_A_PAGE else None
    with raw.cursor() as cursor:
        found_cases = cases.cases_of_store(cursor, store=shop.store, count=_CASES)
    context = {
        "shop": shop,
        "now": shop.asked_at,
        "payments": shown,
        "older": older,
        "cases": [each for each in found_cases if each.is_open],
        "here": "orders",
    }
    return render(request, "merchant/orders.html", context)


@member_required
@require_GET
def order(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Show one payment, and the cases of it after its settlement."""
    shop = shop_for(request, code, Task.ORDERS)
    payment = _payment(shop, key)
    with raw.cursor() as cursor:
        found = cases.cases_of_order(cursor, member=payment.member, order=payment.number)
    context = {
        "shop": shop,
        "now": shop.asked_at,
        "payment": payment,
        "cases": found,
        "has_open_case": any(each.is_open for each in found),
        "here": "orders",
    }
    return render(request, "merchant/order.html", context)


def _payment(shop: Shop, key: str) -> Payment:
    payment = queries.payment(shop, key=key)
    if payment is None:
        raise Http404
    return payment


def _place(shop: Shop, text: str | None) -> tuple[int, int] | None:
    """Read where an earlier page ended; what is no place begins anew."""
    parts = (text or "").split("-")
    if len(parts) != _PLACE_PARTS or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    at, number = (int(part) for part in parts)
    latest = next_shanghai_midnight(shop.asked_at)
    return (at, number) if at < latest and number < 1 << 63 else None
