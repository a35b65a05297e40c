"""Pages about the people around a store: its members, its owner's rewards, the stores he brought.

Members are masked, and nobody's spending elsewhere stands here. Rewards and recruits are the
owner's own: a person's, whichever of his stores he looks from.

Units: moments in microseconds, Shanghai days. Source: design/ui/faces.md 6.3; R2-R4, H5, G4.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongxiang.base.clock import DAY, shanghai_day, shanghai_midnight
from gongxiang.merchants.access import Task
from gongxiang.queries import circle, months, rewards
from gongxiang.queries.cash_data import Place
from gongxiang.queries.circle_data import Recruit
from gongxiang.queries.months import Month
from gongxiang.queries.pool import one_moment
from gongxiang.queries.present import in_force
from gongxiang.web.errors import Missing
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.shared import places
from gongxiang.web.shared.identity import member_of, member_required

ON_A_PAGE: Final = 50
RECRUITS: Final = 20
LINES: Final = 30
_PLACE_PARTS: Final = 3
LONG_DAYS: Final = 30
"""So long without an indirect reward is worth a hint (G4)."""


@member_required
@require_safe
def members(request: HttpRequest, code: str) -> HttpResponse:
    """Print `/store/<code>/members`: how many, who (masked), since when."""
    shop = shop_for(request, code, Task.MEMBERS)
    now = shop.asked_at
    before = places.read(request.GET.get("before", ""), latest=now + DAY)
    with one_moment():
        counts = circle.counts(
            store=shop.store, month=_this_month(now).start, midnight=shanghai_midnight(now)
        )
        found = circle.bound(store=shop.store, size=ON_A_PAGE + 1, before=before)
        terms = in_force()
    shown = found[:ON_A_PAGE]
    context = {
        "shop": shop,
        "counts": counts,
        "members": shown,
        "older": places.written(shown[-1].joined_at, shown[-1].member)
        if len(found) > len(shown)
        else "",
        "rate": terms.direct,
        "now": now,
        "here": "members",
    }
    return render(request, "merchant/members.html", context)


@member_required
@require_safe
def income(request: HttpRequest, code: str) -> HttpResponse:
    """Print `/store/<code>/income`: debt first, then a month by kind and day, then every line."""
    shop = shop_for(request, code, Task.INCOME)
    owner = _signed_in(request)
    before = _place(request.GET.get("before", ""))
    now = shop.asked_at
    with one_moment():
        month = _month(request.GET.get("month", ""), now, shop.code)
        days = shanghai_day(month.end) - shanghai_day(month.start)
        stretch = rewards.by_day(home=owner, first=shanghai_day(month.start), days=days)
        found = rewards.lines(home=owner, size=LINES + 1, before=before)
        debt = rewards.debt(store=shop.store)
        terms = in_force()
    shown = found[:LINES]
    context = {
        "shop": shop,
        "month": month,
        "has_next": month.end <= now,
        "stretch": stretch,
        "lines": shown,
        "older": shown[-1].place.name if len(found) > len(shown) else "",
        "debt": debt,
        "terms": terms,
        "now": now,
        "here": "more",
    }
    return render(request, "merchant/income.html", context)


@member_required
@require_safe
def recruit(request: HttpRequest, code: str) -> HttpResponse:
    """Print `/store/<code>/recruit`: the stores the owner brought, and how to bring another."""
    shop = shop_for(request, code, Task.RECRUIT)
    owner = _signed_in(request)
    after = request.GET.get("after", "")
    is_number = after.isascii() and after.isdigit() and int(after) < 1 << 63
    now = shop.asked_at
    with one_moment():
        found = circle.recruits(
            member=owner,
            month=_this_month(now).start,
            size=RECRUITS + 1,
            after=int(after) if is_number else 0,
        )
        number = circle.number_of_recruits(member=owner)
        own = circle.code_of(member=owner)
        is_quiet = _is_quiet(found, now) and not rewards.had_indirect(
            home=owner, since=now - LONG_DAYS * DAY
        )
        terms = in_force()
    shown = found[:RECRUITS]
    context = {
        "shop": shop,
        "stores": shown,
        "number": number,
        "more": shown[-1].store if len(found) > len(shown) else "",
        "code": own,
        "link": f"{settings.PUBLIC_ADDRESS}{reverse('merchant:apply')}?by={own}",
        "is_quiet": is_quiet,
        "days": LONG_DAYS,
        "terms": terms,
        "now": now,
        "here": "more",
    }
    return render(request, "merchant/recruit.html", context)


def _is_quiet(found: tuple[Recruit, ...], now: int) -> bool:
    """Tell whether a store that was brought long ago has turnover: then somebody should be paid."""
    return any(one.turnover and one.opened_at < now - LONG_DAYS * DAY for one in found)


def _signed_in(request: HttpRequest) -> int:
    member = member_of(request)
    assert member is not None, "the page is for members only"
    return member


def _this_month(now: int) -> Month:
    month = months.read(months.name_of(now))
    assert month is not None, "this month has a name"
    return month


def _month(name: str, now: int, code: str) -> Month:
    """Read which month is asked for; this one when none is."""
    month = months.read(name) if name else _this_month(now)
    if month is None or month.start > now:
        raise Missing(
            title="没有这个月的明细",
            note="可能是链接旧了。",
            action="看这个月",
            href=reverse("merchant:income", args=[code]),
        )
    return month


def _place(text: str) -> Place | None:
    parts = text.split("-")
    if len(parts) != _PLACE_PARTS or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    batch, event, leg = (int(part) for part in parts)
    if max(batch, event) >= 1 << 63 or leg >= 1 << 31:
        return None
    return Place(batch=batch, event=event, leg=leg)
