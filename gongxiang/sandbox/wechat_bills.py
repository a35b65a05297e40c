"""The addresses of WeChat Pay's bills: asked for, then loaded from the address that was told.

    GET /v3/bill/tradebill?bill_date=            what was paid and refunded, of all merchants
    GET /v3/profitsharing/bills?bill_date=       what was shared
    GET /v3/bill/fundflowbill?bill_date=&account_type=   the service provider's own account
    GET /v3/billdownload/file?token=             the file, gzipped

A bill of a day that is not over tells what happened up to now, so that it can be tried by hand.

Units: none. Source: P3; I-6.
"""

import gzip
import hashlib
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from gongxiang.sandbox import bills, own_funds
from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.trades import Trades
from gongxiang.sandbox.wire import Answer, Request

_FILE: Final = "/v3/billdownload/file"
_FUNDS: Final = "/v3/bill/fundflowbill"
_BILLS: Final = ("/v3/bill/tradebill", "/v3/profitsharing/bills", _FUNDS)
PATHS: Final = frozenset({_FILE, *_BILLS})


def answer(
    request: Request,
    keys: Keys,
    trades: Trades,
    *,
    sign: Callable[[Keys, dict[str, Any]], Answer],
    no: Callable[[Keys, int, str, str], Answer],
) -> Answer:
    """Answer a call about bills; a day without anything has none."""
    parts = urlsplit(request.path)
    asked = dict(parse_qsl(parts.query))
    if parts.path == _FILE:
        kind, account, day = asked["token"].split("@")
        file = gzip.compress(_written(kind, account, day, keys, trades).encode(), mtime=0)
        return Answer(status=200, body=file, headers={"Content-Type": "application/x-gzip"})
    day, account = asked["bill_date"], asked.get("account_type", own_funds.ACCOUNTS[0])
    if trades.tricks["late_bills"]:
        return no(keys, 400, "STATEMENT_CREATING", "账单生成中")
    if not _is_there(parts.path, account, day, trades):
        return no(keys, 400, "NO_STATEMENT_EXIST", "账单不存在")
    plain = _written(parts.path, account, day, keys, trades).encode()
    address = f"{request.base}{_FILE}?token={parts.path}@{account}@{day}"
    told = {"hash_type": "SHA1", "hash_value": hashlib.sha1(plain).hexdigest()}  # noqa: S324  theirs
    return sign(keys, {**told, "download_url": address})


def _is_there(kind: str, account: str, day: str, trades: Trades) -> bool:
    if kind == _FUNDS:
        return bool(own_funds.of_day(trades, channel="wechat", day=day, account=account))
    return bool(bills.entries(trades, channel="wechat", day=day))


def _written(kind: str, account: str, day: str, keys: Keys, trades: Trades) -> str:
    if kind == _FUNDS:
        rows = own_funds.of_day(trades, channel="wechat", day=day, account=account)
        return own_funds.wechat(rows, mchid=keys.mchid)
    found = bills.entries(trades, channel="wechat", day=day)
    if kind == "/v3/bill/tradebill":
        return bills.wechat_trades(found, appid=keys.appid, mchid=keys.mchid)
    return bills.wechat_shares(found, mchid=keys.mchid)
