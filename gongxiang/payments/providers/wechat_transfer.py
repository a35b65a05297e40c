"""WeChat Pay's transfers to persons, which each person confirms on his phone within a day.

    POST transfer-bills    GET …/out-bill-no/{number}    POST …/{number}/cancel

The same number sent again is the same transfer, and gives its package again. The name goes
encrypted for WeChat alone, which compares it with the one it knows.

Units: fen. Source: P4; reliability 1.4.
"""

from collections.abc import Mapping
from typing import Any, Final

from gongxiang.payments import channels
from gongxiang.payments.channels import WECHAT_BASE
from gongxiang.payments.provider import Provider
from gongxiang.payments.providers.wechat import ABSENT, call, moment_in, text_of, verified
from gongxiang.payments.transfer_wire import (
    TransferNotice,
    TransferOrder,
    TransferState,
    TransferTold,
)
from gongxiang.payments.wire import Declined, Unfitting, Unknown

SCENE: Final = "1000"
REMARK: Final = "零钱提现"
_REPORT: Final = (
    {"info_type": "活动名称", "info_content": "消费返利"},
    {"info_type": "奖励说明", "info_content": REMARK},
)
_NAMED_FROM_FEN: Final = 30
_FINISHED: Final = "MCHTRANSFER.BILL.FINISHED"
_ABSENT: Final = ABSENT | {"NOT_FOUND"}
_STATES: Final = {
    "ACCEPTED": TransferState.ACCEPTED,
    "PROCESSING": TransferState.ACCEPTED,
    "WAIT_USER_CONFIRM": TransferState.CONFIRM,
    "TRANSFERING": TransferState.MOVING,
    "SUCCESS": TransferState.DONE,
    "FAIL": TransferState.FAILED,
    "CANCELING": TransferState.CANCELLING,
    "CANCELLED": TransferState.CANCELLED,
}


def send(*, order: TransferOrder) -> TransferTold:
    """Send, or send again under the same number."""
    answer = call(
        lambda client: client.mch_transfer_bills(
            out_bill_no=order.number,
            transfer_scene_id=SCENE,
            openid=order.account,
            transfer_amount=order.amount_fen,
            transfer_remark=REMARK,
            user_name=order.name if order.amount_fen >= _NAMED_FROM_FEN else None,
            transfer_scene_report_infos=list(_REPORT),
            notify_url=order.notify_url,
        )
    )
    return _read(answer, order.number)


def query(*, number: str) -> TransferTold:
    """Ask where a transfer stands."""
    try:
        answer = call(lambda client: client.mch_transfer_bills_query(out_bill_no=number))
    except Declined as declined:
        if declined.code in _ABSENT:
            return TransferTold(provider=Provider.WECHAT, number=number, state=TransferState.ABSENT)
        raise
    return _read(answer, number)


def cancel(*, number: str) -> None:
    """Take back what was not confirmed; what was is declined."""
    call(lambda client: client.mch_transfer_bills_cancel(out_bill_no=number))


def read_notice(*, headers: Mapping[str, str], body: bytes, now: int) -> TransferNotice:
    """Check a notice and read it; raises `Rejected` and `Unfitting`."""
    said = verified(headers=headers, body=body, now=now)
    channel = channels.wechat()
    try:
        resource = said.told["resource"]
        if resource["mch_id"] != channel.mchid:
            raise Unfitting("another merchant's", body=said.text)
        if said.told["event_type"] != _FINISHED:
            raise Unfitting("another event", body=said.text)
        return TransferNotice(
            notification_id=text_of(said.told, "id"),
            body_hash=said.digest,
            body=said.text,
            told=_told(resource),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unfitting(f"not a transfer: {error!r}", body=said.text) from error


def confirm_page(*, number: str) -> str:
    """Give the sandbox's page for a transfer; nothing where the channel is WeChat itself."""
    base = channels.wechat().base
    return "" if base == WECHAT_BASE else f"{base}/phone/transfer/{number}"


def confirm_words(*, package: str) -> dict[str, str]:
    """Give what WeChat's own sheet is opened with (requestMerchantTransfer)."""
    channel = channels.wechat()
    return {"mchId": channel.mchid, "appId": channel.appid, "package": package}


def _read(answer: Mapping[str, Any], number: str) -> TransferTold:
    try:
        told = _told(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise Unknown(f"an answer that cannot be read: {error!r}") from error
    if told.number != number:
        raise Unknown("an answer about another transfer")
    return told


def _told(said: Mapping[str, Any]) -> TransferTold:
    amount = said.get("transfer_amount")
    if amount is not None and type(amount) is not int:
        raise ValueError("the amount is no whole number")
    return TransferTold(
        provider=Provider.WECHAT,
        number=text_of(said, "out_bill_no"),
        state=_STATES[said["state"]],
        amount_fen=amount,
        account=str(said.get("openid") or ""),
        package=str(said.get("package_info") or ""),
        reason=str(said.get("fail_reason") or ""),
        at=moment_in(said, "update_time"),
    )
