"""The pages of cash: wallet, the ledger and its explanations, vouchers, months.

Units: none. Source: design/ui/faces.md 6.2, 7 (d); P4, R10.
"""

import re
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongxiang.queries import cash as queries
from gongxiang.queries import first_page, months
from gongxiang.queries import pool as public
from gongxiang.queries.cash_data import Place, Statement, missing
from gongxiang.queries.explain import TITLES
from gongxiang.queries.explained import explained
from gongxiang.queries.months import Month
from gongxiang.queries.present import now_in_force
from gongxiang.web.errors import Missing
from gongxiang.web.member.present import in_force, page, present, signed_in
from gongxiang.web.member.wallet.tables import table
from gongxiang.web.shared.identity import member_required

ENTRIES_LATEST: Final = 5
ENTRIES_SIZE: Final = 20
_PLACE: Final = re.compile(r"(\d{1,18})-(\d{1,19})-(\d{1,9})", re.ASCII)


@member_required
@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """Print `/wallet`: the three pockets, what is under way, the newest lines."""
    member = signed_in(request)
    with public.one_moment():
        pool, terms = now_in_force()
        now = pool.now
        own = first_page.wallet(member=member)
        entries = queries.entries(member=member, cash=own.purse.cash, size=ENTRIES_LATEST)
    context = {
        "terms": terms,
        "own": own,
        "entries": entries,
        "titles": TITLES,
        "month": months.name_of(now),
        "now": now,
        "here": "wallet",
    }
    return page(request, "wallet/wallet.html", context)


@member_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Print `/wallet/entries`: the lines before `?before=`, or the newest."""
    member = signed_in(request)
    before = _place(request.GET.get("before", ""))
    with public.one_moment():
        now = public.pool_now().now
        purse = queries.purse(member=member)
        found = queries.entries(
            member=member, cash=purse.cash, size=ENTRIES_SIZE + 1, before=before
        )
    shown = found[:ENTRIES_SIZE]
    context = {
        "entries": shown,
        "older": shown[-1].place.name if len(found) > len(shown) else "",
        "is_first": before is None,
        "month": months.name_of(now),
        "now": now,
        "here": "wallet",
    }
    return page(request, "wallet/entries.html", context)


@member_required
@require_safe
def why(request: HttpRequest, place: str) -> HttpResponse:
    """Print `/why/<entry>`: the rule, the numbers, the formula, and the sum computed again."""
    member = signed_in(request)
    asked = _place(place)
    with public.one_moment():
        now = present()
        entry = queries.entry(member=member, place=asked) if asked else None
        if entry is None:
            raise _missing("没有这一笔", "看零钱明细", reverse("wallet:entries"))
        told = explained(member=member, entry=entry, versions=now.versions)
    context = {
        "entry": entry,
        "why": told,
        "facts": now.facts,
        "now": now.pool.now,
        "here": "wallet",
    }
    return page(request, "wallet/why.html", context)


@member_required
@require_safe
def vouchers(request: HttpRequest) -> HttpResponse:
    """Print `/vouchers`: by the store they came from; the parts add up to the balance."""
    member = signed_in(request)
    with public.one_moment():
        purse = queries.purse(member=member)
        origins = queries.vouchers(member=member)
        terms = in_force()
    used = sum(each.amount for each in origins) - purse.vouchers
    parts = (*(each.amount for each in origins), -used)
    context = {
        "terms": terms,
        "purse": purse,
        "origins": origins,
        "used": -used,
        "below_a_fen": missing(parts, of=purse.vouchers),
        "here": "wallet",
    }
    return page(request, "wallet/vouchers.html", context)


@member_required
@require_safe
def statement(request: HttpRequest, month: str) -> HttpResponse:
    """Print `/statements/<month>`: it begins, moves by kind, ends; the parts add up."""
    asked, found, is_running = _month(request, month)
    context = {
        "month": asked,
        "statement": found,
        "rows": [(TITLES[one.purpose], one) for one in found.sums],
        "is_running": is_running,
        "has_next": not is_running,
        "here": "wallet",
    }
    return page(request, "wallet/statement.html", context)


@member_required
@require_safe
def statement_table(request: HttpRequest, month: str) -> HttpResponse:
    """Give `/statements/<month>.csv`: the same statement for a spreadsheet, nothing cut."""
    asked, found, is_running = _month(request, month)
    response = HttpResponse(
        table(month=asked.name, statement=found, is_running=is_running),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="gongxiang-{asked.name}.csv"'
    return response


def _month(request: HttpRequest, month: str) -> tuple[Month, Statement, bool]:
    """Give a month, its statement, and whether it is still running."""
    member = signed_in(request)
    asked = months.read(month)
    with public.one_moment():
        now = public.pool_now().now
        if asked is None or asked.start > now:
            raise _missing("没有这个月的账单", "看零钱明细", reverse("wallet:entries"))
        found = queries.statement(member=member, start=asked.start, end=asked.end)
    return asked, found, asked.end > now


def _place(written: str) -> Place | None:
    match = _PLACE.fullmatch(written)
    if match is None:
        return None
    batch, event, leg = (int(part) for part in match.groups())
    is_whole = batch < 2**62 and event < 2**63 and leg < 2**31
    return Place(batch=batch, event=event, leg=leg) if is_whole else None


def _missing(title: str, action: str, href: str) -> Missing:
    return Missing(
        title=title, note="可能是链接旧了，或者用的是另一个账号。", action=action, href=href
    )
