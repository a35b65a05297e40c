"""Joining two accounts of one person: he is signed in to one and has just proved the other.

    PhoneTaken, IdentityTaken -> the other waits in the session -> what both hold -> joined

Units: seconds. Source: R2; platform.md (People); docs/adr (accounts of one person).
"""

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.acts.join_accounts import NotTwoAccounts, join_accounts
from gongxiang.governance.limits import limit
from gongxiang.members import accounts
from gongxiang.payments.clock import seconds_now
from gongxiang.queries import people
from gongxiang.web.errors import Missing
from gongxiang.web.member.present import own_account, page
from gongxiang.web.shared import identity
from gongxiang.web.shared.address import way_on
from gongxiang.web.shared.identity import PROOF_SECONDS, member_required

PATH: Final = "/me/accounts"
_OTHER: Final = "joining_other"
_DIGITS_MAX: Final = 19
_REFUSED: Final = 422


def begin(request: HttpRequest, *, issuer: str, subject: str) -> bool:
    """Keep the account that was just proved beside the one signed in; False when there is none.

    A number that was not proved for long is no proof of its old account.
    """
    other = accounts.whose(issuer=issuer, subject=subject)
    is_old = accounts.is_stale(issuer=issuer, subject=subject, days=limit(name="phone_stale_days"))
    if is_old or other in {None, identity.head_of(request)}:
        return False
    request.session[_OTHER] = [other, seconds_now(request)]
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def join(request: HttpRequest) -> HttpResponseBase:
    """Print `/me/accounts`: what both hold and what joining means; join."""
    other = _waiting(request)
    if other is None or not identity.is_proved(request):
        return _see("/me")
    if request.method != "POST":
        return _form(request, other)
    if request.POST.get("sure") != "on":
        return _form(request, other, trouble="勾上「两个账户都是我的」，再合并", field="sure")
    try:
        kept = join_accounts(one=own_account(request), other=other)
    except NotTwoAccounts:
        trouble = "其中一个账户已经注销，或已经和别的账户合并"
        return _form(request, other, trouble=trouble, field="main")
    request.session.pop(_OTHER, None)
    identity.sign_in(request, kept)
    return _see("/me")


@require_POST
@member_required
def turn(request: HttpRequest) -> HttpResponseBase:
    """Look at another account of the same person."""
    typed = request.POST.get("account", "")
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= _DIGITS_MAX
    if not is_number or not identity.turn_to(request, int(typed)):
        raise Missing(
            title="没有这个账户",
            note="它没有和你的账户合在一起。",
            action="回账户",
            href="/me",
        )
    return _see(way_on(request.POST.get("next", ""), default="/wallet"))


def _form(request: HttpRequest, other: int, *, trouble: str = "", field: str = "") -> HttpResponse:
    numbers = (own_account(request), other)
    face = {
        "accounts": [(people.person(member=one), people.parts(member=one)[0]) for one in numbers],
        "trouble": trouble,
        "field": field,
    }
    status = _REFUSED if trouble else 200
    return page(request, "member/joining.html", {"face": face, "here": "wallet"}, status=status)


def _waiting(request: HttpRequest) -> int | None:
    kept = request.session.get(_OTHER)
    if not kept or seconds_now(request) - kept[1] > PROOF_SECONDS:
        return None
    other = int(kept[0])
    return other if accounts.standing(member=other) is not None else None


def _see(path: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response
