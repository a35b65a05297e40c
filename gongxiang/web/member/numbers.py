"""A number that was not used here for long, and an account whose number is lost.

    /login/number   proved by a code, but stale: another way in, a new account, or customer service
    /login/lost     who proved something else asks for the account of his old number; from his new
                    account, if he has joined anew: the two become one

Units: none. Source: reliability 8 (3, 22, 26); platform.md (People).
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongxiang.acts.ask_recovery import AskedTooOften, ask_recovery
from gongxiang.acts.join import Proved
from gongxiang.acts.release_phone import NotStale, release_phone
from gongxiang.governance.limits import limit
from gongxiang.members import accounts, issuers, phone
from gongxiang.web.member import entry, sign_ins, waiting
from gongxiang.web.member.present import prove_page
from gongxiang.web.shared import identity
from gongxiang.web.shared.address import address_of

_METHODS: Final = ["GET", "HEAD", "POST"]
_REFUSED: Final = 422


@never_cache
@require_http_methods(_METHODS)
def number(request: HttpRequest) -> HttpResponseBase:
    """Ask whose the number is, before its code opens anything."""
    proved = _proved(request)
    if proved is None or proved.issuer != phone.ISSUER:
        return entry.see("/login")
    if request.method != "POST":
        return _page(request, "number", proved)
    chosen = request.POST.get("whose")
    if chosen == "new":
        try:
            release_phone(subject=proved.subject)
        except NotStale:
            return entry.see("/login")
        return entry.see("/join")
    if chosen == "mine":
        return _ask(request, "number", proved, old=proved.subject)
    return _page(request, "number", proved, trouble="先选一样：号码是新办的，还是原来的账户是你的")


@never_cache
@require_http_methods(_METHODS)
def lost(request: HttpRequest) -> HttpResponseBase:
    """Ask for the account of an old number; the answer never tells whether there is one."""
    member = identity.head_of(request)
    if member is not None and not identity.is_proved(request):
        return prove_page(request, onward="/login/lost", why="找回以前的账户")
    proved = _proved(request) if member is None else _proved_last(member)
    if proved is None:
        return entry.see("/login")
    if request.method != "POST":
        return _page(request, "lost", proved)
    typed = request.POST.get("phone", "")
    try:
        old = phone.subject(phone.read(typed))
    except phone.UnreadablePhone:
        trouble = "填上原来的 11 位手机号，例如 13800138000"
        return _page(request, "lost", proved, trouble=trouble, typed=typed)
    if member is not None and accounts.whose(issuer=phone.ISSUER, subject=old) == member:
        trouble = "这个号码就是你现在这个账户的，填以前那个账户的"
        return _page(request, "lost", proved, trouble=trouble, typed=typed)
    return _ask(request, "lost", proved, old=old, typed=typed)


def _ask(
    request: HttpRequest, name: str, proved: Proved, *, old: str, typed: str = ""
) -> HttpResponse:
    """Ask, and print that it is written down; or the form again, after asking too often."""
    try:
        ask_recovery(proved=proved, old_subject=old, address=address_of(request))
    except AskedTooOften:
        trouble = "今天申请的次数已经用完，明天再来；急用，联系客服"
        return _page(request, name, proved, trouble=trouble, typed=typed)
    return _page(request, "asked", proved)


def _proved_last(member: int) -> Proved | None:
    """Give what he has just signed in by."""
    row = accounts.proved_last(member=member)
    return row and Proved(issuer=row[0], subject=row[1], shown=row[2])


def _proved(request: HttpRequest) -> Proved | None:
    return None if identity.member_of(request) is not None else waiting.proved(request)


def _page(
    request: HttpRequest, name: str, proved: Proved, *, trouble: str = "", typed: str = ""
) -> HttpResponse:
    others = accounts.others(issuer=proved.issuer, subject=proved.subject)
    face = {
        "shown": issuers.called(issuer=proved.issuer, shown=proved.shown),
        "is_member": identity.member_of(request) is not None,
        "ways": [one for one in sign_ins.ways(request) if one.issuer in others],
        "in_app": [one for one in sign_ins.in_app(request) if one.issuer in others],
        "trouble": trouble,
        "typed": typed,
        "stale_days": limit(name="phone_stale_days"),
        "waiting_days": limit(name="recovery_wait_days"),
    }
    status = _REFUSED if trouble else 200
    return render(request, f"member/number_{name}.html", {"face": face}, status=status)
