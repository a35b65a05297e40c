"""The till: what came in, what is asked for next, whose shift it is.

    GET  /store/<code>/cashier               the last payment huge, the shift's list
    POST /store/<code>/cashier               an amount: its code, then .../cashier/<charge>
    GET  /store/<code>/cashier/<charge>      the code, its time, 收到
    POST /store/<code>/cashier/<charge>      取消这笔
    GET  /store/<code>/shift                 接班 or 交班
    POST /store/<code>/shift                 either
    GET  /store/<code>/shifts/<number>       the receipt of a shift that was handed over

Units: fen in forms, micro-yuan in data. Source: design/ui/faces.md 6.3, 7 (c) 3-5, 7.
"""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from gongxiang.acts.cancel_charge import ChargeTaken, cancel_charge
from gongxiang.acts.close_shift import (
    CountOutOfRange,
    NoteMissing,
    ShiftIsClosed,
    UnknownShift,
    close_shift,
)
from gongxiang.acts.open_charge import ChargeKeyTaken, ChargeOutOfRange, NoShift, open_charge
from gongxiang.acts.open_shift import FloatOutOfRange, ShiftIsOpen, open_shift
from gongxiang.base.clock import shanghai_midnight
from gongxiang.merchants.access import Task
from gongxiang.orders import arrivals
from gongxiang.queries import stores as queries
from gongxiang.queries import tills
from gongxiang.queries.stores_data import Shop
from gongxiang.queries.tills import Shift
from gongxiang.refusals import SOMEBODY, shift_is_open, told
from gongxiang.web.merchant.amounts import Unreadable, read_fen
from gongxiang.web.merchant.forms import (
    NO_KEY,
    SEE_OTHER,
    UNPROCESSABLE,
    fresh_once,
    is_once,
    reason_of,
)
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.shared import kept_form
from gongxiang.web.shared.identity import member_of, member_required
from gongxiang.web.shared.live import allow_script, stream_address
from gongxiang.web.shared.qr import code_of

_ON_TILL: Final = 5
_LAST_SHIFTS: Final = 10
_NUMBER_DIGITS: Final = 19
_METHODS: Final = ["GET", "HEAD", "POST"]
_SHIFT_FIELDS: Final = ("float", "counted", "note")


@member_required
@require_http_methods(_METHODS)
@kept_form.keeps("amount")
def cashier(request: HttpRequest, code: str) -> HttpResponse:
    """Show the last payment huge, or ask for the next amount."""
    shop = shop_for(request, code, Task.TILL)
    if request.method != "POST":
        return _till_page(request, shop)
    try:
        number = _charge(request, shop)
    except Unreadable as error:
        return _till_page(request, shop, refusal=str(error), field="amount")
    except ChargeOutOfRange as error:
        return _till_page(request, shop, refusal=told(error).sentence, field="amount")
    except NoShift as error:
        return _till_page(request, shop, refusal=told(error).sentence)
    except ChargeKeyTaken:
        return _till_page(request, shop, refusal=NO_KEY)
    return _see("charge", shop, number)


def _charge(request: HttpRequest, shop: Shop) -> str:
    once = request.POST.get("once", "")
    if not is_once(once):
        raise ChargeKeyTaken(once)
    amount_fen = read_fen(request.POST.get("amount", ""))
    return open_charge(store=shop.store, person=_person(request), key=once, amount_fen=amount_fen)


def _till_page(
    request: HttpRequest, shop: Shop, *, refusal: str = "", field: str = ""
) -> HttpResponse:
    shift = tills.open_shift(store=shop.store)
    since = shanghai_midnight(shop.asked_at) if shift is None else shift.opened_at
    payments = [each for each in queries.payments(shop, count=_ON_TILL) if each.paid_at >= since]
    typed = request.POST if request.method == "POST" else kept_form.typed(request)
    context = {
        "shop": shop,
        "now": shop.asked_at,
        "shift": shift,
        "last": payments[0] if payments else None,
        "payments": payments,
        "takings": queries.takings(shop, since=since),
        "stream": stream_address(request, topic=arrivals.of_store(shop.store)),
        "refusal": refusal,
        "field": field,
        "typed": typed.get("amount", "")[:20],
        "once": fresh_once(),
        "here": "cashier",
    }
    status = UNPROCESSABLE if refusal else 200
    return allow_script(request, render(request, "merchant/cashier.html", context, status=status))


@member_required
@require_http_methods(_METHODS)
def charge(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Show a charge's code until it is paid or over; a POST takes it back."""
    shop = shop_for(request, code, Task.TILL)
    found = tills.charge(store=shop.store, number=number)
    if found is None:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            cancel_charge(store=shop.store, number=number)
        except ChargeTaken as error:
            refusal = told(error).sentence
        else:
            return _see("cashier", shop)
    link = tills.link(door=shop.door, number=found.number)
    context = {
        "shop": shop,
        "now": shop.asked_at,
        "charge": found,
        "payment": queries.payment(shop, key=found.attempt) if found.is_paid else None,
        "refusal": refusal,
        "code": code_of(link) if found.can_be_taken else None,
        "link": link,
        "stream": stream_address(request, topic=arrivals.of_store(shop.store)),
        "once": fresh_once(),
        "here": "cashier",
    }
    status = UNPROCESSABLE if refusal else 200
    return allow_script(request, render(request, "merchant/charge.html", context, status=status))


@member_required
@require_http_methods(_METHODS)
@kept_form.keeps(*_SHIFT_FIELDS)
def shift(request: HttpRequest, code: str) -> HttpResponse:
    """Show the shift, or the form to take over; a POST does either."""
    shop = shop_for(request, code, Task.SHIFT)
    current = tills.open_shift(store=shop.store)
    if request.method != "POST":
        return _shift_page(request, shop, current)
    if "counted" in request.POST:
        return _hand_over(request, shop, current)
    try:
        float_fen = _or_zero(request.POST.get("float", ""))
        open_shift(store=shop.store, person=_person(request), float_fen=float_fen)
    except Unreadable as error:
        return _shift_page(request, shop, current, refusal=str(error), field="float")
    except FloatOutOfRange as error:
        refusal = told(error).sentence
        return _shift_page(request, shop, current, refusal=refusal, field="float")
    except ShiftIsOpen:
        current = tills.open_shift(store=shop.store)
        refusal = shift_is_open(who=f"{current.name} " if current else SOMEBODY)
        return _shift_page(request, shop, current, refusal=refusal)
    return _see("cashier", shop)


def _hand_over(request: HttpRequest, shop: Shop, current: Shift | None) -> HttpResponse:
    """Close the shift of the form, and lead to its receipt."""
    number = _whole(request.POST.get("shift", ""))
    own = current if current is not None and current.number == number else None
    if own is not None and not _may_close(request, shop, own):
        refusal = f"没有交班。这是 {own.name} 的班，请他或店长来交"
        return _shift_page(request, shop, current, refusal=refusal)
    refusal, field = "", "counted"
    try:
        close_shift(
            store=shop.store,
            shift=number,
            person=_person(request),
            counted_fen=_or_zero(request.POST["counted"]),
            note=reason_of(request.POST.get("note", "")),
        )
    except Unreadable as error:
        refusal = str(error)
    except CountOutOfRange as error:
        refusal = told(error).sentence
    except NoteMissing as error:
        refusal, field = told(error).sentence, "note"
    except (ShiftIsClosed, UnknownShift) as error:
        refusal, field = told(error).sentence, ""
    if refusal:
        return _shift_page(request, shop, current, refusal=refusal, field=field)
    return _see("receipt", shop, number)


def _shift_page(
    request: HttpRequest,
    shop: Shop,
    current: Shift | None,
    *,
    refusal: str = "",
    field: str = "",
) -> HttpResponse:
    sums, typed = None, request.POST if request.method == "POST" else kept_form.typed(request)
    if current is not None:
        sums = tills.sums(store=shop.store, since=current.opened_at, until=None)
    context = {
        "shop": shop,
        "now": shop.asked_at,
        "shift": current,
        "sums": sums,
        "may_close": current is not None and _may_close(request, shop, current),
        "last": tills.last_shifts(store=shop.store, count=_LAST_SHIFTS),
        "refusal": refusal,
        "field": field,
        "typed": {name: typed.get(name, "")[:200] for name in _SHIFT_FIELDS},
        "here": "cashier",
    }
    status = UNPROCESSABLE if refusal else 200
    return render(request, "merchant/shift.html", context, status=status)


@member_required
@require_GET
def receipt(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Show a shift that was handed over: what it took, gave back, and what was counted."""
    shop = shop_for(request, code, Task.SHIFT)
    found = tills.shift(store=shop.store, number=_whole(number))
    if found is None or found.closed_at is None:
        raise Http404
    context = {
        "shop": shop,
        "now": shop.asked_at,
        "shift": found,
        "sums": tills.sums(store=shop.store, since=found.opened_at, until=found.closed_at),
        "here": "cashier",
    }
    return render(request, "merchant/receipt.html", context)


def _may_close(request: HttpRequest, shop: Shop, current: Shift) -> bool:
    """Tell whether somebody may hand over: who is on shift, and who manages the cashiers."""
    return current.person == _person(request) or shop.may(Task.CASHIERS)


def _person(request: HttpRequest) -> int:
    person = member_of(request)
    assert person is not None, "the page is for members only"
    return person


def _or_zero(text: str) -> int:
    """Read an amount that may be nothing; raises `Unreadable`."""
    return 0 if text.strip() in {"0", "0.0", "0.00"} else read_fen(text)


def _whole(text: str) -> int:
    """Read a number of an address; what is none is the number of nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _NUMBER_DIGITS + 1 else 0


def _see(page: str, shop: Shop, *rest: object) -> HttpResponse:
    path = reverse(f"merchant:{page}", args=[shop.code, *rest])
    return HttpResponseRedirect(path, status=SEE_OTHER)
