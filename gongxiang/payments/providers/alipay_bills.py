"""Bills of Alipay: a store's business of a day, and what its account gave and got back of shares.

The address of a bill stands in a signed answer and is good for half a minute.

Units: fen. Source: P3; I-6.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

import requests

from gongxiang.payments import channels
from gongxiang.payments.providers.alipay import TIMEOUT, call
from gongxiang.payments.providers.yuan import fen_of, moment_of
from gongxiang.payments.wire import BillKind, BillLine, Declined, Payee, Unknown

BILL_MAX: Final = 64 * 1024 * 1024
_HOSTS: Final = (".alipay.com", ".alipayobjects.com", ".alipaydev.com")
_NONE: Final = frozenset({"isp.bill_not_exist", "isv.bill_not_exist"})
_SHARES: Final = {"分账": BillKind.SHARED, "分账退回": BillKind.RETURNED}
Row = Mapping[str, str]


def fetch(*, day: str, payee: Payee, now: int) -> tuple[BillLine, ...]:
    """Give the lines of a store's day, written YYYY-MM-DD; raises `Unknown` and `Declined`."""
    trades = file(day, "trade", payee, now)
    funds = file(day, "signcustomer", payee, now)
    try:
        found = [_trade(row, payee) for row in _rows(trades)]
        return (*found, *_of_shares(_rows(funds), payee))
    except (KeyError, ValueError) as error:
        raise Unknown(f"a bill that cannot be read: {error!r}") from error


def file(day: str, kind: str, payee: Payee, now: int) -> str:
    """Ask for a bill and load it; a day without anything has an empty one.

    Raises `Unknown` and `Declined`.
    """
    method = "alipay.data.dataservice.bill.downloadurl.query"
    try:
        told = call(method, {"bill_type": kind, "bill_date": day}, now, payee)
    except Declined as declined:
        if declined.code in _NONE:
            return ""
        raise
    address = str(told.get("bill_download_url"))
    if not _is_of_the_channel(address):
        raise Unknown("a bill at another host")
    try:
        response = requests.get(address, timeout=TIMEOUT, allow_redirects=False)
        response.raise_for_status()
        return _unpacked(response.content)
    except (requests.RequestException, zipfile.BadZipFile, ValueError) as error:
        raise Unknown(f"no bill: {error!r}") from error


def _unpacked(packed: bytes) -> str:
    """Read the one file of a bill beside its sums; raises `ValueError`."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (name,) = [each for each in archive.infolist() if "汇总" not in each.filename]
        if name.file_size > BILL_MAX:
            raise ValueError("larger than any bill")
        return archive.read(name).decode("gbk")


def _is_of_the_channel(address: str) -> bool:
    """Tell whether a file lies at the channel, or at the host that plays it."""
    parts, own = urlsplit(address), urlsplit(channels.alipay().base)
    is_theirs = parts.scheme == "https" and (parts.hostname or "").endswith(_HOSTS)
    return is_theirs or (parts.scheme, parts.netloc) == (own.scheme, own.netloc)


def _rows(text: str) -> Iterator[Row]:
    table = csv.reader(line for line in io.StringIO(text) if not line.startswith("#"))
    head = next(table, [])
    for values in table:
        if values:
            yield dict(zip(head, (value.strip() for value in values), strict=True))


def _trade(row: Row, payee: Payee) -> BillLine:
    is_refund = row["业务类型"] == "退款"
    return BillLine(
        kind=BillKind.REFUNDED if is_refund else BillKind.PAID,
        reference=row["退款批次号/请求号"] if is_refund else row["支付宝交易号"],
        number=row["退款批次号/请求号"] if is_refund else row["商户订单号"],
        transaction_id=row["支付宝交易号"],
        payee=payee.number,
        amount_fen=fen_of(written=row["订单金额（元）"].removeprefix("-")),
        fee_fen=fen_of(written=row["服务费（元）"].removeprefix("-")) * (-1 if is_refund else 1),
        at=moment_of(stamp=row["完成时间"]),
    )


def _of_shares(rows: Iterator[Row], payee: Payee) -> Iterator[BillLine]:
    for row in rows:
        kind = _SHARES.get(row["业务类型"])
        if kind is not None:
            amount = row["收入金额（+元）" if kind is BillKind.RETURNED else "支出金额（-元）"]
            yield BillLine(
                kind=kind,
                reference=row["账务流水号"],
                number=row["备注"],
                transaction_id=row["业务流水号"],
                payee=payee.number,
                amount_fen=fen_of(written=amount.removeprefix("-")),
                fee_fen=0,
                at=moment_of(stamp=row["发生时间"]),
            )
