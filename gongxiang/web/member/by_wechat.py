"""Sign in by WeChat: out to its page and back, bound to this browser by a state used once.

A signed-in member who asks to connect (`?connect=1`) adds the identity to his account instead.

    GET  /login/wechat          sets a signed cookie with a fresh state, leads to WeChat
    GET  /login/wechat/back     shows one button; writes nothing, asks nobody
    POST /login/wechat/back     the state must be the cookie's; exchanges the code, signs in

Units: seconds. Source: reliability 8 (16, 24, 32); design/stack.md (WeChat login).
"""

import hmac
import secrets
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.acts.connect_wechat import GuestWaits, WechatTaken, connect_wechat
from gongxiang.acts.join import Proved
from gongxiang.members import wechat
from gongxiang.web.errors import Missing
from gongxiang.web.member import joining
from gongxiang.web.member.entry import HOME, REFUSED, go_on
from gongxiang.web.shared import identity
from gongxiang.web.shared.address import way_on

LIFE_SECONDS: Final = 600
COOKIE: Final = f"{settings.COOKIE_PREFIX}wechat_state"
ACCOUNT: Final = "/me"
_PATH: Final = "/login/wechat"
_SALT: Final = "gongxiang.wechat"


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponseBase:
    """Lead to WeChat's page."""
    _refuse_when_off()
    state = secrets.token_hex(16)
    member = identity.head_of(request) if request.GET.get("connect") == "1" else None
    onward = way_on(request.GET.get("next", ""), default=HOME if member is None else ACCOUNT)
    back = request.build_absolute_uri(f"{_PATH}/back")
    response = HttpResponseRedirect(wechat.authorize_url(back=back, state=state))
    response.set_cookie(
        COOKIE,
        signing.dumps([state, onward, member], salt=_SALT),
        max_age=LIFE_SECONDS,
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest) -> HttpResponseBase:
    """Come back from WeChat: one tap, then signed in."""
    _refuse_when_off()
    told = request.POST if request.method == "POST" else request.GET
    begun = _begun(request, told.get("state", ""))
    if begun is None:
        return _page(request, trouble="这次登录已经过期，或不是从这台手机开始的，重新来一次")
    code = told.get("code", "")
    if request.method != "POST":
        return _page(request, code=code, state=told.get("state", ""))
    try:
        openid = wechat.openid_of(code=code)
    except wechat.NotProved:
        return _page(request, trouble="微信没有认出这次登录，重新来一次")
    except wechat.Unreachable:
        return _page(request, trouble="微信暂时连不上，过一会儿再试，或用手机号登录")
    onward, member = begun
    if member is not None:
        return _connect(request, member, openid, onward=onward)
    proved = Proved(issuer=wechat.ISSUER, subject=openid, shown=wechat.SHOWN)
    response = go_on(request, proved, onward=onward)
    response.delete_cookie(COOKIE, path=_PATH)
    return response


def _connect(request: HttpRequest, member: int, openid: str, *, onward: str) -> HttpResponseBase:
    """Add the identity to the account of the member who asked, while he is signed in and proved."""
    if identity.head_of(request) != member or not identity.is_proved(request):
        return _page(request, trouble="连接微信前，先重新登录一次")
    try:
        connect_wechat(member=member, subject=openid)
    except WechatTaken:
        if joining.begin(request, issuer=wechat.ISSUER, subject=openid):
            response = HttpResponseRedirect(joining.PATH)
            response.status_code = 303
            response.delete_cookie(COOKIE, path=_PATH)
            return response
        return _page(request, trouble="这个微信已经是另一个账户的，没有连接")
    except GuestWaits:
        trouble = "这个微信以游客身份付过款，退出后用它登录，就能领取那里的积分"
        return _page(request, trouble=trouble)
    response = HttpResponseRedirect(onward)
    response.status_code = 303
    response.delete_cookie(COOKIE, path=_PATH)
    return response


def _begun(request: HttpRequest, state: str) -> tuple[str, int | None] | None:
    """Give where to go on to and who connects, when this browser left with the state."""
    try:
        kept, onward, member = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LIFE_SECONDS
        )
    except (signing.BadSignature, ValueError):
        return None
    if not hmac.compare_digest(str(kept).encode(), state.encode()):
        return None
    return str(onward), member


def _refuse_when_off() -> None:
    if not wechat.is_on():
        raise Missing(
            title="还不能用微信登录",
            note="平台还没有接上微信，用手机号一样可以。",
            action="用手机号登录",
            href="/login",
        )


def _page(
    request: HttpRequest, *, code: str = "", state: str = "", trouble: str = ""
) -> HttpResponse:
    face = {"code": code, "state": state, "trouble": trouble}
    status = REFUSED if trouble else 200
    return render(request, "member/wechat.html", {"face": face}, status=status)
