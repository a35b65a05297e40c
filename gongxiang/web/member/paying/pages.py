"""Paying at a store: type the amount, go to the channel, wait, see the order for ever.

    GET  /s/<code>/pay?amount=     the form, with what the amount would give
    GET  /s/<code>/pay?charge=     the same, its amount fixed by the store's till
    GET  /s/<code>/pay/estimate    what an amount would give, as a piece of that page
    POST /s/<code>/pay             one payment for the form's key, then /orders/<no>/wait
    GET  /orders/<no>/wait         asks again by itself; only the server says paid
    POST /orders/<no>/wait         再查一次

Units: µ¥, fen where the name says so. Source: P1; design/ui/faces.md 4, 7 (a).
"""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.acts.hasten_payment import hasten_payment
from gongxiang.acts.open_payment import (
    AmountOutOfRange,
    ChannelClosed,
    ChannelDeclined,
    ChargeGone,
    KeyTaken,
    open_payment,
)
from gongxiang.base.clock import SECOND
from gongxiang.base.money import FEN
from gongxiang.merchants.shut import StoreShut, why_shut
from gongxiang.orders import arrivals
from gongxiang.payments import gateway
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.models import Attempt as AttemptRow
from gongxiang.payments.notes import NOTE_MAX, NoteTooLong
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Sheet, address_in
from gongxiang.queries import orders as queries
from gongxiang.queries import tills
from gongxiang.queries.estimate import estimate
from gongxiang.queries.orders_data import Attempt, Estimate, Shop
from gongxiang.queries.pool import one_moment
from gongxiang.queries.tills import Charge
from gongxiang.refusals import NO_CHANNEL, NOTE_TOO_LONG, channel_closed, told, too_large
from gongxiang.web.errors import Missing
from gongxiang.web.member.paying import words
from gongxiang.web.member.paying.access import may_see, remember
from gongxiang.web.member.paying.shut import no_channel_page, shut_page
from gongxiang.web.member.present import Present, fact_key, fresh_token, page, present
from gongxiang.web.shared import inside
from gongxiang.web.shared.address import address_of
from gongxiang.web.shared.identity import head_of, member_of
from gongxiang.web.shared.live import allow_script, stream_address

SEE_OTHER: Final = 303
UNPROCESSABLE: Final = 422
_QUICK: Final = 30 * SECOND
_SLOW: Final = 300 * SECOND
_ADDRESS_MAX: Final = 45
_TYPED_MAX: Final = {"amount": 20, "charge": 20, "note": 2 * NOTE_MAX}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayFace:
    """The form, whole: also what was typed comes back."""

    shop: Shop
    now: Present
    token: str
    written: str
    provider: Provider
    providers: tuple[Provider, ...]
    estimate: Estimate | None
    amount: int
    trouble: str
    notice: str
    is_member: bool
    charge: str
    """The number of the till's charge that fixes the amount; empty where the payer types it."""
    note: str
    field: str
    """Where the trouble is."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """Print or take the form of `/s/<code>/pay`."""
    shop = queries.shop(code=code)
    if shop is None:
        raise Missing(
            title="没有这家店", note="可能是旧码，请店家换一张。", action="回首页", href="/"
        )
    typed = request.POST if request.method == "POST" else request.GET
    if "charge" in typed:
        return _fixed(request, shop, typed["charge"])
    if request.method == "POST":
        return _posted(request, shop)
    shut = why_shut(store=shop.store)
    if shut is not None:
        return shut_page(request, shut, store=shop.store, status=200)
    written = request.GET.get("amount", "")[:20]
    notice = words.CANCELLED if "cancelled" in request.GET else ""
    return _form(request, shop, written=written, notice=notice)


@never_cache
@require_safe
def gives(request: HttpRequest, code: str) -> HttpResponse:
    """Print the line of `/s/<code>/pay/estimate?amount=` alone, for the page's own script."""
    shop = queries.shop(code=code)
    if shop is None:
        raise Missing(
            title="没有这家店", note="可能是旧码，请店家换一张。", action="回首页", href="/"
        )
    written = request.GET.get("amount", "")[:20]
    with one_moment():
        now = present()
    context = {
        "estimate": _estimate(shop, now, _amount(written)),
        "trouble": _trouble(written),
        "charge": "",
    }
    return page(request, "member/paying/gives.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, number: str) -> HttpResponse:
    """Print `/orders/<no>/wait`, or ask again."""
    attempt = queries.attempt(number=number)
    if attempt is None or not may_see(request, attempt):
        raise no_order()
    if request.method == "POST":
        hasten_payment(number=attempt.number)
        return _see(f"/orders/{attempt.number}/wait")
    if attempt.state in {AttemptRow.State.PAID, AttemptRow.State.CLOSED}:
        return HttpResponseRedirect(attempt.href_of_case or f"/orders/{attempt.number}")
    age = attempt.now - attempt.opened_at
    sheet = _sheet(attempt)
    onward = _onward(attempt, sheet)
    is_elsewhere = sheet is not None and inside.app_of(request) is not Provider.WECHAT
    context = {
        "attempt": attempt,
        "can_pay": bool(sheet or onward) and not is_elsewhere,
        "onward": onward,
        "sheet": json.dumps(sheet.words) if sheet and not onward and not is_elsewhere else "",
        "is_elsewhere": is_elsewhere,
        "is_late": age > _SLOW,
        "back": attempt.href_of_case or _back(attempt),
        "stream": stream_address(request, topic=arrivals.of_order(attempt.number)),
        "again": "" if age > _SLOW else "2" if age <= _QUICK else "5",
    }
    return allow_script(request, page(request, "member/paying/wait.html", context))


def no_order() -> Missing:
    """Say that there is no such order for this person."""
    return Missing(
        title="没有这笔订单",
        note="可能是别人的订单，或者换了手机。登录后在「订单」里能看到自己的。",
        action="回首页",
        href="/",
    )


def _fixed(request: HttpRequest, shop: Shop, number: str) -> HttpResponse:
    """Print or take the form of a till's charge: its amount is the till's."""
    charge = tills.charge(store=shop.store, number=number)
    if charge is not None and request.method == "POST":
        # The same form again finds its payment, also when its charge is taken by now.
        return _posted(request, shop, charge)
    if charge is None or not charge.can_be_taken:
        return _gone(request, charge)
    return _form(request, shop, written=words.plain(charge.amount), charge=charge)


def _gone(request: HttpRequest, charge: Charge | None) -> HttpResponse:
    """Lead who took a charge to his payment; tell others that it cannot be paid."""
    if charge is not None and charge.attempt:
        attempt = queries.attempt(number=charge.attempt)
        if attempt is not None and may_see(request, attempt):
            return _see(f"/orders/{attempt.number}/wait")
    raise Missing(
        title="这个收款码不能付了",
        note="钱没有动。它已经过期、取消，或者别人正在付。请店家再生成一个。",
        action="回首页",
        href="/",
    )


def _posted(request: HttpRequest, shop: Shop, charge: Charge | None = None) -> HttpResponse:
    """Take a form; where WeChat does not say who pays, lead to the form as it was filled in."""
    try:
        return _take(request, shop, charge)
    except inside.PayerUnknown:
        kept = {
            name: request.POST[name][: _TYPED_MAX[name]]
            for name in _TYPED_MAX
            if request.POST.get(name)
        }
        return inside.unknown_page(request, onward=f"{request.path}?{urlencode(kept)}")


def _take(request: HttpRequest, shop: Shop, charge: Charge | None = None) -> HttpResponse:
    """Open the payment, or give the form back with the reason."""
    written = request.POST.get("amount", "")[:20]
    if charge is not None:
        written = words.plain(charge.amount)
    chosen = request.POST.get("provider", "")
    home = head_of(request) or 0
    key = fact_key(member=home, what="pay", token=request.POST.get("token", ""))
    open_now = {each.value: each for each in inside.offered(request, gateway.providers())}
    try:
        amount_fen = words.fen_of(written)
        if key is None or chosen not in open_now:
            trouble = NO_CHANNEL
            return _form(request, shop, written=written, trouble=trouble, charge=charge)
        payment = open_payment(
            home=home,
            key=key.rpartition("/")[2],
            store=shop.store,
            provider=open_now[chosen],
            amount_fen=amount_fen,
            payer_address=address_of(request)[:_ADDRESS_MAX],
            payer=inside.payer(request, open_now[chosen]),
            charge="" if charge is None else charge.number,
            note=request.POST.get("note", ""),
        )
    except words.AmountRefused as refused:
        trouble = str(refused)
    except (AmountOutOfRange, NoteTooLong) as refused:
        trouble = told(refused).sentence
    except KeyTaken:
        trouble = words.KEY_TAKEN
    except StoreShut as shut:
        return shut_page(request, shut, store=shop.store, status=UNPROCESSABLE)
    except ChargeGone:
        return _gone(request, charge)
    except ChannelClosed:
        trouble = channel_closed(channel=open_now[chosen].title)
    except (ChannelDeclined, NoChannel):
        trouble = NO_CHANNEL
    else:
        if member_of(request) != home:
            remember(request, payment.number)
        return _see(f"/orders/{payment.number}/wait")
    return _form(request, shop, written=written, trouble=trouble, charge=charge)


def _form(
    request: HttpRequest,
    shop: Shop,
    *,
    written: str,
    trouble: str = "",
    notice: str = "",
    charge: Charge | None = None,
) -> HttpResponse:
    accounts = queries.open_channels(store=shop.store)
    open_here = tuple(each for each in gateway.providers() if each in accounts)
    providers = inside.offered(request, open_here)
    status = UNPROCESSABLE if trouble else 200
    if not open_here:
        return no_channel_page(request, store=shop.store, status=status)
    if not providers:
        return inside.elsewhere_page(request, status=status)
    away = inside.ask(request, providers) if request.method != "POST" else None
    if away is not None:
        return away
    with one_moment():
        now = present()
    amount = _amount(written)
    typed = request.POST if request.method == "POST" else request.GET
    chosen = [each for each in providers if each.value == request.POST.get("provider")]
    face = PayFace(
        shop=shop,
        now=now,
        token=fresh_token(),
        written=written,
        provider=(*chosen, *providers)[0],
        providers=providers,
        estimate=_estimate(shop, now, amount),
        amount=amount,
        trouble=trouble,
        notice=notice,
        is_member=member_of(request) is not None,
        charge="" if charge is None else charge.number,
        note=typed.get("note", "")[: _TYPED_MAX["note"]],
        field="note" if trouble == NOTE_TOO_LONG else "amount",
    )
    context = {"face": face, "facts": now.facts}
    return allow_script(request, page(request, "member/paying/pay.html", context, status=status))


def _estimate(shop: Shop, now: Present, amount: int) -> Estimate | None:
    if amount == 0:
        return None
    return estimate(
        spend=amount,
        commission_rate=shop.commission_rate,
        terms=now.terms,
        pair=now.pool.pair,
    )


def _trouble(written: str) -> str:
    """Say what is wrong with an amount while it is typed; of an empty one nothing yet."""
    try:
        amount_fen = words.fen_of(written)
    except words.AmountRefused as refused:
        return str(refused) if written.strip() else ""
    if amount_fen > settings.PAYMENT_FEN_MAX:
        return too_large(limit_fen=settings.PAYMENT_FEN_MAX)
    return ""


def _amount(written: str) -> int:
    """Give the amount to estimate with, 0 for one that cannot be paid."""
    try:
        amount_fen = words.fen_of(written)
    except words.AmountRefused:
        return 0
    return amount_fen * FEN if amount_fen <= settings.PAYMENT_FEN_MAX else 0


def _sheet(attempt: Attempt) -> Sheet | None:
    """Give what opens WeChat's own sheet, for a payment that was opened inside WeChat."""
    try:
        return gateway.sheet(hand_off=attempt.hand_off, back=_here(attempt))
    except NoChannel:
        return None


def _onward(attempt: Attempt, sheet: Sheet | None) -> str:
    """Give the channel's address, which leads back here afterwards; none for a real sheet."""
    if sheet is not None:
        return sheet.href
    address = address_in(attempt.hand_off)
    if not address or attempt.channel != Provider.WECHAT.title:
        return address
    back = urlencode({"redirect_url": _here(attempt)})
    return f"{address}{'&' if '?' in address else '?'}{back}"


def _here(attempt: Attempt) -> str:
    return f"{settings.PUBLIC_ADDRESS}/orders/{attempt.number}/wait"


def _back(attempt: Attempt) -> str:
    """Give the way out: to the form while nothing was submitted, to the store's page after it."""
    if not attempt.hand_off:
        return reverse("public:store", args=[attempt.code])
    kept = {"amount": words.plain(attempt.amount)} | (
        {"note": attempt.note} if attempt.note else {}
    )
    return f"/s/{attempt.code}/pay?{urlencode(kept)}&cancelled=1"


def _see(path: str) -> HttpResponse:
    return HttpResponse(status=SEE_OTHER, headers={"Location": path})
