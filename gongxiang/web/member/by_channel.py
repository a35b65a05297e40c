"""Sign in by a channel: out to its page and back, bound to this browser by a state used once.

A signed-in member who asks to connect (`?connect=1`) adds the identity to his account instead.

    GET  /login/CHANNEL         sets a signed cookie with a fresh state, leads to the channel
    GET  /login/CHANNEL/back    shows one button; writes nothing, asks nobody
    POST /login/CHANNEL/back    the state must be the cookie's; exchanges the code, signs in

Units: seconds. Source: reliability 8 (16, 24, 32); design/stack.md (WeChat login).
"""

import hmac
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.acts.connect_identity import IdentityTaken, connect_identity
from gongxiang.acts.join import Proved
from gongxiang.members import issuers
from gongxiang.web.errors import Missing
from gongxiang.web.member import joining
from gongxiang.web.member.entry import HOME, REFUSED, go_on, see
from gongxiang.web.member.sign_ins import Way, opens, way
from gongxiang.web.shared import identity, signed_cookie
from gongxiang.web.shared.address import way_on

LIFE_SECONDS: Final = 600
ACCOUNT: Final = "/me"
_SALT: Final = "gongxiang.sign_in."


@never_cache
@require_safe
def start(request: HttpRequest, issuer: str) -> HttpResponseBase:
    """Lead to the channel's page."""
    by = _way(issuer)
    if not opens(request, by):
        raise Missing(
            title=f"要在{by.title}里登录",
            note=f"{by.title}的登录页只在{by.title}里打得开。在{by.title}里打开这个网站再来，或用手机号登录。",
            action="用手机号登录",
            href="/login",
        )
    state = secrets.token_hex(16)
    member = identity.head_of(request) if request.GET.get("connect") == "1" else None
    onward = way_on(request.GET.get("next", ""), default=HOME if member is None else ACCOUNT)
    back = request.build_absolute_uri(f"/login/{issuer}/back")
    response = HttpResponseRedirect(by.authorize_url(back=back, state=state))
    signed_cookie.keep(
        response,
        [state, onward, member],
        name=cookie(issuer),
        salt=_SALT + issuer,
        life=LIFE_SECONDS,
    )
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest, issuer: str) -> HttpResponseBase:
    """Come back from the channel: one tap, then signed in."""
    by = _way(issuer)
    is_asked = request.method == "POST"
    told = request.POST if is_asked else request.GET
    state, code = told.get("state", ""), told.get("code" if is_asked else by.code, "")
    begun = _begun(request, by, state)
    if begun is None:
        return _page(request, by, trouble="这次登录已经过期，或不是从这台手机开始的，重新来一次")
    onward, member = begun
    connects = member is not None
    if not is_asked:
        return _page(request, by, code=code, state=state, connects=connects)
    try:
        subject = by.subject_of(code=code)
    except issuers.NotProved:
        trouble = f"{by.title}没有认出这次登录，重新来一次"
        return _page(request, by, connects=connects, trouble=trouble)
    except issuers.Unreachable:
        trouble = f"{by.title}暂时连不上，过一会儿再试"
        return _page(request, by, connects=connects, trouble=trouble)
    if member is not None:
        return _connect(request, by, member, subject, onward=onward)
    proved = Proved(issuer=issuer, subject=subject, shown=issuers.SHOWN)
    return _done(by, go_on(request, proved, onward=onward))


def cookie(issuer: str) -> str:
    """Give the name of the cookie that keeps the state; in production only this host sets it."""
    return f"{settings.COOKIE_PREFIX}{issuer}_state"


def _connect(
    request: HttpRequest, by: Way, member: int, subject: str, *, onward: str
) -> HttpResponseBase:
    """Add the identity to the account of the member who asked, while he is signed in and proved."""
    if identity.head_of(request) != member or not identity.is_proved(request):
        trouble = f"连接{by.title}前，先重新登录一次"
        return _page(request, by, connects=True, trouble=trouble)
    try:
        kept = connect_identity(member=member, issuer=by.issuer, subject=subject)
    except IdentityTaken:
        if joining.begin(request, issuer=by.issuer, subject=subject):
            return _done(by, see(joining.PATH))
        trouble = f"这个{by.title}是另一个账户的，或你已经连接了别的{by.title}，没有连接"
        return _page(request, by, connects=True, trouble=trouble)
    # Where a guest was claimed, two accounts were joined, and that ended every session of both.
    if kept == member:
        identity.stay(request)
    else:
        identity.sign_in(request, kept)
    return _done(by, see(onward))


def _done(by: Way, response: HttpResponseBase) -> HttpResponseBase:
    """Let the state count no more."""
    response.delete_cookie(cookie(by.issuer))
    return response


def _begun(request: HttpRequest, by: Way, state: str) -> tuple[str, int | None] | None:
    """Give where to go on to and who connects, when this browser left with the state."""
    begun = signed_cookie.kept(
        request, name=cookie(by.issuer), salt=_SALT + by.issuer, life=LIFE_SECONDS
    )
    if begun is None:
        return None
    kept, onward, member = begun
    if not hmac.compare_digest(str(kept).encode(), state.encode()):
        return None
    return str(onward), member


def _way(issuer: str) -> Way:
    by = way(issuer)
    if not by.is_on():
        raise Missing(
            title=f"还不能用{by.title}登录",
            note=f"平台还没有接上{by.title}登录，用手机号一样可以。",
            action="用手机号登录",
            href="/login",
        )
    return by


def _page(
    request: HttpRequest,
    by: Way,
    *,
    code: str = "",
    state: str = "",
    connects: bool = False,
    trouble: str = "",
) -> HttpResponse:
    face = {
        "issuer": by.issuer,
        "title": by.title,
        "code": code,
        "state": state,
        "connects": connects,
        "trouble": trouble,
    }
    status = REFUSED if trouble else 200
    return render(request, "member/by_channel.html", {"face": face}, status=status)
