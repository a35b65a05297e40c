"""A month of cash as a table for a spreadsheet: opening, what moved by kind, closing; exact.

    month, what, how many, yuan with all six decimals        the lines between add up to the last

Every text is one of ours, and no cell begins a formula: amounts are plain numbers, below zero with
the sign that a spreadsheet reads as a number.

Units: µ¥ in; yuan out, six decimals, nothing cut.
Source: design/ui/faces.md 6.2 (statements).
"""

import csv
import io
from typing import Final

from gongxiang.base.money import YUAN
from gongxiang.queries.cash_data import Statement
from gongxiang.queries.explain import TITLES

_MARK: Final = "\ufeff"
"""Without it, common spreadsheets take UTF-8 for another alphabet."""


def table(*, month: str, statement: Statement, is_running: bool) -> str:
    """Write a statement as CSV.

    >>> empty = Statement(opening=70_262_390, sums=(), closing=70_262_390)
    >>> table(month="2026-11", statement=empty, is_running=False).splitlines()[1]
    '2026-11,月初,,70.262390'
    """
    out = io.StringIO()
    out.write(_MARK)
    writer = csv.writer(out)
    writer.writerow(("月份", "项目", "笔数", "金额（元）"))
    writer.writerow((month, "月初", "", _yuan(statement.opening)))
    for one in statement.sums:
        writer.writerow((month, TITLES[one.purpose], one.count, _yuan(one.amount)))
    last = "到现在" if is_running else "月末"
    writer.writerow((month, last, "", _yuan(statement.closing)))
    return out.getvalue()


def _yuan(amount: int) -> str:
    whole, rest = divmod(abs(amount), YUAN)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:06}"
