"""WeChat Pay v3 as it looks on the wire: signed calls and answers, encrypted notices.

    POST /v3/pay/partner/transactions/{native,jsapi,h5}                        open
    GET  /v3/pay/partner/transactions/out-trade-no/{number}?sp_mchid=&sub_mchid=   query
    POST /v3/pay/partner/transactions/out-trade-no/{number}/close              close, 204
    POST /v3/refund/domestic/refunds    GET …/refunds/{number}?sub_mchid=      refund, query
    /v3/fund-app/mch-transfer/…                                    wechat_transfers.py

    /v3/profitsharing/…                                            wechat_shares.py
    /v3/bill/…, /v3/billdownload/file                              wechat_bills.py

It knows one service provider and, as merchants below it, every number that can be one (`1` and
nine digits). What belongs to one merchant does not exist for another.

Units: fen. Source: P1, P2; reliability 1.4.
"""

import base64
import json
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gongxiang.sandbox import wechat_bills, wechat_shares, wechat_transfers
from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.trades import Refund, Trade, Trades
from gongxiang.sandbox.wire import Answer, Request, is_signed, moment, sign

CHANNEL: Final = "wechat"
_SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
_OPEN: Final = re.compile(r"/v3/pay/partner/transactions/(native|jsapi|h5)")
_NUMBER: Final = re.compile(r"/v3/pay/partner/transactions/out-trade-no/([\w*|-]{6,32})(/close)?")
_REFUND: Final = re.compile(r"/v3/refund/domestic/refunds(?:/([\w*@|-]{1,64}))?")
_MERCHANT: Final = re.compile(r"1[0-9]{9}")
_PAYER: Final = "oSandboxPayer0001"
_NAMES: Final = {"native": "NATIVE", "jsapi": "JSAPI", "h5": "MWEB"}
_SIGNED: Final = ("appId", "timeStamp", "nonceStr", "package")
_TRADE_STATES: Final = {"open": "NOTPAY", "paid": "SUCCESS", "closed": "CLOSED"}
_ASKED: Final = re.compile(
    r"/v3/(refund/domestic/refunds|profitsharing/((return-)?orders|transactions))/"
)


def answer(request: Request, keys: Keys, trades: Trades) -> Answer:
    """Answer a call of the merchant."""
    if not _is_ours(request, keys):
        return _no(keys, 401, "SIGN_ERROR", "签名错误")
    return _trouble(request, keys, trades) or _answer(request, keys, trades)


def _trouble(request: Request, keys: Keys, trades: Trades) -> Answer | None:
    """Say that there are too many calls, or that a question is refused, where it is told to."""
    if trades.happens("too_many"):
        return _no(keys, 429, "RATELIMIT_EXCEEDED", "请求太多")
    if trades.tricks["refuse_questions"] and request.method == "GET" and _ASKED.match(request.path):
        return _no(keys, 403, "NO_AUTH", "无权限")
    return None


def _answer(request: Request, keys: Keys, trades: Trades) -> Answer:
    path = urlsplit(request.path).path
    moved = wechat_transfers.answer(request, keys, trades.transfers)
    if moved is not None:
        status, told = moved
        return _signed(keys, status, json.dumps(told, ensure_ascii=False))
    if request.method == "POST" and (match := _OPEN.fullmatch(path)):
        return _open(request, match[1], keys, trades)
    if match := _NUMBER.fullmatch(path):
        return _trade(request, match[1], keys, trades, is_close=match[2] is not None)
    if match := _REFUND.fullmatch(path):
        return _refund(request, match[1], keys, trades)
    return _others(request, path, keys, trades)


def _others(request: Request, path: str, keys: Keys, trades: Trades) -> Answer:
    """Answer a call about shares or bills."""
    shared = wechat_shares.answer(request, trades)
    if shared is not None:
        status, told = shared
        return _signed(keys, status, json.dumps(told, ensure_ascii=False))
    if path in wechat_bills.PATHS:
        return wechat_bills.answer(request, keys, trades, sign=_yes, no=_no)
    return _no(keys, 404, "NOT_FOUND", "没有这个接口")


def notice(trade: Trade, transaction: str, keys: Keys) -> tuple[bytes, dict[str, str]]:
    """Make the notice of a payment: its encrypted body; its headers are signed when it is sent."""
    nonce = secrets.token_hex(6)
    told = json.dumps(_told(trade, keys, transaction), ensure_ascii=False).encode()
    hidden = AESGCM(keys.api_key.encode()).encrypt(nonce.encode(), told, b"transaction")
    body = {
        "id": secrets.token_hex(16),
        "create_time": moment(trade.paid_at),
        "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS",
        "summary": "支付成功",
        "resource": {
            "original_type": "transaction",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(hidden).decode(),
            "associated_data": "transaction",
            "nonce": nonce,
        },
    }
    return json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json"}


def signature(body: str, keys: Keys) -> dict[str, str]:
    """Sign a body as of now: every sending anew."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(16)
    return {
        "Wechatpay-Serial": keys.wechat_key_id,
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": sign(keys.wechat_private, f"{stamp}\n{nonce}\n{body}\n"),
        "Wechatpay-Signature-Type": _SCHEME,
    }


def _is_ours(request: Request, keys: Keys) -> bool:
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    given = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    if scheme != _SCHEME or given.get("mchid") != keys.mchid:
        return False
    body = request.body.decode("utf-8", "replace")
    lines = (request.method, request.path, given.get("timestamp"), given.get("nonce_str"), body)
    message = "".join(f"{line}\n" for line in lines)
    return given.get("serial_no") == keys.serial and is_signed(
        keys.wechat_merchant, message, given.get("signature", "")
    )


def _open(request: Request, kind: str, keys: Keys, trades: Trades) -> Answer:
    asked = json.loads(request.body)
    is_whole = asked.get("sp_mchid") == keys.mchid and asked.get("sp_appid") == keys.appid
    total = asked.get("amount", {}).get("total")
    if not is_whole or type(total) is not int or total < 1:
        return _no(keys, 400, "PARAM_ERROR", "参数错误")
    payer = asked.get("payer", {}).get("sp_openid", "")
    if kind == "jsapi" and not payer:
        return _no(keys, 400, "PARAM_ERROR", "缺少 openid")
    if not _MERCHANT.fullmatch(asked.get("sub_mchid", "")):
        return _no(keys, 403, "NO_AUTH", "特约商户与服务商没有受理关系")
    trade = trades.open(
        Trade(
            channel=CHANNEL,
            number=asked["out_trade_no"],
            description=asked["description"],
            amount_fen=total,
            notify_url=asked["notify_url"],
            return_url="",
            expires_at=asked.get("time_expire", ""),
            payer=payer or _PAYER,
            payee=asked["sub_mchid"],
            is_frozen=asked.get("settle_info", {}).get("profit_sharing") is True,
            kind=_NAMES[kind],
        )
    )
    known = (trade.amount_fen, trade.payee, trade.kind, trade.payer)
    if known != (total, asked["sub_mchid"], _NAMES[kind], payer or _PAYER):
        return _no(keys, 400, "INVALID_REQUEST", "商户订单号重复，参数不一致")
    if trade.state != "open":
        return _no(keys, 400, "ORDERPAID" if trade.state == "paid" else "ORDER_CLOSED", "不能再付")
    page = f"{request.base}/phone/{CHANNEL}/{trade.number}"
    opened = {"native": {"code_url": page}, "h5": {"h5_url": page}}
    return _yes(keys, opened.get(kind, {"prepay_id": trade.prepay}))


def shown(words: Mapping[str, str], keys: Keys, trades: Trades) -> Trade | None:
    """Find the payment whose sheet is opened with these words; None where WeChat would refuse."""
    name, _, prepay = words.get("package", "").partition("=")
    trade = trades.find_prepay(CHANNEL, prepay) if name == "prepay_id" else None
    lines = "".join(f"{words.get(each, '')}\n" for each in _SIGNED)
    is_ours = words.get("appId") == keys.appid and words.get("signType") == "RSA"
    is_whole = is_ours and is_signed(keys.wechat_merchant, lines, words.get("paySign", ""))
    return trade if is_whole else None


def _trade(request: Request, number: str, keys: Keys, trades: Trades, *, is_close: bool) -> Answer:
    trade = trades.find(CHANNEL, number)
    told = json.loads(request.body) if is_close else _asked(request)
    if trade is None or told.get("sub_mchid") != trade.payee:
        return _no(keys, 404, "ORDER_NOT_EXIST", "订单不存在")
    if not is_close:
        return _yes(keys, _told(trade, keys))
    if not trades.close(trade):
        return _no(keys, 400, "ORDERPAID", "订单已支付")
    return _signed(keys, 204, "")


def _refund(request: Request, number: str | None, keys: Keys, trades: Trades) -> Answer:
    if number is not None:
        found = trades.find_refund(CHANNEL, number)
        if found is None or _asked(request).get("sub_mchid") != found[0].payee:
            return _no(keys, 404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return _yes(keys, _refunded(*found))
    asked = json.loads(request.body)
    trade = trades.find_transaction(CHANNEL, asked.get("transaction_id", ""))
    whole = None if trade is None else (trade.amount_fen, trade.payee)
    if trade is None or (asked["amount"]["total"], asked.get("sub_mchid")) != whole:
        return _no(keys, 404, "RESOURCE_NOT_EXISTS", "订单不存在")
    amount_fen = asked["amount"]["refund"]
    refund = trades.refund(
        trade,
        number=asked["out_refund_no"],
        amount_fen=amount_fen,
        transaction=asked["transaction_id"],
    )
    if refund is None or refund.amount_fen != amount_fen:
        return _no(keys, 400, "INVALID_REQUEST", "退款金额超过可退金额")
    return _yes(keys, _refunded(trade, refund))


def _refunded(trade: Trade, refund: Refund) -> dict[str, Any]:
    return {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.number,
        "transaction_id": trade.transactions[0],
        "out_trade_no": trade.number,
        "channel": "ORIGINAL",
        "status": "SUCCESS",
        "success_time": moment(refund.at),
        "amount": {"total": trade.amount_fen, "refund": refund.amount_fen, "currency": "CNY"},
    }


def _told(trade: Trade, keys: Keys, transaction: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {
        "sp_mchid": keys.mchid,
        "sp_appid": keys.appid,
        "sub_mchid": trade.payee,
        "out_trade_no": trade.number,
        "trade_state": _TRADE_STATES[trade.state],
        "trade_state_desc": trade.state,
    }
    if trade.state == "paid":
        told |= {
            "transaction_id": transaction or trade.transactions[0],
            "trade_type": trade.kind,
            "bank_type": "OTHERS",
            "success_time": moment(trade.paid_at),
            "payer": {"sp_openid": trade.payer},
            "amount": {
                "total": trade.amount_fen,
                "payer_total": trade.amount_fen,
                "currency": "CNY",
                "payer_currency": "CNY",
            },
        }
        if trade.refunds:
            told["trade_state"] = "REFUND"
    return told


def _asked(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.path).query))


def _yes(keys: Keys, told: dict[str, Any]) -> Answer:
    return _signed(keys, 200, json.dumps(told, ensure_ascii=False))


def _no(keys: Keys, status: int, code: str, words: str) -> Answer:
    return _signed(keys, status, json.dumps({"code": code, "message": words}, ensure_ascii=False))


def _signed(keys: Keys, status: int, body: str) -> Answer:
    headers = {**signature(body, keys), "Content-Type": "application/json; charset=utf-8"}
    return Answer(status=status, body=body.encode(), headers=headers, is_call=True)
