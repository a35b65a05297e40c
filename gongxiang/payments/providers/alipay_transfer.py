"""Alipay's transfers to persons: sent and done, nobody confirms them.

    alipay.fund.trans.uni.transfer       alipay.fund.trans.common.query

The account and the name must belong together, or the channel declines.

Units: fen; the channel writes yuan. Source: P4; reliability 1.4.
"""

from collections.abc import Mapping
from typing import Any, Final

from gongxiang.payments.provider import Provider
from gongxiang.payments.providers.alipay import call, moment_in
from gongxiang.payments.providers.yuan import fen_of, yuan_text
from gongxiang.payments.transfer_wire import TransferOrder, TransferState, TransferTold
from gongxiang.payments.wire import Declined, Payee, Unknown

TITLE: Final = "零钱提现"
_PRODUCT: Final = {"product_code": "TRANS_ACCOUNT_NO_PWD", "biz_scene": "DIRECT_TRANSFER"}
_OURS: Final = Payee(number="")
_ABSENT: Final = "ORDER_NOT_EXIST"
_STATES: Final = {
    "SUCCESS": TransferState.DONE,
    "DEALING": TransferState.MOVING,
    "WAIT_PAY": TransferState.ACCEPTED,
    "FAIL": TransferState.FAILED,
    "CLOSED": TransferState.CANCELLED,
    "REFUND": TransferState.FAILED,
}


def send(*, order: TransferOrder, now: int) -> TransferTold:
    """Send, or send again under the same number."""
    content = {
        "out_biz_no": order.number,
        "trans_amount": yuan_text(fen=order.amount_fen),
        **_PRODUCT,
        "order_title": TITLE,
        "payee_info": {
            "identity": order.account,
            "identity_type": "ALIPAY_LOGON_ID",
            "name": order.name,
        },
    }
    answer = call("alipay.fund.trans.uni.transfer", content, now, _OURS)
    return _told(answer, order.number)


def query(*, number: str, now: int) -> TransferTold:
    """Ask where a transfer stands."""
    try:
        answer = call(
            "alipay.fund.trans.common.query", {"out_biz_no": number, **_PRODUCT}, now, _OURS
        )
    except Declined as declined:
        if declined.code == _ABSENT:
            return TransferTold(provider=Provider.ALIPAY, number=number, state=TransferState.ABSENT)
        raise
    return _told(answer, number)


def _told(said: Mapping[str, Any], number: str) -> TransferTold:
    state = _STATES.get(str(said.get("status")))
    if state is None or said.get("out_biz_no") != number:
        raise Unknown("an answer about something else")
    written = said.get("trans_amount")
    try:
        amount = None if written is None else fen_of(written=str(written))
    except ValueError as error:
        raise Unknown(f"an amount that cannot be read: {written!r}") from error
    return TransferTold(
        provider=Provider.ALIPAY,
        number=number,
        state=state,
        amount_fen=amount,
        reason=str(said.get("error_code") or ""),
        at=moment_in(said, "pay_date") or moment_in(said, "trans_date"),
    )
