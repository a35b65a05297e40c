"""The store's first page: what came in today, what waits, what was earned, the code; and 更多.

Units: micro-yuan; hours and days of Shanghai.
Source: design/ui/faces.md 6.3 (今天), 5.1 (bars); the prototype's store-home.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from gongxiang.base import text
from gongxiang.base.clock import DAY, SECOND, SHANGHAI_OFFSET, shanghai_day
from gongxiang.merchants.access import Task
from gongxiang.queries import store_day
from gongxiang.queries.pool import one_moment
from gongxiang.queries.stores_data import Shop
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.merchant.plates import door_of
from gongxiang.web.shared import drawing
from gongxiang.web.shared.bars import Bars, Value, bars
from gongxiang.web.shared.identity import member_of, member_required

SPAN: Final = "30d"
_SPAN_DAYS: Final = 30
_HOUR: Final = 3_600 * SECOND
_FEWEST: Final = 6
"""Hours that are drawn even where only one of them had a payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of 更多: its word, what it is for, where it leads."""

    word: str
    note: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines of 更多 that belong together."""

    title: str
    entries: tuple[Entry, ...]


_MORE: Final = (
    (
        "门店",
        (
            ("qr", "收款码", "在手机上看，打印立牌和海报", Task.PLATE),
            ("statements", "对账单", "每天的收款、退款、抽成和到账", Task.STATEMENTS),
            ("shift", "交班", "接班、交班和差额", Task.SHIFT),
            ("settings", "门店设置", "营业时间、地址、抽成、关店", Task.SETTINGS),
            ("staff", "店员", "店长和店员，谁能做什么", Task.CASHIERS),
        ),
    ),
    (
        "推荐",
        (
            ("income", "推荐与返点", "直推、间推、招商，每一笔怎么算的", Task.INCOME),
            ("recruit", "我介绍的店", "状态和这个月的营业额，介绍一家店", Task.RECRUIT),
        ),
    ),
)


@member_required
@require_GET
def today(request: HttpRequest, code: str) -> HttpResponse:
    """Print `/store/<code>`; who works at the till goes there."""
    shop = shop_for(request, code, Task.TILL)
    if not shop.may(Task.TAKINGS):
        return HttpResponseRedirect(reverse("merchant:cashier", args=[shop.code]))
    is_month = request.GET.get("range") == SPAN
    now = shop.asked_at
    with one_moment():
        owner = (member_of(request) if shop.may(Task.INCOME) else None) or 0
        found = store_day.today(store=shop.store, owner=owner, now=now)
        drawn = _days(shop, now) if is_month else _hours(shop, now, found.by_hour)
    link = door_of(shop)
    context = {
        "shop": shop,
        "found": found,
        "drawn": drawn,
        "income": found.income if shop.may(Task.INCOME) else None,
        "now": now,
        "day": _day(now),
        "is_month": is_month,
        "span": SPAN,
        "code": drawing.modules(link),
        "here": "today",
    }
    return render(request, "merchant/today.html", context)


@member_required
@require_GET
def more(request: HttpRequest, code: str) -> HttpResponse:
    """Print `/store/<code>/more`: everything else that this person may do here."""
    shop = shop_for(request, code, Task.TILL)
    groups = [Group(title=title, entries=_entries(shop, lines)) for title, lines in _MORE]
    places = Entry(word="换店", note="你能进的别的店", href=reverse("merchant:stores"))
    shown = Entry(word="公开的门店页", note="顾客看到的样子", href=f"/stores/{shop.door}")
    groups.append(Group(title="别处", entries=(shown, places)))
    context = {"shop": shop, "groups": [one for one in groups if one.entries], "here": "more"}
    return render(request, "merchant/more.html", context)


def _entries(shop: Shop, lines: tuple[tuple[str, str, str, Task], ...]) -> tuple[Entry, ...]:
    """Give the lines of what the person may do."""
    return tuple(
        Entry(word=word, note=note, href=reverse(f"merchant:{name}", args=[shop.code]))
        for name, word, note, task in lines
        if shop.may(task)
    )


def _hours(shop: Shop, now: int, found: Mapping[int, int]) -> Bars:
    """Draw today's takings from the first hour with a payment up to this one."""
    last = (now + SHANGHAI_OFFSET) % DAY // _HOUR
    first = min(min(found, default=last), max(0, last - _FEWEST + 1))
    values = [
        Value(label=str(hour), name=f"{hour} 点", amount=found.get(hour, 0))
        for hour in range(first, last + 1)
    ]
    return bars(title=f"{shop.name}今天每小时收款", head="时段", values=values)


def _days(shop: Shop, now: int) -> Bars:
    """Draw the takings of the last thirty days."""
    last = shanghai_day(now)
    found = store_day.by_day(store=shop.store, first=last - _SPAN_DAYS + 1)
    values = []
    for day in range(last - _SPAN_DAYS + 1, last + 1):
        name = text.short_date(day=day, today=last)
        values.append(Value(label=name[-2:], name=name, amount=found.get(day, 0)))
    return bars(title=f"{shop.name}近 30 天每天收款", head="日期", values=values)


def _day(now: int) -> str:
    """Write the day of a moment in words: 11 月 22 日."""
    _, month, day = text.date(day=shanghai_day(now)).split("-")
    return f"{int(month)} 月 {int(day)} 日"
