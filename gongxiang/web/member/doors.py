"""The doors: a store's code and a member's link. Looking binds nobody; agreeing does, once.

    GET  /s/<code>        what joining here means; a member goes straight on to pay, as does
                          everybody where the store is closed or delisted: that page says so
    GET  /s/<code>?charge=   the same behind a till's code, its amount said
    POST /s/<code>/join   agreed: a proof of who it is comes next
    GET  /i/<code>, POST /i/<code>/join   the same by a member's link

Units: rates per myriad. Source: R2, H5; A22; design/ui/faces.md 7a.
"""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongxiang.merchants.shut import Reason, why_shut
from gongxiang.queries import tills
from gongxiang.queries.tills import Charge
from gongxiang.web.errors import Missing
from gongxiang.web.member import codes, waiting
from gongxiang.web.member.codes import Door
from gongxiang.web.member.rates import direct_rate
from gongxiang.web.member.words import ALREADY_MEMBER, OWN_CODE
from gongxiang.web.shared import identity


@never_cache
@require_safe
def store_door(request: HttpRequest, code: str) -> HttpResponseBase:
    """Print `/s/<code>`."""
    door = _door(codes.STORE, code, charge=request.GET.get("charge", ""))
    charge = _charge(door)
    is_over = bool(door.charge) and (charge is None or not charge.can_be_taken)
    if identity.member_of(request) is not None or is_over or _is_gone(door):
        return HttpResponseRedirect(door.onward)
    return _page(request, door, charge=charge)


def _charge(door: Door) -> Charge | None:
    """Give the till's charge behind a door, if there is one."""
    if not door.charge or door.bringer.store is None:
        return None
    return tills.charge(store=door.bringer.store, number=door.charge)


@never_cache
@require_safe
def link_door(request: HttpRequest, code: str) -> HttpResponseBase:
    """Print `/i/<code>`."""
    door = _door(codes.LINK, code)
    member = identity.member_of(request)
    if member is None:
        return _page(request, door)
    is_own = door.bringer.referrer == member
    return _page(request, door, trouble=OWN_CODE if is_own else ALREADY_MEMBER)


@require_POST
def store_join(request: HttpRequest, code: str) -> HttpResponseBase:
    """Agree at a store's door."""
    return _agree(request, _door(codes.STORE, code, charge=request.POST.get("charge", "")))


@require_POST
def link_join(request: HttpRequest, code: str) -> HttpResponseBase:
    """Agree at a member's link."""
    return _agree(request, _door(codes.LINK, code))


def _agree(request: HttpRequest, door: Door) -> HttpResponseBase:
    path = door.onward
    if identity.member_of(request) is None and not _is_gone(door):
        waiting.agree(request, door)
        path = f"/login?next={quote(door.onward)}"
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response


def _is_gone(door: Door) -> bool:
    """Tell whether the store takes nothing any more: its old plate brings it nobody."""
    shut = why_shut(store=door.bringer.store) if door.bringer.store else None
    return shut is not None and shut.reason is not Reason.RESTING


def _door(kind: str, code: str, *, charge: str = "") -> Door:
    door = codes.door(kind=kind, code=code, charge=charge)
    if door is None:
        is_store = kind == codes.STORE
        raise Missing(
            title="没有这家店" if is_store else "没有这个分享码",
            note="可能是旧码，请店家换一张。" if is_store else "可能是旧链接，请对方再发一次。",
            action="回首页",
            href="/",
        )
    return door


def _page(
    request: HttpRequest, door: Door, *, trouble: str = "", charge: Charge | None = None
) -> HttpResponse:
    face = {
        "door": door,
        "is_store": door.kind == codes.STORE,
        "rate": direct_rate(),
        "trouble": trouble,
        "charge": charge,
        "is_bound_to_nobody": door.bringer.referrer is None,
    }
    return render(request, "member/door.html", {"face": face})
