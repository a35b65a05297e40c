"""WeChat Pay v3 as a service provider: the SDK signs; what it lets pass is checked here.

    answers   every call has a time limit; what is not signed by the pinned key is no answer
    notices   size, headers, pinned serial, age; only then the SDK; then whose notice it is

The payee is the store's own number (sub_mchid); its money waits there until it was shared (P2).

Units: fen; moments in microseconds.
Source: P1, P2; reliability 1.4.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NoReturn

import msgspec
from wechatpayv3 import WeChatPay, WeChatPayType

from gongxiang.base.clock import SECOND, SHANGHAI_OFFSET, format_at, parse_at
from gongxiang.payments import channels
from gongxiang.payments.channels import WechatChannel
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import (
    Declined,
    Notice,
    Payee,
    Prepay,
    RefundOrder,
    RefundState,
    Rejected,
    Trade,
    TradeState,
    Unfitting,
    Unknown,
)

BODY_MAX: Final = 64 * 1024
AGE_MAX: Final = 300 * SECOND
TIMEOUT: Final = (3, 10)
CURRENCY: Final = "CNY"
PACKAGE: Final = "prepay_id="
"""How the hand-off of a payment begins that opens WeChat's sheet, and no page."""
_HEADERS: Final = {
    name: f"HTTP_WECHATPAY_{name.upper()}" for name in ("serial", "timestamp", "nonce", "signature")
}
_STATES: Final = {
    "SUCCESS": TradeState.PAID,
    "REFUND": TradeState.PAID,
    "NOTPAY": TradeState.OPEN,
    "USERPAYING": TradeState.PAYING,
    "PAYERROR": TradeState.OPEN,
    "ACCEPT": TradeState.PAYING,
    "CLOSED": TradeState.CLOSED,
    "REVOKED": TradeState.CLOSED,
}
_REFUNDS: Final = {
    "SUCCESS": RefundState.DONE,
    "PROCESSING": RefundState.PROCESSING,
    "CLOSED": RefundState.FAILED,
}
_STUCK: Final = "ABNORMAL"
"""The payer's card took nothing: the money lies with the channel, which may pay it yet."""
ABSENT: Final = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_TOO_MANY: Final = 429
_NOT_KNOWN: Final = frozenset({"SYSTEM_ERROR", "FREQUENCY_LIMITED", "BANKERROR"})


def prepay(*, order: Prepay) -> str:
    """Open a payment; give the address where the payer goes on, or the package of WeChat's sheet.

    WeChat's own browser refuses the address (H5) and any other knows no sheet (JSAPI).
    """
    scene: dict[str, Any] = {"payer_client_ip": order.payer_address}
    if order.payer:
        payer = {"sp_openid": order.payer}
        opened = _opened(order, scene, "prepay_id", pay_type=WeChatPayType.JSAPI, payer=payer)
        return f"{PACKAGE}{opened}"
    scene["h5_info"] = {"type": "Wap"}
    return _opened(order, scene, "h5_url", pay_type=WeChatPayType.H5)


def _opened(order: Prepay, scene: dict[str, Any], wanted: str, **way: object) -> str:
    """Open a payment in a way, and give what is wanted of the answer."""
    answer = call(
        lambda client: client.pay(
            description=order.description,
            out_trade_no=order.number,
            amount={"total": order.amount_fen, "currency": CURRENCY},
            time_expire=_shanghai(order.expires_at),
            notify_url=order.notify_url,
            sub_mchid=order.payee.number,
            settle_info={"profit_sharing": order.is_shared},
            scene_info=scene,
            **way,
        )
    )
    try:
        return text_of(answer, wanted)
    except ValueError as error:
        raise Unknown("an answer that does not say where to go on") from error


def query(*, number: str, payee: Payee) -> Trade:
    """Ask where a payment stands."""
    try:
        answer = call(lambda client: client.query(out_trade_no=number, sub_mchid=payee.number))
    except Declined as declined:
        if declined.code in ABSENT:
            return Trade(provider=Provider.WECHAT, number=number, state=TradeState.ABSENT)
        raise
    try:
        return _trade(answer)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unknown(f"an answer that cannot be read: {error!r}") from error


def close(*, number: str, payee: Payee) -> None:
    """Let nobody pay any more; a payment that was made meanwhile declines it."""
    call(lambda client: client.close(out_trade_no=number, sub_mchid=payee.number))


def refund(*, order: RefundOrder) -> RefundState:
    """Send money back; the same number twice is one refund."""
    answer = call(
        lambda client: client.refund(
            out_refund_no=order.number,
            sub_mchid=order.payee.number,
            transaction_id=order.transaction_id,
            amount={"refund": order.amount_fen, "total": order.total_fen, "currency": CURRENCY},
        )
    )
    return _refund_state(answer, order)


def query_refund(*, order: RefundOrder) -> RefundState:
    """Ask where a refund stands."""
    try:
        answer = call(
            lambda client: client.query_refund(
                out_refund_no=order.number, sub_mchid=order.payee.number
            )
        )
    except Declined as declined:
        if declined.code in ABSENT:
            return RefundState.ABSENT
        raise
    return _refund_state(answer, order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A notice that WeChat signed: what it says, decrypted, and its text as it came."""

    told: Mapping[str, Any]
    text: str

    @property
    def digest(self) -> bytes:
        """Give the text's hash."""
        return hashlib.sha256(self.text.encode()).digest()


def read_notice(*, headers: Mapping[str, str], body: bytes, now: int) -> Notice:
    """Check a notice and read it; raises `Rejected` and `Unfitting`."""
    said = verified(headers=headers, body=body, now=now)
    try:
        return _notice(said, channels.wechat())
    except (AttributeError, KeyError, TypeError, ValueError, Unknown) as error:
        raise Unfitting(f"not a payment: {error!r}", body=said.text) from error


def verified(*, headers: Mapping[str, str], body: bytes, now: int) -> Verified:
    """Check size, headers, serial, age and signature of a notice; raises `Rejected`."""
    channel = channels.wechat()
    text = _readable(body)
    _check_headers(headers, channel, now)
    try:
        told = _client(channel).callback(dict(headers), text)
    except Exception as error:  # the SDK raises bare ones; whatever it was, nobody proved himself
        raise Rejected(401, f"not verified: {error!r}") from error
    if not told:
        raise Rejected(401, "not verified")
    return Verified(told=told, text=text)


def _readable(body: bytes) -> str:
    if len(body) > BODY_MAX:
        raise Rejected(413, "larger than any notice")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Rejected(400, "not UTF-8") from error


def _check_headers(headers: Mapping[str, str], channel: WechatChannel, now: int) -> None:
    """Refuse what the SDK would pass or ask the network about."""
    values = {name: headers.get(header, "") for name, header in _HEADERS.items()}
    if not all(values.values()):
        raise Rejected(401, "a header is missing")
    if values["serial"] != channel.public_key_id:
        raise Rejected(401, "unknown serial")
    stamp = values["timestamp"]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= len(str(now))):
        raise Rejected(401, "unreadable timestamp")
    if abs(now - int(stamp) * SECOND) > AGE_MAX:
        raise Rejected(401, "too old or from the future")


def _notice(said: Verified, channel: WechatChannel) -> Notice:
    resource = said.told["resource"]
    if resource["sp_mchid"] != channel.mchid or resource["sp_appid"] != channel.appid:
        raise Unfitting("another merchant's", body=said.text)
    if said.told["event_type"] != "TRANSACTION.SUCCESS":
        raise Unfitting("another event", body=said.text)
    return Notice(
        notification_id=text_of(said.told, "id"),
        body_hash=said.digest,
        body=said.text,
        trade=_trade(resource),
    )


def _trade(said: Mapping[str, Any]) -> Trade:
    state = _STATES.get(str(said.get("trade_state")))
    if state is None:
        raise Unknown(f"an unknown state: {said.get('trade_state')!r}")
    number = text_of(said, "out_trade_no")
    if state is not TradeState.PAID:
        return Trade(provider=Provider.WECHAT, number=number, state=state)
    amount = said["amount"]
    total = amount["total"]
    if type(total) is not int:
        raise ValueError("the amount is no whole number")
    return Trade(
        provider=Provider.WECHAT,
        number=number,
        state=state,
        transaction_id=text_of(said, "transaction_id"),
        amount_fen=total,
        currency=str(amount["currency"]),
        payer=text_of(said["payer"], "sp_openid"),
        payee=text_of(said, "sub_mchid"),
        paid_at=parse_at(text_of(said, "success_time")),
    )


def _refund_state(said: Mapping[str, Any], order: RefundOrder) -> RefundState:
    status = str(said.get("status"))
    if status == _STUCK:
        raise Unknown(_STUCK)
    state = _REFUNDS.get(status)
    if state is None or said.get("out_refund_no") != order.number:
        raise Unknown("an answer about something else")
    return state


def call(ask: Callable[[Any], tuple[int, Any]]) -> Mapping[str, Any]:
    """Make one call; raises `Declined` when the channel says no, else `Unknown`."""
    try:
        status, body = ask(_client(channels.wechat()))
        answer = msgspec.json.decode(body) if body else {}
    except Exception as error:  # a time limit, a broken line, an unsigned answer: all the same
        raise Unknown(f"no answer: {error!r}") from error
    if not isinstance(answer, dict):
        raise Unknown("no answer that can be read")
    if 200 <= status < 300:  # noqa: PLR2004  the answers that are signed
        return answer
    code = str(answer.get("code", ""))
    if status >= 500 or status == _TOO_MANY or not code or code in _NOT_KNOWN:  # noqa: PLR2004  theirs
        raise Unknown(f"status {status} {code}")
    raise Declined(code)


def client_of() -> Any:  # noqa: ANN401  the SDK has no types
    """Give the SDK's client of the channel."""
    return _client(channels.wechat())


@lru_cache(maxsize=4)
def _client(channel: WechatChannel) -> Any:  # noqa: ANN401  the SDK has no types
    """Make the SDK's client: time limits, the pinned key, never a call for certificates."""
    client = WeChatPay(
        wechatpay_type=WeChatPayType.H5,
        mchid=channel.mchid,
        private_key=channel.private_key,
        cert_serial_no=channel.serial,
        appid=channel.appid,
        apiv3_key=channel.api_key,
        public_key=channel.public_key,
        public_key_id=channel.public_key_id,
        timeout=TIMEOUT,
        partner_mode=True,
    )
    core = client._core  # noqa: SLF001  the SDK offers no way to name another host
    core._gate_way = channel.base  # noqa: SLF001  the same
    core._update_certificates = _refuse_certificates  # noqa: SLF001  a forged serial asks nobody
    return client


def _refuse_certificates() -> NoReturn:
    raise PermissionError("only the pinned key counts")


def text_of(said: Mapping[str, Any], name: str) -> str:
    """Give a text of an answer; raises `ValueError` where there is none."""
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"no {name}")
    return value


def _shanghai(at: int) -> str:
    return format_at(at // SECOND * SECOND + SHANGHAI_OFFSET).replace("Z", "+08:00")
