"""Coming in: sign in by phone code, join with consent, sign out.

    /login  phone → a code is sent → /login/code → signed in, or, when nobody yet, → /join

What somebody proved, and what he agreed to at a door, waits in his session meanwhile. Nothing is
written by a GET.

Units: seconds. Source: R2, H5; reliability 8 (16, 22, 25); design/ui/faces.md 6.1, 7a.
"""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gongxiang.acts.check_code import CodeEnded, WrongCode, check_code
from gongxiang.acts.finish_recovery import finish_recovery
from gongxiang.acts.join import OwnCode, Proved, WouldMakeCycle, join
from gongxiang.acts.note_proof import StaleNumber, note_proof
from gongxiang.acts.send_code import TooSoon, send_code
from gongxiang.members import accounts, issuers, papers, phone, sms
from gongxiang.web.member import sign_ins, waiting
from gongxiang.web.member.codes import Door
from gongxiang.web.member.words import OWN_CODE, WOULD_MAKE_CYCLE, wait
from gongxiang.web.shared import identity, kept_form
from gongxiang.web.shared.address import address_of, way_on

SIGN_IN: Final = "sign_in"
HOME: Final = "/home"
REFUSED: Final = 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponseBase:
    """Ask for the phone, and send it a code."""
    form = request.POST if request.method == "POST" else request.GET
    onward = way_on(form.get("next", ""), default=HOME)
    if request.method != "POST":
        if identity.member_of(request) is not None and request.GET.get("again") != "1":
            return HttpResponseRedirect(onward)
        return _login_page(request, onward)
    typed = request.POST.get("phone", "")
    try:
        sent = send_code(number=typed, purpose=SIGN_IN, what="登录", address=address_of(request))
    except phone.UnreadablePhone:
        trouble = "填上 11 位手机号，例如 13800138000" if typed.strip() else "填上手机号"
        return _login_page(request, onward, typed=typed, trouble=trouble)
    except TooSoon as refused:
        return _login_page(request, onward, typed=typed, trouble=wait(refused.seconds))
    except sms.NotSent:
        trouble = "短信没有发出去，是我们这边的问题。过一会儿可以再试"
        return _login_page(request, onward, typed=typed, trouble=trouble)
    waiting.for_code(request, number=sent.number, shown=sent.shown, onward=onward)
    return see("/login/code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code that was sent; who is somebody is signed in, who is not joins."""
    sent = waiting.code(request)
    if sent is None:
        return see("/login")
    if request.method != "POST":
        return _code_page(request, sent)
    typed = request.POST.get("code", "").strip().replace(" ", "")
    if not typed:
        return _code_page(request, sent, trouble="填上短信里的 6 位验证码")
    try:
        checked = check_code(number=sent.number, purpose=SIGN_IN, code=typed)
    except WrongCode as refused:
        trouble = f"验证码不对，还能试 {refused.tries_left} 次"
        return _code_page(request, sent, trouble=trouble)
    except CodeEnded:
        return _code_page(request, sent, trouble="这个验证码已经失效，重新发一个", is_over=True)
    proved = Proved(issuer=phone.ISSUER, subject=checked.subject, shown=checked.shown)
    return go_on(request, proved, onward=sent.onward)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_here(request: HttpRequest) -> HttpResponseBase:
    """Ask somebody who proved who he is for his consent, and make him a member."""
    if identity.member_of(request) is not None:
        return see(HOME)
    proved = waiting.proved(request)
    if proved is None:
        return see("/login")
    if request.method != "POST":
        return _join_page(request, proved)
    wanted = (papers.MEMBERSHIP, papers.PERSONAL_DATA)
    missing = [purpose for purpose in wanted if request.POST.get(purpose) != "on"]
    if missing:
        trouble = "两项都勾上，才能成为会员。不加入也可以到店付款"
        return _join_page(request, proved, trouble=trouble, field=missing[0])
    onward = waiting.onward(request, default=HOME)
    if accounts.whose(issuer=proved.issuer, subject=proved.subject) is not None:
        return go_on(request, proved, onward=onward)
    return _join(request, proved, waiting.agreed_door(request), onward=onward)


@require_POST
def logout(request: HttpRequest) -> HttpResponseBase:
    """End the session on this device."""
    identity.sign_out(request)
    return see("/")


def go_on(request: HttpRequest, proved: Proved, *, onward: str) -> HttpResponseBase:
    """Sign in whom an issuer vouches for; somebody new joins by the door he agreed at, or asks."""
    member = finish_recovery(proved=proved) or accounts.whose(
        issuer=proved.issuer, subject=proved.subject
    )
    if member is not None:
        if accounts.standing(member=member) is None:
            waiting.forget(request)
            return _login_page(request, onward, trouble="这个账户已经注销，不能再登录")
        try:
            _note_proofs(request, member, proved)
        except StaleNumber:
            waiting.for_consent(request, proved=proved, onward=onward)
            return see("/login/number")
        waiting.forget(request)
        identity.sign_in(request, member)
        return see(onward)
    door = waiting.agreed_door(request)
    if door is not None:
        return _join(request, proved, door, onward=door.onward)
    waiting.for_consent(request, proved=proved, onward=onward)
    return see("/join")


def _note_proofs(request: HttpRequest, member: int, proved: Proved) -> None:
    """Note what was proved now, and with it a stale number of the same account proved before."""
    note_proof(issuer=proved.issuer, subject=proved.subject)
    before = waiting.proved(request)
    if before is None or before.subject == proved.subject:
        return
    if accounts.whose(issuer=before.issuer, subject=before.subject) == member:
        note_proof(issuer=before.issuer, subject=before.subject, is_beside_another=True)


def _join(
    request: HttpRequest, proved: Proved, door: Door | None, *, onward: str
) -> HttpResponseBase:
    purposes = [papers.MEMBERSHIP, papers.PERSONAL_DATA]
    if door is not None:
        purposes.append(papers.RECOMMENDATION)
    try:
        joined = join(
            proved=proved,
            bringer=door.bringer if door else None,
            consents=papers.consents(*purposes),
        )
    except OwnCode:
        waiting.leave_door(request)
        return _join_page(request, proved, trouble=OWN_CODE)
    except WouldMakeCycle:
        waiting.leave_door(request)
        return _join_page(request, proved, trouble=WOULD_MAKE_CYCLE)
    waiting.forget(request)
    identity.sign_in(request, joined.member)
    return see(onward)


def _login_page(
    request: HttpRequest, onward: str, *, typed: str = "", trouble: str = ""
) -> HttpResponse:
    face = {
        "onward": onward,
        "typed": typed,
        "trouble": trouble,
        "field": "phone",
        "door": waiting.agreed_door(request),
        "is_over": request.GET.get("over") == "1",
        "is_kept": kept_form.is_kept(request),
        "ways": sign_ins.ways(request),
        "in_app": sign_ins.in_app(request),
    }
    return _page(request, "login", face, is_refused=bool(trouble))


def _code_page(
    request: HttpRequest, sent: waiting.Sent, *, trouble: str = "", is_over: bool = False
) -> HttpResponse:
    left = accounts.code_left(number=sent.number)
    face = {
        "shown": sent.shown,
        "onward": sent.onward,
        "trouble": trouble,
        "field": "code",
        "is_over": is_over or not left.seconds,
        "pause": left.pause,
    }
    return _page(request, "code", face, is_refused=bool(trouble))


def _join_page(
    request: HttpRequest, proved: Proved, *, trouble: str = "", field: str = "main"
) -> HttpResponse:
    face = {
        "shown": proved.shown,
        "channel": issuers.CHANNELS.get(proved.issuer, ""),
        "trouble": trouble,
        "field": field,
        "ticked": request.POST,
        "door": waiting.agreed_door(request),
    }
    return _page(request, "join", face, is_refused=bool(trouble))


def _page(
    request: HttpRequest, name: str, face: Mapping[str, object], *, is_refused: bool
) -> HttpResponse:
    status = REFUSED if is_refused else 200
    return render(request, f"member/{name}.html", {"face": face}, status=status)


def see(path: str) -> HttpResponseRedirect:
    """Send on with a GET, whatever the method was."""
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response
