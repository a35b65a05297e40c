"""The list of a member's orders: what is not finished yet, of a kind, of a month, page by page.

    GET /orders?kind=waiting|settled|returned&month=2026-11&before=<order>

What cannot be read in the address is no restriction.

Units: none. Source: design/ui/faces.md 6.2 (`/orders`).
"""

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongxiang.queries import months
from gongxiang.queries import orders as queries
from gongxiang.queries.months import Month
from gongxiang.queries.orders_data import Kind
from gongxiang.web.member.present import own_account, page, signed_in
from gongxiang.web.shared.identity import member_required

SIZE: Final = 20
_KINDS: Final = {
    None: "全部",
    Kind.WAITING: "待结算",
    Kind.SETTLED: "已结算",
    Kind.RETURNED: "退过款",
}
_NUMBER_DIGITS_MAX: Final = 18


@never_cache
@require_safe
@member_required
def orders(request: HttpRequest) -> HttpResponseBase:
    """Print `/orders`."""
    kind, month, before = _asked(request)
    is_plain = not (kind or month or before)
    found = queries.listed(
        member=signed_in(request),
        home=own_account(request) if is_plain else None,
        before=before or queries.NEWEST,
        size=SIZE + 1,
        kind=kind,
        month=(month.start, month.end) if month else None,
    )
    rows, now = found.rows, found.now
    context = {
        "rows": rows[:SIZE],
        "unfinished": found.unfinished,
        "older": _href(kind, month.name if month else "", rows[SIZE - 1].order)
        if len(rows) > SIZE
        else "",
        "newest": _href(kind, month.name if month else "") if before else "",
        "kinds": [
            {
                "word": word,
                "href": _href(each, month.name if month else ""),
                "chosen": each == kind,
            }
            for each, word in _KINDS.items()
        ],
        "months": _months(kind, month, now),
        "is_plain": is_plain,
        "now": now,
        "here": "orders",
    }
    return page(request, "member/paying/orders.html", context)


def _asked(request: HttpRequest) -> tuple[Kind | None, Month | None, int]:
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) <= _NUMBER_DIGITS_MAX + 1
    number = int(before) if is_number else 0
    return (
        Kind(kind) if kind in set(Kind) else None,
        months.read(request.GET.get("month", "")),
        number if number < queries.NEWEST else 0,
    )


def _months(kind: Kind | None, month: Month | None, now: int) -> dict[str, str]:
    """Give the ways to the months: into this one, or to the ones beside the chosen one."""
    this = months.name_of(now)
    if month is None:
        return {"into": _href(kind, this)}
    return {
        "name": month.name,
        "before": month.before,
        "href_before": _href(kind, month.before),
        "after": month.after if month.name < this else "",
        "href_after": _href(kind, month.after),
        "out": _href(kind, ""),
    }


def _href(kind: Kind | None, month: str, before: int = 0) -> str:
    asked = {"kind": kind or "", "month": month, "before": before or ""}
    return "?" + urlencode({name: value for name, value in asked.items() if value})
