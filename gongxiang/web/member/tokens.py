"""Tokens for programs: which there are, making one, ending one; with a fresh proof of who asks.

    GET /me/tokens      POST /me/tokens      POST /me/tokens/<number>/end

The token stands on the page that answers its making, and nowhere again.

Units: days. Source: reliability 8 (22, 26, 32).
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.acts.end_token import end_token
from gongxiang.acts.make_token import NAME_MAX, TooManyTokens, UnfitToken, make_token
from gongxiang.members import tokens as known
from gongxiang.members.tokens import Scope
from gongxiang.web.member.present import prove_page, signed_in
from gongxiang.web.shared import identity, kept_form
from gongxiang.web.shared.identity import member_required

DAYS: Final = (7, 30, 90, 365)
_UNFIT: Final = {
    "name": f"写一个名称，最多 {NAME_MAX} 个字",
    "scope": "至少选一项权限",
    "days": "选一个期限",
}
"""What each field of the form needs, from the top."""


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
@kept_form.keeps("name")
def tokens(request: HttpRequest) -> HttpResponseBase:
    """Print `/me/tokens`, or make a token and show it this once."""
    if not identity.is_proved(request):
        return prove_page(request, onward="/me/tokens", why="管理接口令牌")
    if request.method != "POST":
        return _page(request)
    chosen = [scope for scope in Scope if scope.value in request.POST.getlist("scope")]
    days = request.POST.get("days", "")
    try:
        made = make_token(
            member=signed_in(request),
            name=request.POST.get("name", ""),
            scopes=chosen,
            days=int(days) if days in map(str, DAYS) else 0,
        )
    except UnfitToken:
        field = _unfit(request, has_scope=bool(chosen))
        return _page(request, trouble=_UNFIT[field], field=field)
    except TooManyTokens as refused:
        trouble = f"最多同时有 {refused.most} 个，先收回一个不用的"
        return _page(request, trouble=trouble, field="have")
    return _page(request, made=made.token)


@require_POST
@member_required
def end(request: HttpRequest, number: int) -> HttpResponseBase:
    """End one token."""
    if identity.is_proved(request) and number < 1 << 63:
        end_token(member=signed_in(request), number=number)
    return HttpResponse(status=303, headers={"Location": "/me/tokens"})


def _unfit(request: HttpRequest, *, has_scope: bool) -> str:
    """Name the first field that does not do."""
    name = " ".join(request.POST.get("name", "").split())
    if not (0 < len(name) <= NAME_MAX and name.isprintable()):
        return "name"
    return "days" if has_scope else "scope"


def _page(
    request: HttpRequest, *, made: str = "", trouble: str = "", field: str = ""
) -> HttpResponse:
    typed = request.POST if trouble else kept_form.typed(request)
    face = {
        "tokens": known.tokens(member=signed_in(request)),
        "scopes": [
            (scope.value, scope.label, scope.value in request.POST.getlist("scope"))
            for scope in Scope
        ],
        "days": [(each, str(each) == request.POST.get("days")) for each in DAYS],
        "name": typed.get("name", ""),
        "made": made,
        "trouble": trouble,
        "field": field,
    }
    status = 422 if trouble else 200
    return render(request, "member/tokens.html", {"face": face, "here": "wallet"}, status=status)
