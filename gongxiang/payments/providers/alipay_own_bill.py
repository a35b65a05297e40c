"""The bill of the platform's own account at Alipay (账务明细, signcustomer), sums and all.

    支出合计：N笔，共X元      收入合计：N笔，共X元

Asked for without a store's leave it is that of the application's own account.

Units: fen. Source: P3, P4; I-6; reliability 1.4.
"""

import csv
import io
import re
from collections.abc import Mapping
from typing import Final

from gongxiang.payments import own
from gongxiang.payments.providers.alipay_bills import file
from gongxiang.payments.providers.yuan import fen_of, moment_of
from gongxiang.payments.wire import BillLine, Payee, Unknown

_OURS: Final = Payee(number="")
_SUM: Final = "#{}合计：([0-9]+)笔，共([0-9.]+)元"
_ROUND: Final = str.maketrans("（）", "()")


def fetch(*, day: str, now: int) -> tuple[BillLine, ...]:
    """Give the lines of a day that is written YYYY-MM-DD; raises `Unknown` and `Declined`."""
    text = file(day, "signcustomer", _OURS, now)
    try:
        return own.checked(_lines(text), day=day)
    except (KeyError, ValueError, csv.Error) as error:
        raise Unknown(f"a bill that cannot be read: {error!r}") from error


def _lines(text: str) -> list[BillLine]:
    if not text:
        return []
    table = csv.reader(line for line in io.StringIO(text) if not line.startswith("#"))
    head = [name.strip().translate(_ROUND) for name in next(table, [])]
    lines = [
        _line(dict(zip(head, (value.strip() for value in values), strict=True)))
        for values in table
        if values
    ]
    own.agree(lines, told=(*_told(text, "收入"), *_told(text, "支出")))
    return lines


def _line(row: Mapping[str, str]) -> BillLine:
    came, went = _fen(row["收入金额(+元)"]), _fen(row["支出金额(-元)"].removeprefix("-"))
    if came and went:
        raise ValueError(f"line {row['账务流水号']} came in and went out")
    return own.line(
        numbers=(row["商户订单号"], row["备注"]),
        flow=row["账务流水号"],
        order=row["业务流水号"],
        business=row["业务类型"],
        signed_fen=came - went,
        at=moment_of(stamp=row["发生时间"]),
    )


def _fen(written: str) -> int:
    """Read an amount; Alipay leaves the other side's column empty, or writes a zero."""
    return fen_of(written=written) if written else 0


def _told(text: str, side: str) -> tuple[int, int]:
    """Read one of the two sums: how many lines, and how much."""
    match = re.search(_SUM.format(side), text)
    if match is None:
        raise ValueError(f"no sum of {side}")
    return int(match[1]), fen_of(written=match[2])
