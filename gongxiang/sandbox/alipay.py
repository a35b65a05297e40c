"""Alipay's gateway as it looks on the wire: one address, signed fields in, signed objects out.

    GET  /gateway.do?method=alipay.trade.wap.pay…    the payer's page
    POST /gateway.do  alipay.trade.query, .close, .refund, .fastpay.refund.query

Units: fen; the wire says yuan. Source: P1; reliability 1.4.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.trades import Trade, Trades
from gongxiang.sandbox.wire import Answer, Request, is_signed, sign

CHANNEL: Final = "alipay"
_PAYER: Final = "2088000000000001"
_DONE: Final = {"code": "10000", "msg": "Success"}
_STATES: Final = {"open": "WAIT_BUYER_PAY", "paid": "TRADE_SUCCESS", "closed": "TRADE_CLOSED"}


def answer(request: Request, keys: Keys, trades: Trades) -> Answer:
    """Answer the merchant's server, or lead the payer to his page."""
    raw = request.body.decode() if request.method == "POST" else urlsplit(request.path).query
    fields = dict(parse_qsl(raw, keep_blank_values=True))
    signature = fields.pop("sign", "")
    is_ours = fields.get("app_id") == keys.app_id and fields.get("sign_type") == "RSA2"
    if not is_ours or not is_signed(keys.alipay_merchant, _joined(fields), signature):
        return Answer(status=400, body="验签出错".encode())
    method, content = fields["method"], json.loads(fields["biz_content"])
    if method == "alipay.trade.wap.pay":
        return _lead(request, fields, content, trades)
    known: dict[str, Callable[[dict[str, str], Trades], dict[str, Any]]] = {
        "alipay.trade.query": _query,
        "alipay.trade.close": _close,
        "alipay.trade.refund": _refund,
        "alipay.trade.fastpay.refund.query": _query_refund,
    }
    act = known.get(method)
    told = _no("isv.invalid-method") if act is None else act(content, trades)
    return _signed(method, told, keys)


def notice(trade: Trade, transaction: str, keys: Keys) -> tuple[bytes, dict[str, str]]:
    """Make the signed notice of a payment."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 8 * 3_600))
    fields = {
        "notify_time": stamp,
        "notify_type": "trade_status_sync",
        "notify_id": secrets.token_hex(17),
        "charset": "utf-8",
        "version": "1.0",
        "app_id": keys.app_id,
        "seller_id": keys.seller_id,
        "out_trade_no": trade.number,
        "trade_no": transaction,
        "trade_status": "TRADE_SUCCESS",
        "total_amount": _yuan(trade.amount_fen),
        "receipt_amount": _yuan(trade.amount_fen),
        "buyer_id": trade.payer,
        "subject": trade.description,
        "gmt_payment": stamp,
    }
    signed = {
        **fields,
        "sign_type": "RSA2",
        "sign": sign(keys.alipay_private, _joined(fields)),
    }
    return urlencode(signed).encode(), {"Content-Type": "application/x-www-form-urlencoded"}


def _lead(
    request: Request, fields: Mapping[str, str], content: Mapping[str, str], trades: Trades
) -> Answer:
    trade = trades.open(
        Trade(
            channel=CHANNEL,
            number=content["out_trade_no"],
            description=content["subject"],
            amount_fen=_fen(content["total_amount"]),
            notify_url=fields["notify_url"],
            return_url=fields.get("return_url", ""),
            expires_at=content.get("time_expire", ""),
            payer=_PAYER,
        )
    )
    page = f"{request.base}/phone/{CHANNEL}/{trade.number}"
    return Answer(status=302, headers={"Location": page})


def _query(content: dict[str, str], trades: Trades) -> dict[str, Any]:
    trade = trades.find(CHANNEL, content.get("out_trade_no", ""))
    if trade is None:
        return _no("ACQ.TRADE_NOT_EXIST")
    told = {
        "out_trade_no": trade.number,
        "trade_status": _STATES[trade.state],
        "total_amount": _yuan(trade.amount_fen),
        "trade_no": (trade.transactions or [""])[0],
    }
    return {**_DONE, **told, "buyer_user_id": trade.payer}


def _close(content: dict[str, str], trades: Trades) -> dict[str, Any]:
    trade = trades.find(CHANNEL, content["out_trade_no"])
    if trade is None:
        return _no("ACQ.TRADE_NOT_EXIST")
    if not trades.close(trade):
        return _no("ACQ.TRADE_STATUS_ERROR")
    return {**_DONE, "out_trade_no": trade.number}


def _refund(content: dict[str, str], trades: Trades) -> dict[str, Any]:
    trade = trades.find_transaction(CHANNEL, content["trade_no"])
    if trade is None:
        return _no("ACQ.TRADE_NOT_EXIST")
    is_new = trades.find_refund(CHANNEL, content["out_request_no"]) is None
    amount_fen = _fen(content["refund_amount"])
    refund = trades.refund(trade, number=content["out_request_no"], amount_fen=amount_fen)
    if refund is None or refund.amount_fen != amount_fen:
        return _no("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    told = {"out_trade_no": trade.number, "trade_no": content["trade_no"]}
    change = "Y" if is_new else "N"
    return {**_DONE, **told, "fund_change": change, "refund_fee": _yuan(trade.refunded_fen)}


def _query_refund(content: dict[str, str], trades: Trades) -> dict[str, Any]:
    found = trades.find_refund(CHANNEL, content["out_request_no"])
    if found is None:
        return dict(_DONE)
    trade, refund = found
    told = {"out_trade_no": trade.number, "out_request_no": refund.number}
    amounts = {"refund_amount": _yuan(refund.amount_fen), "total_amount": _yuan(trade.amount_fen)}
    return {**_DONE, **told, **amounts, "refund_status": "REFUND_SUCCESS"}


def _no(code: str) -> dict[str, Any]:
    return {"code": "40004", "msg": "Business Failed", "sub_code": code, "sub_msg": code}


def _signed(method: str, told: dict[str, Any], keys: Keys) -> Answer:
    text = json.dumps(told, ensure_ascii=False)
    name = method.replace(".", "_")
    body = f'{{"{name}_response":{text},"sign":"{sign(keys.alipay_private, text)}"}}'
    headers = {"Content-Type": "text/html;charset=utf-8"}
    return Answer(status=200, body=body.encode(), headers=headers, is_call=True)


def _joined(fields: Mapping[str, str]) -> str:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def _fen(yuan: str) -> int:
    whole, _, rest = yuan.partition(".")
    return int(whole) * 100 + int(rest)
