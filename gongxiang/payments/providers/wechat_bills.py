"""Bills of WeChat Pay: what was paid and refunded on a day, and what was shared, of all stores.

    asked for (signed answer) -> address and hash -> file, believed only if it has that hash

Units: fen. Source: P3; I-6; reliability 1.4.
"""

import csv
import gzip
import hashlib
import hmac
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gongxiang.payments.channels import wechat as channel_of
from gongxiang.payments.providers.wechat import call, client_of, text_of
from gongxiang.payments.providers.yuan import fen_of, moment_of
from gongxiang.payments.wire import BillKind, BillLine, Declined, Unknown

BILL_MAX: Final = 256 * 1024 * 1024
_NONE: Final = frozenset({"NO_STATEMENT_EXIST", "STATEMENT_NOT_EXIST"})
_SHARES: Final = {"分账": BillKind.SHARED, "分账回退": BillKind.RETURNED}
Row = Mapping[str, str]


def fetch(*, day: str) -> tuple[BillLine, ...]:
    """Give the lines of a day that is written YYYY-MM-DD; raises `Unknown` and `Declined`."""
    trades = file(lambda client: client.trade_bill(bill_date=day))
    shares = file(lambda client: client.profitsharing_bill(bill_date=day))
    try:
        return (*map(_trade, _rows(trades)), *_of_shares(_rows(shares)))
    except (KeyError, ValueError) as error:
        raise Unknown(f"a bill that cannot be read: {error!r}") from error


def file(ask: Callable[[Any], tuple[int, Any]]) -> str:
    """Ask for a bill and load it; a day without anything has an empty one.

    Raises `Unknown` and `Declined`.
    """
    try:
        told = call(ask)
    except Declined as declined:
        if declined.code in _NONE:
            return ""
        raise
    try:
        digest, plain = text_of(told, "hash_value"), _loaded(told)
    except Exception as error:  # a time limit, a broken line, a broken file: all the same
        raise Unknown(f"no bill: {error!r}") from error
    if not hmac.compare_digest(hashlib.sha1(plain).hexdigest(), digest.lower()):  # noqa: S324  the channel's choice
        raise Unknown("a bill with another hash")
    return plain.decode("utf-8-sig")


def _loaded(told: Mapping[str, Any]) -> bytes:
    """Load the file whose address the channel told; raises `ValueError`."""
    address = text_of(told, "download_url")
    if told.get("hash_type") != "SHA1" or not address.startswith(channel_of().base):
        raise ValueError("another hash, or another host")
    status, packed = client_of().download_bill(address)
    if status != 200:  # noqa: PLR2004  the file itself
        raise ValueError(f"status {status}")
    return _unpacked(packed)


def _unpacked(packed: bytes) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
        plain = file.read(BILL_MAX + 1)
    if len(plain) > BILL_MAX:
        raise ValueError("larger than any bill")
    return plain


def _rows(text: str) -> Iterator[Row]:
    """Read the lines before the sums; every value stands behind a backtick."""
    table = csv.reader(io.StringIO(text))
    head = next(table, [])
    for values in table:
        if not values or not values[0].startswith("`"):
            return
        yield dict(zip(head, (value.removeprefix("`") for value in values), strict=True))


def _trade(row: Row) -> BillLine:
    is_refund = row["交易状态"] == "REFUND"
    return BillLine(
        kind=BillKind.REFUNDED if is_refund else BillKind.PAID,
        reference=row["微信退款单号" if is_refund else "微信订单号"],
        number=row["商户退款单号" if is_refund else "商户订单号"],
        transaction_id=row["微信订单号"],
        payee=row["特约商户号"],
        amount_fen=fen_of(written=row["申请退款金额" if is_refund else "订单金额"]),
        fee_fen=fen_of(written=row["手续费"].removeprefix("-")) * (-1 if is_refund else 1),
        at=moment_of(stamp=row["交易时间"]),
    )


def _of_shares(rows: Iterator[Row]) -> Iterator[BillLine]:
    for row in rows:
        kind = _SHARES.get(row["业务类型"])
        if kind is not None and row["处理状态"] == "处理成功":
            yield BillLine(
                kind=kind,
                reference=row["分账明细单号"],
                number=row["商户分账/回退单号"],
                transaction_id=row["微信订单号"],
                payee=row["分账方"],
                amount_fen=fen_of(written=row["分账金额"]),
                fee_fen=0,
                at=moment_of(stamp=row["分账时间"]),
            )
