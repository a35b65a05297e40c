"""Profit sharing of Alipay as it looks on the wire.

    alipay.trade.royalty.relation.bind       a receiver is known
    alipay.trade.order.settle                share; royalty_finish frees the rest
    alipay.trade.order.settle.query          query
    alipay.trade.order.onsettle.query        how much is frozen yet

Money of a share goes back with the refund (refund_royalty_parameters), see `take_back`.

Units: fen; the wire says yuan. Source: P2; reliability 1.4.
"""

import time
from typing import Any, Final

from gongxiang.sandbox.trades import Trade, Trades

_CHANNEL: Final = "alipay"
_DONE: Final = {"code": "10000", "msg": "Success"}
Asked = dict[str, Any]


def bind(content: Asked, trades: Trades) -> Asked:
    """Know a receiver."""
    trades.receivers |= {each["account"] for each in content["receiver_list"]}
    return {**_DONE, "result_code": "SUCCESS"}


def settle(content: Asked, trades: Trades) -> Asked:
    """Share a payment, or free it whole where nothing is shared."""
    trade = _found(content, trades)
    if trade is None:
        return no("ACQ.TRADE_NOT_EXIST")
    parts = content.get("royalty_parameters") or [{"trans_in": "", "amount": "0.00"}]
    (part,) = parts
    amount_fen = fen(part["amount"])
    share = trades.share(
        trade,
        number=content["out_request_no"],
        receiver=part["trans_in"],
        amount_fen=amount_fen,
        is_last=content.get("extend_params", {}).get("royalty_finish") == "true",
    )
    if isinstance(share, str) or share.amount_fen != amount_fen:
        return no("ACQ.ALLOC_AMOUNT_VALIDATE_ERROR")
    return {**_DONE, "trade_no": content["trade_no"], "settle_no": share.order_id}


def query(content: Asked, trades: Trades) -> Asked:
    """Tell where a share stands."""
    trade, found = _found(content, trades), trades.find_share(_CHANNEL, content["out_request_no"])
    if trade is None or found is None or found[0] is not trade:
        return no("ACQ.TRADE_SETTLE_NOT_EXIST")
    _, share = found
    detail = {
        "operation_type": "transfer",
        "trans_out": trade.payee,
        "trans_in": share.receiver,
        "amount": yuan(share.amount_fen),
        "state": "SUCCESS",
        "execute_dt": stamp(share.at),
        "detail_id": share.detail_id,
    }
    details = [detail] if share.amount_fen else []
    return {**_DONE, "out_request_no": share.number, "royalty_detail_list": details}


def unshared(content: Asked, trades: Trades) -> Asked:
    """Tell how much of a payment is frozen yet."""
    trade = _found(content, trades)
    if trade is None:
        return no("ACQ.TRADE_NOT_EXIST")
    return {**_DONE, "unsettled_amount": yuan(trade.unshared_fen)}


def take_back(content: Asked, trade: Trade, trades: Trades) -> bool:
    """Return what a refund says of the share; False when that is too much."""
    number = content["out_request_no"]
    for part in content.get("refund_royalty_parameters", []):
        share, amount_fen = next(iter(trade.shares), None), fen(part["amount"])
        if share is None or not trades.return_share(
            trade, share, number=number, amount_fen=amount_fen
        ):
            return False
    return True


def no(code: str) -> Asked:
    """Say no."""
    return {"code": "40004", "msg": "Business Failed", "sub_code": code, "sub_msg": code}


def yuan(amount_fen: int) -> str:
    """Write fen as the channel does.

    >>> yuan(12_805)
    '128.05'
    """
    return f"{amount_fen // 100}.{amount_fen % 100:02}"


def stamp(at: int) -> str:
    """Write a moment as the channel does.

    >>> stamp(1_000_000)
    '1970-01-01 08:00:01'
    """
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at // 1_000_000 + 8 * 3_600))


def fen(written: str) -> int:
    """Read yuan as the channel does.

    >>> fen("128.05")
    12805
    """
    whole, _, rest = written.partition(".")
    return int(whole) * 100 + int(rest)


def _found(content: Asked, trades: Trades) -> Trade | None:
    trade = trades.find_transaction(_CHANNEL, content.get("trade_no", ""))
    return trade if trade is not None and trade.payee == content["seller_id"] else None
