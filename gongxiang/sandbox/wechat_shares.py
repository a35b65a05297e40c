"""Profit sharing of WeChat Pay as it looks on the wire.

    POST /v3/profitsharing/receivers/add                            a receiver is known
    POST /v3/profitsharing/orders    GET …/orders/{number}          share, query
    POST /v3/profitsharing/orders/unfreeze                          free the rest
    GET  /v3/profitsharing/transactions/{number}/amounts            how much is frozen yet
    POST /v3/profitsharing/return-orders    GET …/{number}          return, query

A share is accepted first (PROCESSING) and is there when it is asked about (FINISHED).

Units: fen. Source: P2; reliability 1.4.
"""

import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from gongxiang.sandbox.trades import Share, ShareReturn, Trade, Trades
from gongxiang.sandbox.wire import Request, moment

_CHANNEL: Final = "wechat"
_ORDER: Final = re.compile(r"/v3/profitsharing/orders/([\w*@|-]{1,64})")
_AMOUNTS: Final = re.compile(r"/v3/profitsharing/transactions/(\d{1,32})/amounts")
_RETURN: Final = re.compile(r"/v3/profitsharing/return-orders/([\w*@|-]{1,64})")
Told = tuple[int, dict[str, Any]]


def answer(request: Request, trades: Trades) -> Told | None:
    """Answer a call about shares with a status and what it says; None for any other call."""
    path = urlsplit(request.path).path
    asked = dict(parse_qsl(urlsplit(request.path).query))
    if request.method == "GET":
        if match := _ORDER.fullmatch(path):
            return _query(match[1], asked, trades)
        if match := _RETURN.fullmatch(path):
            return _query_return(match[1], asked, trades)
        if match := _AMOUNTS.fullmatch(path):
            return _unshared(match[1], trades)
        return None
    act = {
        "/v3/profitsharing/receivers/add": _add_receiver,
        "/v3/profitsharing/orders": _share,
        "/v3/profitsharing/orders/unfreeze": _free,
        "/v3/profitsharing/return-orders": _return,
    }.get(path)
    return None if act is None else act(json.loads(request.body), trades)


def _add_receiver(asked: dict[str, Any], trades: Trades) -> Told:
    trades.receivers.add(asked["account"])
    return 200, {name: asked[name] for name in ("sub_mchid", "type", "account", "relation_type")}


def _share(asked: dict[str, Any], trades: Trades) -> Told:
    (receiver,) = asked["receivers"]
    return _shared(
        asked,
        trades,
        receiver=receiver["account"],
        amount_fen=receiver["amount"],
        is_last=asked["unfreeze_unsplit"],
    )


def _free(asked: dict[str, Any], trades: Trades) -> Told:
    return _shared(asked, trades, receiver="", amount_fen=0, is_last=True)


def _shared(
    asked: dict[str, Any], trades: Trades, *, receiver: str, amount_fen: int, is_last: bool
) -> Told:
    trade = _found(trades, asked)
    if trade is None:
        return _no(404, "RESOURCE_NOT_EXISTS")
    share = trades.share(
        trade,
        number=asked["out_order_no"],
        receiver=receiver,
        amount_fen=amount_fen,
        is_last=is_last,
    )
    if isinstance(share, str):
        return _no(403, share)
    if share.amount_fen != amount_fen:
        return _no(400, "INVALID_REQUEST")
    return 200, _told(trade, share, is_done=False)


def _query(number: str, asked: dict[str, str], trades: Trades) -> Told:
    found = trades.find_share(_CHANNEL, number)
    if found is None or found[0] is not _found(trades, asked):
        return _no(404, "RESOURCE_NOT_EXISTS")
    return 200, _told(*found, is_done=True)


def _unshared(transaction: str, trades: Trades) -> Told:
    trade = trades.find_transaction(_CHANNEL, transaction)
    if trade is None:
        return _no(404, "RESOURCE_NOT_EXISTS")
    return 200, {"transaction_id": transaction, "unsplit_amount": trade.unshared_fen}


def _return(asked: dict[str, Any], trades: Trades) -> Told:
    found = trades.find_share(_CHANNEL, asked["out_order_no"])
    if found is None or asked.get("sub_mchid") != found[0].payee:
        return _no(404, "RESOURCE_NOT_EXISTS")
    if asked["return_mchid"] != found[1].receiver:
        return _no(400, "PARAM_ERROR")
    number, amount_fen = asked["out_return_no"], asked["amount"]
    returned = trades.return_share(*found, number=number, amount_fen=amount_fen)
    if returned is None or returned.amount_fen != amount_fen:
        return _no(400, "INVALID_REQUEST")
    return 200, _told_return(*found, returned, is_done=False)


def _query_return(number: str, asked: dict[str, str], trades: Trades) -> Told:
    found = trades.find_share(_CHANNEL, asked.get("out_order_no", ""))
    known = (
        [] if found is None else [each for each in found[0].share_returns if each.number == number]
    )
    if found is None or not known or asked.get("sub_mchid") != found[0].payee:
        return _no(404, "RESOURCE_NOT_EXISTS")
    return 200, _told_return(*found, known[0], is_done=True)


def _found(trades: Trades, asked: dict[str, Any]) -> Trade | None:
    """Find the payment that is asked about, of the merchant that it belongs to."""
    trade = trades.find_transaction(_CHANNEL, asked.get("transaction_id", ""))
    return trade if trade is not None and trade.payee == asked.get("sub_mchid") else None


def _told(trade: Trade, share: Share, *, is_done: bool) -> dict[str, Any]:
    receiver = {
        "type": "MERCHANT_ID",
        "account": share.receiver or trade.payee,
        "amount": share.amount_fen or trade.amount_fen - trade.refunded_fen - trade.shared_fen,
        "description": "分账" if share.amount_fen else "解冻给分账方",
        "result": "SUCCESS" if is_done else "PENDING",
        "detail_id": share.detail_id,
        "finish_time": moment(share.at) if is_done else "",
    }
    return {
        "sub_mchid": trade.payee,
        "transaction_id": trade.transactions[0],
        "out_order_no": share.number,
        "order_id": share.order_id,
        "state": "FINISHED" if is_done else "PROCESSING",
        "receivers": [receiver],
    }


def _told_return(
    trade: Trade, share: Share, returned: ShareReturn, *, is_done: bool
) -> dict[str, Any]:
    return {
        "sub_mchid": trade.payee,
        "order_id": share.order_id,
        "out_order_no": share.number,
        "out_return_no": returned.number,
        "return_id": returned.return_id,
        "return_mchid": share.receiver,
        "amount": returned.amount_fen,
        "result": "SUCCESS" if is_done else "PROCESSING",
        "finish_time": moment(returned.at) if is_done else "",
    }


def _no(status: int, code: str) -> Told:
    return status, {"code": code, "message": code}
