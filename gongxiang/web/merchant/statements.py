"""The store's statements: a list of days, a day order by order, the same as a table.

    GET /store/<code>/statements
    GET /store/<code>/statements/<day>        GET /store/<code>/statements/<day>.csv

Units: fen, micro-yuan in what is due. Source: P2, P3; design/ui/faces.md 6.3.
"""

import csv
import io
import re
from datetime import date
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongxiang.base.money import YUAN
from gongxiang.merchants.access import Task
from gongxiang.queries import store_statements
from gongxiang.queries.store_statements_data import Commission, Line, Moved
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.shared.identity import member_required

_DAY: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MARK: Final = "\ufeff"
"""Without it, common spreadsheets take UTF-8 for another alphabet."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_HEAD: Final = (
    *("订单号", "渠道", "收款", "退款", "分账给平台", "手续费", "账单收款", "账单退款"),
    *("账单分账", "差额", "去向", "应付抽成", "已分账", "待分账", "并入以后", "预计到卡"),
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
    end = (yuan(fen=found.difference), "", *_owed(found.commission), "")
    writer.writerow(("合计", "", *totals, *end))
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


def micro(amount: int) -> str:
    """Write micro-yuan as a spreadsheet reads a number; no part of a fen is lost.

    >>> micro(25_600_000), micro(-2_000)
    ('25.600000', '-0.002000')
    """
    whole, rest = divmod(abs(amount), YUAN)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:06}"


def _row(line: Line) -> tuple[str, ...]:
    theirs = _yuans(line.theirs) if line.has_bill else ("", "", "")
    named = (text_cell(line.number), line.channel)
    owed = _owed(line.commission) if line.ours.paid else ("", "", "", "")
    difference = yuan(fen=line.difference) if line.has_bill else ""
    end = (difference, line.state[0], *owed, line.bank_date or "")
    return (*named, *_yuans(line.ours), yuan(fen=line.fee), *theirs, *end)


def _yuans(moved: Moved) -> tuple[str, str, str]:
    return yuan(fen=moved.paid), yuan(fen=moved.refunded), yuan(fen=moved.given)


def _owed(owed: Commission) -> tuple[str, ...]:
    return tuple(micro(each) for each in (owed.due, owed.shared, owed.awaited, owed.carried))


def _day(written: str) -> str:
    """Give a day that there is; raises `Http404`."""
    try:
        if _DAY.fullmatch(written) is None:
            raise Http404
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise Http404 from error
