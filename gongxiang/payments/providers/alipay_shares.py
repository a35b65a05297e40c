"""Profit sharing at Alipay: to the platform's own account, the rest freed at once.

What goes back to a store goes with the refund that it is for (alipay.refund).

Units: fen; the channel writes yuan. Source: P2; reliability 1.4.
"""

from typing import Any, Final

from gongxiang.payments import channels
from gongxiang.payments.providers.alipay import call, moment_in
from gongxiang.payments.providers.yuan import fen_of, yuan_text
from gongxiang.payments.wire import Declined, Payee, RefundState, RefundTold, ShareOrder, Unknown

_ABSENT: Final = frozenset({"ACQ.TRADE_SETTLE_NOT_EXIST", "ACQ.TRADE_NOT_EXIST"})
_STATES: Final = {
    "SUCCESS": RefundState.DONE,
    "PROCESSING": RefundState.PROCESSING,
    "FAIL": RefundState.FAILED,
}


def bind(*, payee: Payee, now: int) -> None:
    """Let the platform be a receiver of a store's shares; the same again is no change."""
    receiver = {"type": "userId", "account": channels.alipay().seller_id, "memo": "平台抽成"}
    content = {"receiver_list": [receiver], "out_request_no": f"GXB{payee.number}"}
    call("alipay.trade.royalty.relation.bind", content, now, payee)


def share(*, order: ShareOrder, now: int) -> RefundTold:
    """Share a payment and free the rest; the same number twice is one share."""
    content: dict[str, Any] = {
        "out_request_no": order.number,
        "trade_no": order.transaction_id,
        "royalty_mode": "async",
        "extend_params": {"royalty_finish": "true"},
    }
    if order.amount_fen:
        content["royalty_parameters"] = [
            {
                "royalty_type": "transfer",
                "trans_in_type": "userId",
                "trans_in": channels.alipay().seller_id,
                "amount": yuan_text(fen=order.amount_fen),
                "desc": "平台抽成",
            }
        ]
    call("alipay.trade.order.settle", content, now, order.payee)
    return RefundTold(state=RefundState.PROCESSING)


def query(*, order: ShareOrder, now: int) -> RefundTold:
    """Ask where a share stands."""
    content = {"out_request_no": order.number, "trade_no": order.transaction_id}
    try:
        answer = call("alipay.trade.order.settle.query", content, now, order.payee)
    except Declined as declined:
        if declined.code in _ABSENT:
            return RefundTold(state=RefundState.ABSENT)
        raise
    mine = [
        each
        for each in answer.get("royalty_detail_list", [])
        if each.get("trans_in") == channels.alipay().seller_id
    ]
    if not order.amount_fen:
        return RefundTold(state=RefundState.DONE)
    if len(mine) != 1 or fen_of(written=str(mine[0].get("amount"))) != order.amount_fen:
        raise Unknown("an answer that cannot be read")
    state = _STATES.get(str(mine[0].get("state")))
    if state is None:
        raise Unknown("an unknown state")
    return RefundTold(state=state, at=moment_in(mine[0], "execute_dt"))


def unshared_fen(*, transaction_id: str, payee: Payee, now: int) -> int:
    """Ask how much of a payment is frozen yet."""
    answer = call("alipay.trade.order.onsettle.query", {"trade_no": transaction_id}, now, payee)
    try:
        return fen_of(written=str(answer.get("unsettled_amount")))
    except ValueError as error:
        raise Unknown("an answer that cannot be read") from error
