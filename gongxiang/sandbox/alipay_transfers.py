"""Alipay's transfers to persons as they look on the wire: done as soon as they are taken.

    alipay.fund.trans.uni.transfer       alipay.fund.trans.common.query

Units: fen; the wire says yuan. Source: P4; reliability 1.4.
"""

import re
from typing import Any, Final

from gongxiang.sandbox.alipay_shares import stamp
from gongxiang.sandbox.transfers import Transfer, Transfers

CHANNEL: Final = "alipay"
SEND: Final = "alipay.fund.trans.uni.transfer"
QUERY: Final = "alipay.fund.trans.common.query"
METHODS: Final = frozenset({SEND, QUERY})
_DONE: Final = {"code": "10000", "msg": "Success"}
_AMOUNT: Final = re.compile(r"([0-9]{1,9})\.([0-9]{2})")


def answer(method: str, content: dict[str, Any], transfers: Transfers) -> dict[str, Any]:
    """Answer a call about transfers."""
    if method == QUERY:
        known = transfers.find(CHANNEL, content["out_biz_no"])
        if known is None:
            return _no("ORDER_NOT_EXIST")
        amount = f"{known.amount_fen // 100}.{known.amount_fen % 100:02}"
        told = {"out_biz_no": known.number, "order_id": known.bill, "status": "SUCCESS"}
        return {**_DONE, **told, "trans_amount": amount, "pay_date": _paid_at(known)}
    match = _AMOUNT.fullmatch(content["trans_amount"])
    payee = content["payee_info"]
    if match is None or not payee.get("identity") or not payee.get("name"):
        return _no("INVALID_PARAMETER")
    amount_fen = int(match[1]) * 100 + int(match[2])
    transfer = transfers.open(
        CHANNEL,
        content["out_biz_no"],
        account=payee["identity"],
        name=payee["name"],
        amount_fen=amount_fen,
        notify="",
    )
    if (transfer.amount_fen, transfer.account) != (amount_fen, payee["identity"]):
        return _no("REQUEST_PROCESSING")
    told = {"out_biz_no": transfer.number, "order_id": transfer.bill, "status": "SUCCESS"}
    return {**_DONE, **told, "trans_date": _paid_at(transfer)}


def _paid_at(transfer: Transfer) -> str:
    return stamp(transfer.ended_at * 1_000_000)


def _no(code: str) -> dict[str, Any]:
    return {"code": "40004", "msg": "Business Failed", "sub_code": code, "sub_msg": code}
