"""Asking for another commission, another owner or the end of a store; agreeing to own one.

    /store/<code>/changes     what was asked; POST asks, or withdraws
    /store/<code>/take-over   the new owner reads and agrees

Units: rates per myriad. Source: design/ui/faces.md 6.3, 4; E6, R4, R9.
"""

from datetime import date
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gongxiang.acts.answer_request import NothingAsked, answer_request
from gongxiang.acts.ask_change import (
    AskedAlready,
    OwnerRefused,
    RateRefused,
    ReasonMissing,
    StoreEnded,
    TooSoon,
    ask_change,
)
from gongxiang.base import text
from gongxiang.economy.terms import Terms
from gongxiang.governance.terms import terms_of
from gongxiang.merchants.access import Task, store_by_code
from gongxiang.merchants.applications import rate_of
from gongxiang.merchants.changes import Closing, NewOwner, NewRate, Wish
from gongxiang.queries import changes as queries
from gongxiang.web.merchant.applying import faces
from gongxiang.web.merchant.forms import UNPROCESSABLE, Unfit
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.shared import kept_form
from gongxiang.web.shared.identity import member_of, member_required

_VERSION: Final = 1
_FIELDS: Final = ("what", "rate", "since", "owner_code", "reason")

_DECIDED: Final = "这个申请已经有结果了"
_SAID: Final[dict[type[Exception], tuple[str, str]]] = {
    ReasonMissing: ("{what}-reason", "写一句为什么，审核的人要看"),
    RateRefused: ("rate", "新的抽成在 {least} 到 {most} 之间，并且和现在的不同"),
    OwnerRefused: (
        "owner_code",
        "新店主要是会员，不能是你自己，也不能是这家店的介绍人。对一下分享码",
    ),
    AskedAlready: ("", "同样的申请已经在审核，先撤回那一个"),
    StoreEnded: ("", "这家店已经关了"),
}
"""At which field each refusal of the act stands, and what is said of it."""


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@kept_form.keeps(*_FIELDS)
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """Show what was asked; a POST asks, or withdraws."""
    shop = shop_for(request, code, Task.CHANGES)
    terms, trouble = terms_of(_VERSION), None
    if request.method == "POST":
        try:
            _do(request, shop.store, terms=terms)
        except Unfit as unfit:
            trouble = unfit
        else:
            return HttpResponseRedirect(reverse("merchant:changes", args=[shop.code]), status=303)
    typed = request.POST if request.method == "POST" else kept_form.typed(request)
    standing = queries.standing(store=shop.store)
    least, most = faces.band(terms)
    context = {
        "shop": shop,
        "here": "more",
        "asked": queries.changes_of(store=shop.store),
        "first": standing.first_day(notice_days=terms.notice_days),
        "least": least,
        "most": most,
        "notice_days": terms.notice_days,
        "typed": {field: typed.get(field, "") for field in _FIELDS},
        "trouble": trouble,
        "me": member_of(request),
        "take_over": settings.PUBLIC_ADDRESS + reverse("merchant:take_over", args=[shop.door]),
    }
    status = 200 if trouble is None else UNPROCESSABLE
    return render(request, "merchant/changes.html", context, status=status)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, code: str) -> HttpResponse:
    """Show a member that a store is to be his; a POST agrees."""
    card, member = store_by_code(code=code), member_of(request)
    asked = None
    if card is not None and member is not None:
        asked = queries.offered(store=card.store, member=member)
    if card is None or asked is None or member is None:
        raise Http404
    if request.method == "POST":
        try:
            answer_request(store=card.store, request=asked.number, member=member)
        except NothingAsked:
            raise Http404 from None
        return HttpResponseRedirect(request.path, status=303)
    return render(request, "merchant/take_over.html", {"card": card, "asked": asked})


def _do(request: HttpRequest, store: int, *, terms: Terms) -> None:
    """Ask or withdraw; raises `Unfit` where it cannot be."""
    by, what = member_of(request), request.POST.get("what", "")
    assert by is not None, "the page is for members only"
    if what == "withdraw":
        _withdraw(request, store, by)
        return
    try:
        ask_change(store=store, by=by, wish=_wish(request), reason=request.POST.get("reason", ""))
    except TooSoon as refused:
        words = f"最早从 {refused.first} 起：公示要满 {terms.notice_days} 天"
        raise Unfit("since", words) from None
    except tuple(_SAID) as refused:
        field, words = _SAID[type(refused)]
        least, most = (text.rate(per_myriad=rate) for rate in faces.band(terms))
        raise Unfit(field.format(what=what), words.format(least=least, most=most)) from None


def _withdraw(request: HttpRequest, store: int, by: int) -> None:
    number = request.POST.get("number", "")
    if not number.isascii() or not number.isdigit():
        raise Unfit("", _DECIDED)
    try:
        answer_request(store=store, request=int(number), member=by)
    except NothingAsked:
        raise Unfit("", _DECIDED) from None


def _wish(request: HttpRequest) -> Wish:
    """Read what is asked; raises `Unfit`."""
    what = request.POST.get("what", "")
    if what == "owner":
        return NewOwner(code=request.POST.get("owner_code", "")[:20])
    if what == "closing":
        return Closing()
    rate = rate_of(request.POST.get("rate", ""))
    if what != "rate" or rate is None:
        raise Unfit("rate", "抽成写成百分数，最多两位小数，例如 20 或 12.5")
    try:
        since = date.fromisoformat(request.POST.get("since", "").strip())
    except ValueError:
        raise Unfit("since", "日期写成 2026-12-01 这样") from None
    return NewRate(commission_rate=rate, since=since)
