"""The staff of a store: who works there, inviting, another role, letting go, and joining it.

    /store/<code>/staff              who works here; POST invites, changes, lets go, withdraws
    /store/<code>/join/<secret>      the invited person reads and agrees

The link is shown for some minutes after inviting, and never again.

Units: none. Source: spec/platform.md (Store); design/ui/faces.md 6.3; reliability 8 (27, 32).
"""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gongxiang.acts.answer_invitation import (
    ForAnotherPhone,
    InvitationEnded,
    OwnsTheStore,
    answer_invitation,
)
from gongxiang.acts.change_staff import NotStaff, change_staff
from gongxiang.acts.invite_staff import TASKS, TooManyInvitations, invite_staff
from gongxiang.acts.withdraw_invitation import withdraw_invitation
from gongxiang.base.clock import SECOND
from gongxiang.members.phone import UnreadablePhone
from gongxiang.merchants.access import NotAllowed, Role, Task, role_in, store_by_code
from gongxiang.queries import staff as queries
from gongxiang.queries.stores_data import Shop
from gongxiang.web.merchant.forms import Unfit
from gongxiang.web.merchant.permit import NotYourTask, shop_for
from gongxiang.web.shared.identity import member_of, member_required, stay

_UNPROCESSABLE: Final = 422
_LINK: Final = "staff_link"
_LINK_LIFE: Final = 600 * SECOND
_ENDED: Final = "这个邀请用过了，或者已经失效。请店主再发一个"
_OTHER_PHONE: Final = "这个邀请是发给另一个手机号的。用那个手机号登录，或请店主重新邀请"
_OWNER: Final = "你是这家店的店主，不用再加入"


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest, code: str) -> HttpResponse:
    """Show who works in the store; a POST changes it."""
    shop = shop_for(request, code, Task.CASHIERS)
    trouble = None
    if request.method == "POST":
        try:
            _change(request, shop)
        except Unfit as unfit:
            trouble = unfit
        else:
            return HttpResponseRedirect(reverse("merchant:staff", args=[shop.code]), status=303)
    context = {
        "shop": shop,
        "here": "more",
        "workers": queries.workers(store=shop.store),
        "invited": queries.invited(store=shop.store),
        "me": member_of(request),
        "link": _fresh_link(request, shop) if request.method == "GET" else "",
        "trouble": trouble,
        "typed": request.POST.get("number", "")[:20],
        "wanted": request.POST.get("role", Role.CASHIER.value),
        "roles": [role for role, task in TASKS.items() if shop.may(task)],
        "changeable": [role.value for role, task in TASKS.items() if shop.may(task)],
    }
    status = 200 if trouble is None else _UNPROCESSABLE
    return render(request, "merchant/staff.html", context, status=status)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """Show what working here means; a POST agrees to it."""
    card, member = store_by_code(code=code), member_of(request)
    if card is None or member is None:
        raise Http404
    trouble = ""
    if request.method == "POST":
        try:
            answer_invitation(store=card.store, token=secret, member=member)
        except InvitationEnded:
            trouble = _ENDED
        except ForAnotherPhone:
            trouble = _OTHER_PHONE
        except OwnsTheStore:
            trouble = _OWNER
        else:
            stay(request)
            return HttpResponseRedirect(reverse("merchant:cashier", args=[card.code]), status=303)
    context = {
        "card": card,
        "trouble": trouble,
        "role": role_in(member=member, store=card.store),
    }
    status = _UNPROCESSABLE if trouble else 200
    return render(request, "merchant/staff_join.html", context, status=status)


def _change(request: HttpRequest, shop: Shop) -> None:
    """Do what the form says; raises `Unfit` where it cannot be."""
    by, what = member_of(request), request.POST.get("what", "")
    assert by is not None, "the page is for members only"
    try:
        if what == "invite":
            _invite(request, shop, by)
        elif what == "withdraw":
            hashed = request.POST.get("hashed", "")
            withdraw_invitation(store=shop.store, by=by, hashed=hashed)
        elif what in {"change", "let_go"}:
            role = _role(request) if what == "change" else None
            number = request.POST.get("member", "")
            member = int(number) if number.isascii() and number.isdigit() else 0
            change_staff(store=shop.store, by=by, member=member, role=role)
            if member == by:
                stay(request)
        else:
            raise Unfit("", "没有这个操作，刷新页面再试")
    except NotAllowed:
        raise NotYourTask(shop=shop, task=Task.MANAGERS) from None
    except NotStaff:
        raise Unfit("", "这个人已经不在店里了") from None


def _invite(request: HttpRequest, shop: Shop, by: int) -> None:
    role = _role(request)
    try:
        number = request.POST.get("number", "")[:20]
        secret = invite_staff(store=shop.store, by=by, role=role, number=number)
    except UnreadablePhone:
        words = "填上 11 位手机号，例如 13800138000；不填就是谁拿到链接谁可以加入"
        raise Unfit("number", words) from None
    except TooManyInvitations:
        raise Unfit("", "还没答复的邀请已经有 20 个，先收回几个") from None
    path = reverse("merchant:staff_join", args=[shop.door, secret])
    request.session[_LINK] = [f"{settings.PUBLIC_ADDRESS}{path}", shop.asked_at]


def _fresh_link(request: HttpRequest, shop: Shop) -> str:
    """Give the link that was just made, for some minutes; looking at it changes nothing."""
    link, at = request.session.get(_LINK) or ("", 0)
    return str(link) if shop.asked_at - at < _LINK_LIFE else ""


def _role(request: HttpRequest) -> Role:
    """Give the role that was chosen; raises `Unfit`."""
    wanted = request.POST.get("role", "")
    for role in TASKS:
        if role.value == wanted:
            return role
    # The chips of who works here have no field to lead to.
    raise Unfit("role" if request.POST.get("what") == "invite" else "", "选一个角色")
