"""Paying at a store: type the amount, go to the channel, wait, see the order for ever.

    GET  /s/<code>/pay?amount=     the form, with what the amount would give
    POST /s/<code>/pay             one payment for the form's key, then /orders/<no>/wait
    GET  /orders/<no>/wait         asks again by itself; only the server says paid
    POST /orders/<no>/wait         再查一次

Units: µ¥, fen where the name says so. Source: P1; design/ui/faces.md 4, 7 (a).
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongxiang.acts.hasten_payment import hasten_payment
from gongxiang.acts.open_payment import (
    AmountOutOfRange,
    ChannelDeclined,
    KeyTaken,
    Payment,
    open_payment,
)
from gongxiang.base.clock import SECOND
from gongxiang.base.money import FEN, floor_share, share
from gongxiang.economy.mint import mint
from gongxiang.economy.split import split
from gongxiang.economy.terms import Terms
from gongxiang.economy.voucher import vouchers
from gongxiang.payments import gateway
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.models import Attempt as AttemptRow
from gongxiang.payments.provider import Provider
from gongxiang.web.errors import Missing
from gongxiang.web.member.paying import queries, words
from gongxiang.web.member.paying.access import may_see, remember
from gongxiang.web.member.paying.data import Attempt, Estimate, Shop
from gongxiang.web.member.present import Present, fact_key, fresh_token, page, present
from gongxiang.web.public.data import Pair
from gongxiang.web.public.queries import one_moment
from gongxiang.web.shared.address import address_of
from gongxiang.web.shared.identity import member_of

SEE_OTHER: Final = 303
UNPROCESSABLE: Final = 422
_QUICK: Final = 30 * SECOND
_SLOW: Final = 300 * SECOND
_ADDRESS_MAX: Final = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class PayFace:
    """The form, whole: also what was typed comes back."""

    shop: Shop
    now: Present
    token: str
    written: str
    provider: Provider | None
    providers: tuple[Provider, ...]
    estimate: Estimate | None
    amount: int
    trouble: str
    notice: str
    is_member: bool


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """Print or take the form of `/s/<code>/pay`."""
    with one_moment():
        shop = queries.shop(code=code)
        now = present()
    if shop is None:
        raise Missing(
            title="没有这家店", note="可能是旧码，请店家换一张。", action="回首页", href="/"
        )
    if request.method == "POST":
        return _take(request, shop, now)
    written = request.GET.get("amount", "")[:20]
    notice = words.CANCELLED if "cancelled" in request.GET else ""
    return _form(request, shop, now, written=written, notice=notice)


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
        return HttpResponseRedirect(f"/orders/{attempt.number}")
    age = attempt.now - attempt.opened_at
    context = {
        "attempt": attempt,
        "onward": _onward(attempt),
        "is_late": age > _SLOW,
        "back": f"/s/{attempt.code}/pay?amount={words.plain(attempt.amount)}&cancelled=1",
    }
    response = page(request, "member/paying/wait.html", context)
    if age <= _SLOW:
        response.headers["Refresh"] = "2" if age <= _QUICK else "5"
    return response


def no_order() -> Missing:
    """Say that there is no such order for this person."""
    return Missing(
        title="没有这笔订单",
        note="可能是别人的订单，或者换了手机。登录后在「订单」里能看到自己的。",
        action="回首页",
        href="/",
    )


def estimate(*, spend: int, commission_rate: int, terms: Terms, pair: Pair) -> Estimate:
    """Compute by the engine what a spend would give at this moment (E6, E8, E9, E13)."""
    inflow = split(spend, commission_rate=commission_rate, terms=terms).inflow
    cap = share(spend, terms.exit_cap)
    return Estimate(
        points=mint(inflow, money=pair.money, circulating=pair.circulating, terms=terms),
        vouchers=vouchers(spend, commission_rate=commission_rate, terms=terms),
        cap=cap,
        cap_pays=floor_share(cap, terms.payout_rate),
    )


def _take(request: HttpRequest, shop: Shop, now: Present) -> HttpResponse:
    """Open the payment, or give the form back with the reason."""
    written = request.POST.get("amount", "")[:20]
    chosen = request.POST.get("provider", "")
    home = member_of(request) or 0
    key = fact_key(member=home, what="pay", token=request.POST.get("token", ""))
    open_now = {each.value: each for each in gateway.providers()}
    try:
        amount_fen = words.fen_of(written)
        if key is None or chosen not in open_now:
            return _form(request, shop, now, written=written, trouble=words.NO_CHANNEL)
        payment = _open(request, shop, home, key.rpartition("/")[2], open_now[chosen], amount_fen)
    except words.AmountRefused as refused:
        trouble = str(refused)
    except AmountOutOfRange:
        limit_fen = settings.PAYMENT_FEN_MAX
        is_small = amount_fen < 1
        trouble = words.TOO_SMALL if is_small else words.too_large(limit_fen=limit_fen)
    except KeyTaken:
        trouble = words.KEY_TAKEN
    except (ChannelDeclined, NoChannel):
        trouble = words.NO_CHANNEL
    else:
        remember(request, payment.number)
        return _see(f"/orders/{payment.number}/wait")
    return _form(request, shop, now, written=written, trouble=trouble)


def _open(  # noqa: PLR0917  the act's own list
    request: HttpRequest, shop: Shop, home: int, key: str, provider: Provider, amount_fen: int
) -> Payment:
    return open_payment(
        home=home,
        key=key,
        store=shop.store,
        provider=provider,
        amount_fen=amount_fen,
        payer_address=address_of(request)[:_ADDRESS_MAX],
    )


def _form(
    request: HttpRequest,
    shop: Shop,
    now: Present,
    *,
    written: str,
    trouble: str = "",
    notice: str = "",
) -> HttpResponse:
    amount = _amount(written)
    providers = gateway.providers()
    chosen = [each for each in providers if each.value == request.POST.get("provider")]
    face = PayFace(
        shop=shop,
        now=now,
        token=fresh_token(),
        written=written,
        provider=next(iter((*chosen, *providers)), None),
        providers=providers,
        estimate=None
        if amount == 0
        else estimate(
            spend=amount,
            commission_rate=shop.commission_rate,
            terms=now.terms,
            pair=now.pool.pair,
        ),
        amount=amount,
        trouble=trouble,
        notice=notice,
        is_member=member_of(request) is not None,
    )
    context = {"face": face, "facts": now.facts}
    status = UNPROCESSABLE if trouble else 200
    return page(request, "member/paying/pay.html", context, status=status)


def _amount(written: str) -> int:
    """Give the amount to estimate with, 0 for one that cannot be paid."""
    try:
        amount_fen = words.fen_of(written)
    except words.AmountRefused:
        return 0
    return amount_fen * FEN if amount_fen <= settings.PAYMENT_FEN_MAX else 0


def _onward(attempt: Attempt) -> str:
    """Give the channel's address, which leads back here afterwards."""
    if not attempt.hand_off or attempt.channel != Provider.WECHAT.title:
        return attempt.hand_off
    back = urlencode({"redirect_url": f"{settings.PUBLIC_ADDRESS}/orders/{attempt.number}/wait"})
    return f"{attempt.hand_off}{'&' if '?' in attempt.hand_off else '?'}{back}"


def _see(path: str) -> HttpResponse:
    return HttpResponse(status=SEE_OTHER, headers={"Location": path})
