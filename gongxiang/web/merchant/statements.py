"""The store's statements: a list of days, a day order by order, the same as a table.

    GET /store/<code>/statements
    GET /store/<code>/statements/<day>        GET /store/<code>/statements/<day>.csv

Units: fen. Source: P2, P3; design/ui/faces.md 6.3.
"""

import csv
import io
import re
from datetime import date
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongxiang.merchants.access import Task
from gongxiang.queries import store_statements
from gongxiang.queries.store_statements_data import Line, Moved
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.shared.identity import member_required

_DAY: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MARK: Final = "\ufeff"
"""Without it, common spreadsheets take UTF-8 for another alphabet."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_HEAD: Final = (
    *("订单号", "渠道", "收款", "退款", "分账给平台", "手续费", "账单收款", "账单退款"),
    *("账单分账", "差额", "去向"),
)


@member_required
@require_safe
def statements(request: HttpRequest, code: str) -> HttpResponse:
    """List the days of the last month."""
    shop = shop_for(request, code, Task.STATEMENTS)
    context = {"shop": shop, "days": store_statements.days(store=shop.store), "here": "more"}
    return render(request, "merchant/statements.html", context)


@member_required
@require_safe
def statement(request: HttpRequest, code: str, day: str) -> HttpResponse:
    """Show a day: paid, refunded, shared, the bill, differences by order."""
    shop = shop_for(request, code, Task.STATEMENTS)
    found = store_statements.statement(store=shop.store, day=_day(day))
    context = {"shop": shop, "statement": found, "here": "more"}
    return render(request, "merchant/statement.html", context)


@member_required
@require_safe
def statement_table(request: HttpRequest, code: str, day: str) -> HttpResponse:
    """Give the same day as CSV for a spreadsheet."""
    shop = shop_for(request, code, Task.STATEMENTS)
    found = store_statements.statement(store=shop.store, day=_day(day))
    out = io.StringIO()
    out.write(_MARK)
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for line in found.lines:
        writer.writerow(_row(line))
    totals = (*_yuans(found.ours), yuan(fen=found.fee), *_yuans(found.theirs))
    writer.writerow(("合计", "", *totals, yuan(fen=found.difference), ""))
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{shop.code}-{found.day}.csv"'
    return response


def text_cell(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula.

    >>> text_cell("GX20261127-1"), text_cell("=1+1")
    ('GX20261127-1', "'=1+1")
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def yuan(*, fen: int) -> str:
    """Write fen as a spreadsheet reads a number.

    >>> yuan(fen=12_800), yuan(fen=-5)
    ('128.00', '-0.05')
    """
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02}"


def _row(line: Line) -> tuple[str, ...]:
    theirs = _yuans(line.theirs) if line.has_bill else ("", "", "")
    named = (text_cell(line.number), line.channel)
    end = (yuan(fen=line.difference) if line.has_bill else "", line.state[0])
    return (*named, *_yuans(line.ours), yuan(fen=line.fee), *theirs, *end)


def _yuans(moved: Moved) -> tuple[str, str, str]:
    return yuan(fen=moved.paid), yuan(fen=moved.refunded), yuan(fen=moved.given)


def _day(written: str) -> str:
    """Give a day that there is; raises `Http404`."""
    try:
        if _DAY.fullmatch(written) is None:
            raise Http404
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise Http404 from error
