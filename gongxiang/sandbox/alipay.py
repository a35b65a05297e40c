"""Alipay's gateway as it looks on the wire: one address, signed fields in, signed objects out.

    GET  /gateway.do?method=alipay.trade.wap.pay…    the payer's page
    POST /gateway.do  alipay.trade.query, .close, .refund, .fastpay.refund.query
                      .royalty.relation.bind, .order.settle, .order.settle.query,
                      .order.onsettle.query
                      alipay.data.dataservice.bill.downloadurl.query
                      alipay.system.oauth.token (alipay_sign_ins.py)
    GET  /bill.zip?kind=&day=&account=               a bill

It knows one service provider, whose stores gave it leave: `app_auth_token` is `sandbox-` and the
store's own number (2088 and twelve digits). What belongs to one store does not exist for another.

Units: fen; the wire says yuan. Source: P1; reliability 1.4.
"""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from gongxiang.sandbox import (
    alipay_shares,
    alipay_sign_ins,
    alipay_transfers,
    bills,
    own_funds,
)
from gongxiang.sandbox.alipay_shares import fen, no, stamp, take_back, yuan
from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.trades import Trade, Trades
from gongxiang.sandbox.wire import Answer, Request, is_signed, sign

CHANNEL: Final = "alipay"
_DOWNLOAD: Final = "alipay.data.dataservice.bill.downloadurl.query"
_LEAVE: Final = "sandbox-"
_MERCHANT: Final = re.compile(r"2088[0-9]{12}")
_DONE: Final = {"code": "10000", "msg": "Success"}
_STATES: Final = {"open": "WAIT_BUYER_PAY", "paid": "TRADE_SUCCESS", "closed": "TRADE_CLOSED"}


_ASKED: Final = frozenset(
    {
        "alipay.trade.fastpay.refund.query",
        "alipay.trade.order.settle.query",
        "alipay.trade.order.onsettle.query",
    }
)


def answer(request: Request, keys: Keys, trades: Trades) -> Answer:
    """Answer the merchant's server, or lead the payer to his page."""
    raw = request.body.decode() if request.method == "POST" else urlsplit(request.path).query
    fields = dict(parse_qsl(raw, keep_blank_values=True))
    signature = fields.pop("sign", "")
    is_ours = fields.get("app_id") == keys.app_id and fields.get("sign_type") == "RSA2"
    if not is_ours or not is_signed(keys.alipay_merchant, _joined(fields), signature):
        return Answer(status=400, body="验签出错".encode())
    if fields["method"] == alipay_sign_ins.METHOD:
        return _exchanged(fields, keys, trades)
    return _called(request, fields, keys, trades)


def _called(request: Request, fields: Mapping[str, str], keys: Keys, trades: Trades) -> Answer:
    method, content = fields["method"], json.loads(fields["biz_content"])
    if method in alipay_transfers.METHODS:
        told = alipay_transfers.answer(method, content, trades.transfers)
        return _signed(method, told, keys)
    merchant = fields.get("app_auth_token", "").removeprefix(_LEAVE)
    if method == _DOWNLOAD and not merchant:
        return _signed(method, _own_bill(request, content, trades), keys)
    if not _MERCHANT.fullmatch(merchant):
        return _signed(method, no("isv.invalid-app-auth-token"), keys)
    if method == _DOWNLOAD:
        return _signed(method, _bill(request, content, merchant, trades), keys)
    if method == "alipay.trade.wap.pay":
        return _lead(request, fields, content, trades)
    told = _trouble(method, trades) or _acted(method, {**content, "seller_id": merchant}, trades)
    return _signed(method, told, keys)


def _exchanged(fields: Mapping[str, str], keys: Keys, trades: Trades) -> Answer:
    """Say whom a code stands for; signed with a key that is not Alipay's where it is told to."""
    trouble = _trouble(fields["method"], trades)
    if trouble is not None:
        return _object("error_response", trouble, keys.alipay_private)
    name, told = alipay_sign_ins.exchange(fields, trades.codes)
    is_forged = trades.tricks["forge_sign_ins"]
    return _object(name, told, keys.wechat_private if is_forged else keys.alipay_private)


def _trouble(method: str, trades: Trades) -> dict[str, Any] | None:
    """Say that there are too many calls, or that a question is refused, where it is told to."""
    if trades.happens("too_many"):
        return {"code": "40005", "msg": "Call Limited"}
    is_refused = trades.tricks["refuse_questions"] and method in _ASKED
    return no("isv.insufficient-isv-permissions") if is_refused else None


def _acted(method: str, content: dict[str, Any], trades: Trades) -> dict[str, Any]:
    known: dict[str, Callable[[dict[str, Any], Trades], dict[str, Any]]] = {
        "alipay.trade.query": _query,
        "alipay.trade.close": _close,
        "alipay.trade.refund": _refund,
        "alipay.trade.fastpay.refund.query": _query_refund,
        "alipay.trade.royalty.relation.bind": alipay_shares.bind,
        "alipay.trade.order.settle": alipay_shares.settle,
        "alipay.trade.order.settle.query": alipay_shares.query,
        "alipay.trade.order.onsettle.query": alipay_shares.unshared,
    }
    act = known.get(method)
    return no("isv.invalid-method") if act is None else act(content, trades)


def notice(trade: Trade, transaction: str, keys: Keys) -> tuple[bytes, dict[str, str]]:
    """Make the signed notice of a payment."""
    now = stamp(time.time_ns() // 1_000)
    fields = {
        "notify_time": now,
        "notify_type": "trade_status_sync",
        "notify_id": secrets.token_hex(17),
        "charset": "utf-8",
        "version": "1.0",
        "app_id": keys.app_id,
        "seller_id": trade.payee,
        "auth_app_id": keys.app_id,
        "out_trade_no": trade.number,
        "trade_no": transaction,
        "trade_status": "TRADE_SUCCESS",
        "total_amount": yuan(trade.amount_fen),
        "receipt_amount": yuan(trade.amount_fen),
        "buyer_id": trade.payer,
        "subject": trade.description,
        "gmt_payment": stamp(trade.paid_at),
    }
    signed = {
        **fields,
        "sign_type": "RSA2",
        "sign": sign(keys.alipay_private, _joined(fields)),
    }
    return urlencode(signed).encode(), {"Content-Type": "application/x-www-form-urlencoded"}


def _lead(
    request: Request, fields: Mapping[str, str], content: Mapping[str, Any], trades: Trades
) -> Answer:
    if fields["app_auth_token"] != f"{_LEAVE}{content.get('seller_id', '')}":
        return Answer(status=403, body="没有受理关系".encode())
    trade = trades.open(
        Trade(
            channel=CHANNEL,
            number=content["out_trade_no"],
            description=content["subject"],
            amount_fen=fen(content["total_amount"]),
            notify_url=fields["notify_url"],
            return_url=fields.get("return_url", ""),
            expires_at=content.get("time_expire", ""),
            payer=alipay_sign_ins.PAYER,
            payee=content["seller_id"],
            is_frozen=content.get("extend_params", {}).get("royalty_freeze") == "true",
        )
    )
    page = f"{request.base}/phone/{CHANNEL}/{trade.number}"
    return Answer(status=302, headers={"Location": page})


def _query(content: dict[str, Any], trades: Trades) -> dict[str, Any]:
    trade = _found(content, trades)
    if trade is None:
        return no("ACQ.TRADE_NOT_EXIST")
    told = {
        "out_trade_no": trade.number,
        "trade_status": _STATES[trade.state],
        "total_amount": yuan(trade.amount_fen),
        "trade_no": (trade.transactions or [""])[0],
    }
    if trade.state == "paid":
        told["send_pay_date"] = stamp(trade.paid_at)
    return {**_DONE, **told, "buyer_user_id": trade.payer}


def _close(content: dict[str, Any], trades: Trades) -> dict[str, Any]:
    trade = _found(content, trades)
    if trade is None:
        return no("ACQ.TRADE_NOT_EXIST")
    if not trades.close(trade):
        return no("ACQ.TRADE_STATUS_ERROR")
    return {**_DONE, "out_trade_no": trade.number}


def _refund(content: dict[str, Any], trades: Trades) -> dict[str, Any]:
    trade = trades.find_transaction(CHANNEL, content["trade_no"])
    if trade is None or trade.payee != content["seller_id"]:
        return no("ACQ.TRADE_NOT_EXIST")
    is_new = trades.find_refund(CHANNEL, content["out_request_no"]) is None
    amount_fen = fen(content["refund_amount"])
    if is_new and trades.tricks["refuse_refunds"]:
        return no("ACQ.SELLER_BALANCE_NOT_ENOUGH")
    if is_new and not take_back(content, trade, trades):
        return no("ACQ.REFUND_ROYALTY_AMT_INVALID")
    refund = trades.refund(
        trade,
        number=content["out_request_no"],
        amount_fen=amount_fen,
        transaction=content["trade_no"],
    )
    if refund is None or refund.amount_fen != amount_fen:
        return no("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    told = {"out_trade_no": trade.number, "trade_no": content["trade_no"]}
    change = "Y" if is_new else "N"
    told["gmt_refund_pay"] = stamp(refund.at)
    return {**_DONE, **told, "fund_change": change, "refund_fee": yuan(trade.refunded_fen)}


def _query_refund(content: dict[str, Any], trades: Trades) -> dict[str, Any]:
    found = trades.find_refund(CHANNEL, content["out_request_no"])
    if found is None or found[0].payee != content["seller_id"]:
        return dict(_DONE)
    trade, refund = found
    told = {"out_trade_no": trade.number, "out_request_no": refund.number}
    amounts = {"refund_amount": yuan(refund.amount_fen), "total_amount": yuan(trade.amount_fen)}
    if "gmt_refund_pay" in content.get("query_options", []):
        told["gmt_refund_pay"] = stamp(refund.at)
    return {**_DONE, **told, **amounts, "refund_status": "REFUND_SUCCESS"}


def bill_file(request: Request, keys: Keys, trades: Trades) -> Answer:
    """Give the file of a bill, at the address that was told; without an account our own one."""
    asked = dict(parse_qsl(urlsplit(request.path).query))
    kind, day, account = asked["kind"], asked["day"], asked.get("account", "")
    if account:
        found = bills.entries(trades, channel=CHANNEL, day=day, payee=account)
        body = (bills.alipay_trades if kind == "trade" else bills.alipay_funds)(found)
    else:
        rows = own_funds.of_day(trades, channel=CHANNEL, day=day, account="")
        body = own_funds.alipay(rows, seller=keys.seller_id, day=day)
    return Answer(status=200, body=body, headers={"Content-Type": "application/zip"})


def _bill(
    request: Request, content: Mapping[str, str], merchant: str, trades: Trades
) -> dict[str, Any]:
    day = content["bill_date"]
    is_there = bills.entries(trades, channel=CHANNEL, day=day, payee=merchant)
    return _address(request, content, merchant, trades) if is_there else no("isp.bill_not_exist")


def _own_bill(request: Request, content: Mapping[str, str], trades: Trades) -> dict[str, Any]:
    is_funds, day = content["bill_type"] == "signcustomer", content["bill_date"]
    if not is_funds or not own_funds.of_day(trades, channel=CHANNEL, day=day, account=""):
        return no("isp.bill_not_exist")
    return _address(request, content, "", trades)


def _address(
    request: Request, content: Mapping[str, str], account: str, trades: Trades
) -> dict[str, Any]:
    if trades.tricks["late_bills"]:
        return no("isp.unknow-error")
    asked = {"kind": content["bill_type"], "day": content["bill_date"], "account": account}
    return {**_DONE, "bill_download_url": f"{request.base}/bill.zip?{urlencode(asked)}"}


def _found(content: Mapping[str, Any], trades: Trades) -> Trade | None:
    trade = trades.find(CHANNEL, content.get("out_trade_no", ""))
    return trade if trade is not None and trade.payee == content["seller_id"] else None


def _signed(method: str, told: dict[str, Any], keys: Keys) -> Answer:
    return _object(f"{method.replace('.', '_')}_response", told, keys.alipay_private)


def _object(name: str, told: dict[str, Any], pem: str) -> Answer:
    text = json.dumps(told, ensure_ascii=False)
    body = f'{{"{name}":{text},"sign":"{sign(pem, text)}"}}'
    headers = {"Content-Type": "text/html;charset=utf-8"}
    return Answer(status=200, body=body.encode(), headers=headers, is_call=True)


def _joined(fields: Mapping[str, str]) -> str:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])
