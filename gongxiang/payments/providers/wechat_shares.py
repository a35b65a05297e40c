"""Profit sharing at WeChat Pay: to the service provider's own number, the rest freed at once.

    share    one receiver, unfreeze_unsplit       free    nothing is shared
    unshared_fen   what is frozen yet
    return   money of a share goes back to the store, before a refund

The channel accepts first and does it later: only a query says that it is done.

Units: fen. Source: P2; reliability 1.4.
"""

from collections.abc import Mapping
from typing import Any, Final

from gongxiang.payments import channels
from gongxiang.payments.providers.wechat import ABSENT, call, moment_in
from gongxiang.payments.wire import (
    Declined,
    Payee,
    RefundOrder,
    RefundState,
    RefundTold,
    ShareOrder,
    Unknown,
)

_TYPE: Final = "MERCHANT_ID"
_RETURNS: Final = {
    "SUCCESS": RefundState.DONE,
    "PROCESSING": RefundState.PROCESSING,
    "FAILED": RefundState.FAILED,
}


def bind(*, payee: Payee) -> None:
    """Let the platform be a receiver of a store's shares; the same again is no change."""
    channel = channels.wechat()
    call(
        lambda client: client.profitsharing_add_receiver(
            account_type=_TYPE,
            account=channel.mchid,
            relation_type="SERVICE_PROVIDER",
            name=channel.name or None,
            sub_mchid=payee.number,
        )
    )


def share(*, order: ShareOrder) -> RefundTold:
    """Share a payment and free the rest; the same number twice is one share."""
    receiver = {
        "type": _TYPE,
        "account": channels.wechat().mchid,
        "amount": order.amount_fen,
        "description": "平台抽成",
    }
    if order.amount_fen:
        answer = call(
            lambda client: client.profitsharing_order(
                transaction_id=order.transaction_id,
                out_order_no=order.number,
                receivers=[receiver],
                unfreeze_unsplit=True,
                sub_mchid=order.payee.number,
            )
        )
    else:
        answer = call(
            lambda client: client.profitsharing_unfreeze(
                transaction_id=order.transaction_id,
                out_order_no=order.number,
                description="解冻剩余资金",
                sub_mchid=order.payee.number,
            )
        )
    return _shared(answer, order)


def query(*, order: ShareOrder) -> RefundTold:
    """Ask where a share stands."""
    try:
        answer = call(
            lambda client: client.profitsharing_order_query(
                transaction_id=order.transaction_id,
                out_order_no=order.number,
                sub_mchid=order.payee.number,
            )
        )
    except Declined as declined:
        if declined.code in ABSENT:
            return RefundTold(state=RefundState.ABSENT)
        raise
    return _shared(answer, order)


def unshared_fen(*, transaction_id: str) -> int:
    """Ask how much of a payment is frozen yet."""
    said = call(
        lambda client: client.profitsharing_amount_query(transaction_id=transaction_id),
    )
    left_fen = said.get("unsplit_amount")
    if said.get("transaction_id") != transaction_id or not isinstance(left_fen, int):
        raise Unknown("an answer that cannot be read")
    return left_fen


def return_share(*, order: RefundOrder) -> RefundTold:
    """Send money of a share back to the store; the same number twice is one return."""
    answer = call(
        lambda client: client.profitsharing_return(
            out_order_no=order.share_number,
            out_return_no=order.return_number,
            return_mchid=channels.wechat().mchid,
            amount=order.returned_fen,
            description="用户退款",
            sub_mchid=order.payee.number,
        )
    )
    return _returned(answer, order)


def query_return(*, order: RefundOrder) -> RefundTold:
    """Ask where a return stands."""
    try:
        answer = call(
            lambda client: client.profitsharing_return_query(
                out_order_no=order.share_number,
                out_return_no=order.return_number,
                sub_mchid=order.payee.number,
            )
        )
    except Declined as declined:
        if declined.code in ABSENT:
            return RefundTold(state=RefundState.ABSENT)
        raise
    return _returned(answer, order)


def _shared(said: Mapping[str, Any], order: ShareOrder) -> RefundTold:
    """Read where a share stands: done when all of it is, failed when the platform got nothing."""
    if said.get("out_order_no") != order.number:
        raise Unknown("an answer about something else")
    if said.get("state") == "PROCESSING":
        return RefundTold(state=RefundState.PROCESSING)
    mine = [
        each for each in said.get("receivers", []) if each.get("account") == channels.wechat().mchid
    ]
    if said.get("state") != "FINISHED" or (order.amount_fen and len(mine) != 1):
        raise Unknown("an answer that cannot be read")
    if any(each.get("result") != "SUCCESS" for each in mine):
        return RefundTold(state=RefundState.FAILED)
    if any(each.get("amount") != order.amount_fen for each in mine):
        raise Unknown("an answer about another amount")
    at = max((moment_in(each, "finish_time") for each in mine), default=0)
    return RefundTold(state=RefundState.DONE, at=at)


def _returned(said: Mapping[str, Any], order: RefundOrder) -> RefundTold:
    state = _RETURNS.get(str(said.get("result")))
    if state is None or said.get("out_return_no") != order.return_number:
        raise Unknown("an answer about something else")
    return RefundTold(state=state, at=moment_in(said, "finish_time"))
