"""The account: who I am here, what I agreed to, my data, the way out; and the papers.

Change of phone and closing ask for a fresh proof (a code of the last ten minutes); without one
the page leads to sign in again.

Units: moments in microseconds. Source: H5; reliability 8 (25, 26); design/ui/faces.md 6.1, 6.2.
"""

import json
from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.acts.change_name import UnfitName, change_name
from gongxiang.acts.change_phone import PhoneTaken, change_phone
from gongxiang.acts.check_code import CodeEnded, WrongCode, check_code
from gongxiang.acts.close_account import NotGivenUp, StillOpen, close_account
from gongxiang.acts.end_sessions import end_sessions
from gongxiang.acts.send_code import TooSoon, send_code
from gongxiang.base import text
from gongxiang.base.money import FEN
from gongxiang.members import accounts, issuers, papers, phone, sms
from gongxiang.queries import people
from gongxiang.queries.leaving import NAMED_MAX, leaving
from gongxiang.web.member import joining, sign_ins, waiting
from gongxiang.web.member.own_data import own_data
from gongxiang.web.member.present import own_account, prove_page, signed_in
from gongxiang.web.member.words import wait
from gongxiang.web.shared import identity, kept_form
from gongxiang.web.shared.address import address_of
from gongxiang.web.shared.identity import member_required

CHANGE_PHONE: Final = "change_phone"
REFUSED: Final = 422
_METHODS: Final = ["GET", "HEAD", "POST"]


@require_safe
def agreement(request: HttpRequest) -> HttpResponse:
    """Print `/agreement`."""
    return _page(request, "agreement", {"version": papers.VERSION})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Print `/privacy`."""
    return _page(request, "privacy", {"version": papers.VERSION})


@require_safe
@member_required
def account(request: HttpRequest) -> HttpResponseBase:
    """Print `/me`."""
    person = people.person(member=own_account(request))
    known = {one.issuer for one in person.identities}
    ways = [one for one in sign_ins.ways(request) if one.title not in known]
    in_app = [one for one in sign_ins.in_app(request) if one.title not in known]
    parts = people.parts(member=own_account(request))
    face = {
        "person": person,
        "ways": ways,
        "in_app": in_app,
        "parts": parts,
        "at": signed_in(request),
    }
    return _page(request, "me", face)


@require_http_methods(_METHODS)
@member_required
@kept_form.keeps("name")
def rename(request: HttpRequest) -> HttpResponseBase:
    """Change what the member is called."""
    member = own_account(request)
    if request.method != "POST":
        known = people.person(member=member).name
        return _page(request, "name", {"typed": kept_form.typed(request).get("name", known)})
    typed = request.POST.get("name", "")
    try:
        change_name(member=member, name=typed)
    except UnfitName:
        return _page(request, "name", {"typed": typed, "trouble": "称呼最多 20 个字"})
    return _see("/me")


@require_safe
@member_required
def connect(request: HttpRequest, issuer: str) -> HttpResponseBase:
    """Lead to a channel to connect it; only with a fresh proof of who asks."""
    if not identity.is_proved(request):
        why = f"连接{issuers.CHANNELS[issuer]}"
        return prove_page(request, onward=f"/me/{issuer}", why=why)
    return HttpResponseRedirect(f"/login/{issuer}?connect=1")


@require_http_methods(_METHODS)
@member_required
def phone_page(request: HttpRequest) -> HttpResponseBase:
    """Ask for the new phone, and send it a code; only with a fresh proof of who asks."""
    if not identity.is_proved(request):
        return prove_page(request, onward="/me/phone", why="换手机号")
    old = people.person(member=own_account(request)).phone
    if request.method != "POST":
        return _page(request, "phone", {"old": old})
    typed = request.POST.get("phone", "")
    try:
        sent = send_code(
            number=typed, purpose=CHANGE_PHONE, what="换手机号", address=address_of(request)
        )
    except phone.UnreadablePhone:
        trouble = "填上 11 位手机号，例如 13800138000"
    except TooSoon as refused:
        trouble = wait(refused.seconds)
    except sms.NotSent:
        trouble = "短信没有发出去，是我们这边的问题。过一会儿可以再试"
    else:
        waiting.for_code(request, number=sent.number, shown=sent.shown, onward="/me")
        return _see("/me/phone/code")
    return _page(request, "phone", {"old": old, "typed": typed, "trouble": trouble})


@require_http_methods(_METHODS)
@member_required
def phone_code(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code sent to the new phone, and change over."""
    sent = waiting.code(request)
    if sent is None or not identity.is_proved(request):
        return _see("/me/phone")
    face: dict[str, object] = {"shown": sent.shown}
    if request.method != "POST":
        face["pause"] = accounts.code_left(number=sent.number).pause
        return _page(request, "phone_code", face)
    member = own_account(request)
    typed = request.POST.get("code", "").strip()
    try:
        checked = check_code(number=sent.number, purpose=CHANGE_PHONE, code=typed)
        change_phone(member=member, subject=checked.subject, shown=checked.shown)
    except WrongCode as refused:
        face["trouble"] = f"验证码不对，还能试 {refused.tries_left} 次"
    except CodeEnded:
        face |= {"trouble": "这个验证码已经失效，重新发一个", "is_over": True}
    except PhoneTaken:
        if joining.begin(request, issuer=phone.ISSUER, subject=checked.subject):
            return _see(joining.PATH)
        face |= {"trouble": "这个号码已经是另一个账户的，没有换", "is_over": True}
    else:
        waiting.forget(request)
        identity.sign_in(request, member)
        return _see("/me")
    return _page(request, "phone_code", face)


@require_safe
@member_required
def export(request: HttpRequest) -> HttpResponseBase:
    """Give all data of the member as one file."""
    told = json.dumps(own_data(member=own_account(request)), ensure_ascii=False, indent=1)
    response = HttpResponse(told, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="gongxiang-own-data.json"'
    return response


@require_http_methods(_METHODS)
@member_required
def close(request: HttpRequest) -> HttpResponseBase:
    """Say what closing means, what is still open and what is lost; close."""
    member = own_account(request)
    if not identity.is_proved(request):
        return prove_page(request, onward="/me/close", why="注销")
    if request.method != "POST":
        return _closing(request, member)
    if request.POST.get("sure") != "on":
        return _closing(
            request, member, trouble="勾上「我知道注销后不能恢复」，再注销", field="sure"
        )
    try:
        close_account(member=member, is_given_up=request.POST.get("given_up") == "on")
    except StillOpen:
        return _closing(request, member)
    except NotGivenUp:
        return _closing(request, member, trouble="勾上「这些我放弃」，再注销", field="given_up")
    identity.sign_out(request)
    return _see("/")


def _closing(
    request: HttpRequest, member: int, *, trouble: str = "", field: str = ""
) -> HttpResponse:
    """Print what closing means now; what stands in the way goes before every other trouble."""
    found = leaving(member=member)
    if request.method == "POST" and not found.open.is_nothing:
        trouble, field = "下面还有没处理完的", "open"
    sums = {"waiting": found.waiting, "change": found.open.change, "given_up": found.given_up}
    face = {
        "found": found,
        "named_max": NAMED_MAX,
        "sums": {name: _sum(amount) for name, amount in sums.items() if amount},
        "ticked": {name: name in request.POST for name in ("sure", "given_up")},
        "trouble": trouble,
        "field": field,
    }
    return _page(request, "close", face)


def _sum(amount: int) -> str:
    """Write what is given up; what is less than a fen is not nothing."""
    return f"{text.yuan(amount=amount)} 元" if amount >= FEN else "不足 1 分"


@require_POST
@member_required
def end_all(request: HttpRequest) -> HttpResponseBase:
    """Sign out on every device."""
    end_sessions(member=own_account(request))
    identity.sign_out(request)
    return _see("/login")


def _page(request: HttpRequest, name: str, face: Mapping[str, object]) -> HttpResponse:
    status = REFUSED if face.get("trouble") else 200
    return render(request, f"member/{name}.html", {"face": face, "here": "wallet"}, status=status)


def _see(path: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response
