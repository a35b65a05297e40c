"""The bill of the platform's own account at WeChat Pay (资金账单): each of its three accounts.

    BASIC (基本账户)       shares come in and go back here
    OPERATION (运营账户)   transfers to persons leave from here
    FEES (手续费账户)

A merchant may be set up otherwise, and moves money from one to the other: all three are read, and
belong together.

Units: fen. Source: P3, P4; I-6; reliability 1.4; WeChat Pay, 资金账单详细说明 (25 Nov 2024).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

from gongxiang.payments import own
from gongxiang.payments.providers.wechat_bills import file
from gongxiang.payments.providers.yuan import fen_of, moment_of
from gongxiang.payments.wire import BillLine, Unknown

_ACCOUNTS: Final = ("BASIC", "OPERATION", "FEES")
_SUMS: Final = "资金流水总笔数"
_SIGNS: Final = {"收入": 1, "支出": -1}
_ROUND: Final = str.maketrans("（）", "()")
"""The channel writes its heads with either kind of brackets."""


def fetch(*, day: str) -> tuple[BillLine, ...]:
    """Give the lines of a day that is written YYYY-MM-DD; raises `Unknown` and `Declined`."""
    try:
        files = [_file(day, account) for account in _ACCOUNTS]
        return own.checked((line for text in files for line in _lines(text)), day=day)
    except (KeyError, ValueError, csv.Error) as error:
        raise Unknown(f"a bill that cannot be read: {error!r}") from error


def _file(day: str, account: str) -> str:
    return file(lambda client: client.fundflow_bill(bill_date=day, account_type=account))


def _lines(text: str) -> list[BillLine]:
    """Read one account's bill, and hold its last line against the others."""
    if not text:
        return []
    rows = [[value.strip().removeprefix("`") for value in row] for row in _table(text)]
    split = next((number for number, row in enumerate(rows) if row[0] == _SUMS), None)
    if split is None:
        raise ValueError("no sums at its end")
    head = [name.translate(_ROUND) for name in rows[0]]
    lines = [_line(dict(zip(head, row, strict=True))) for row in rows[1:split]]
    own.agree(lines, told=_told(rows[split:], len(lines)))
    return lines


def _table(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text)) if row]


def _line(row: Mapping[str, str]) -> BillLine:
    return own.line(
        numbers=(row["业务凭证号"],),
        flow=row["资金流水单号"],
        order=row["微信支付业务单号"],
        business="·".join(dict.fromkeys((row["业务名称"], row["业务类型"]))),
        signed_fen=_SIGNS[row["收支类型"]] * fen_of(written=row["收支金额(元)"]),
        at=moment_of(stamp=row["记账时间"]),
    )


def _told(rows: Sequence[Sequence[str]], count: int) -> tuple[int, int, int, int]:
    """Read the sums: how many lines, how many and how much came in, and went out."""
    _, (lines, came, in_yuan, went, out_yuan) = rows
    counts = [int(each.removesuffix(".0")) for each in (lines, came, went)]
    if counts[0] != count:
        raise ValueError(f"its sums say {counts[0]} lines, it has {count}")
    return counts[1], fen_of(written=in_yuan), counts[2], fen_of(written=out_yuan)
