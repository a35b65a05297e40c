"""Paying inside a channel's app: which app shows the page, and who it says is paying.

    GET  a page that pays    nobody known -> WeChat, which shows nothing -> /pay/wechat
    GET  /pay/wechat         keeps the code in a signed cookie and leads back; no write, no question
    POST a page that pays    exchanges the code, once; the openid stays in this browser's session

WeChat's own browser opens no page of another channel, nor WeChat's for other browsers: there the
sheet is the only way, and it wants to know the payer before.

Units: seconds. Source: P1; reliability 8 (16, 24).
"""

import hmac
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongxiang.members import issuers, wechat
from gongxiang.payments.provider import Provider
from gongxiang.web.errors import Trouble
from gongxiang.web.shared import signed_cookie
from gongxiang.web.shared.address import way_on

PATH: Final = "/pay/wechat"
CODE_SECONDS: Final = 240
"""Less than the five minutes that WeChat keeps a code."""
_APPS: Final = {"MicroMessenger": Provider.WECHAT, "AlipayClient": Provider.ALIPAY}
_COOKIE: Final = f"{settings.COOKIE_PREFIX}payer"
_SALT: Final = "gongxiang.payer"
_PAYER: Final = "wechat_payer"
_HEADING: Final = "还不能付款"
_UNPROCESSABLE: Final = 422


class PayerUnknown(Exception):
    """WeChat has not said who pays, or too long ago: it is asked again first."""


def app_of(request: HttpRequest) -> Provider | None:
    """Give the channel whose app shows the page; none in any other browser."""
    agent = request.headers.get("User-Agent", "")
    return next((channel for name, channel in _APPS.items() if name in agent), None)


def offered(request: HttpRequest, providers: tuple[Provider, ...]) -> tuple[Provider, ...]:
    """Keep of the channels those that can be paid through where the page is shown."""
    app = app_of(request)
    if app is None:
        return providers
    is_able = app is not Provider.WECHAT or wechat.is_on()
    return tuple(each for each in providers if each is app and is_able)


def ask(request: HttpRequest, providers: tuple[Provider, ...]) -> HttpResponse | None:
    """Lead to WeChat where it shall say first who pays; nothing where it need not, or did."""
    if app_of(request) is not Provider.WECHAT or Provider.WECHAT not in providers:
        return None
    if _PAYER in request.session or _kept(request, "code"):
        return None
    state = secrets.token_hex(16)
    back = request.build_absolute_uri(PATH)
    response = HttpResponseRedirect(wechat.authorize_url(back=back, state=state))
    _keep(response, "state", state, way_on(request.get_full_path(), default="/"))
    return response


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Come back from WeChat to the page that pays."""
    state, onward = _kept(request, "state") or ("", "")
    code, told = request.GET.get("code", ""), request.GET.get("state", "")
    if not state or not code or not hmac.compare_digest(state.encode(), told.encode()):
        return unknown_page(request, onward="")
    response = HttpResponseRedirect(onward)
    _keep(response, "code", code, "")
    return response


def payer(request: HttpRequest, provider: Provider) -> str:
    """Give who pays by WeChat's own name, empty where the channel need not know.

    Raises `PayerUnknown`; nothing was then opened.
    """
    if app_of(request) is not Provider.WECHAT or provider is not Provider.WECHAT:
        return ""
    known: str = request.session.get(_PAYER, "")
    if known:
        return known
    code, _ = _kept(request, "code") or ("", "")
    try:
        openid = wechat.openid_of(code=code)
    except (issuers.NotProved, issuers.Unreachable) as error:
        raise PayerUnknown("WeChat does not say who pays") from error
    request.session[_PAYER] = openid
    return openid


def unknown_page(request: HttpRequest, *, onward: str) -> HttpResponse:
    """Say that WeChat did not tell who pays, and lead to where it is asked again."""
    trouble = Trouble(
        heading=_HEADING,
        title="微信还没有认出是谁在付款",
        note="钱没有动。多半是页面开得久了，再来一次就好。"
        if onward
        else "钱没有动。重新扫一次店里的码。",
        action="接着付款" if onward else "回首页",
        href=onward or "/",
        tone="w",
    )
    response = render(request, "shared/trouble.html", {"trouble": trouble}, status=_UNPROCESSABLE)
    response.delete_cookie(_COOKIE)
    return response


def elsewhere_page(request: HttpRequest, *, status: int) -> HttpResponse:
    """Say that the app which shows the page cannot pay here, and how it can be done."""
    app = app_of(request)
    assert app is not None, "any other browser is offered every channel"
    name = issuers.CHANNELS[app.value]
    trouble = Trouble(
        heading=_HEADING,
        title=f"这家店在{name}里付不了",
        note="钱没有动。点右上角的菜单，选「在浏览器打开」，就能用别的方式付。",
        action="回首页",
        href="/",
    )
    return render(request, "shared/trouble.html", {"trouble": trouble}, status=status)


def _keep(response: HttpResponse, what: str, value: str, onward: str) -> None:
    values = [what, value, onward]
    signed_cookie.keep(response, values, name=_COOKIE, salt=_SALT, life=CODE_SECONDS)


def _kept(request: HttpRequest, what: str) -> tuple[str, str] | None:
    """Give a value and the way on that this browser kept, while they last."""
    found = signed_cookie.kept(request, name=_COOKIE, salt=_SALT, life=CODE_SECONDS)
    kind, value, onward = found or ("", "", "")
    return (value, onward) if kind == what else None
