"""Alipay on behalf of stores: a client of our own; RSA2 with SHA-256 and nothing else, both ways.

    asked     sign(sorted name=value joined by &)          the payer's page, and server calls
    answered  sign(the very bytes of the answer's object)  checked before anything is read
    noticed   sign(sorted name=value without sign, sign_type)

The payee is the store's own account (seller_id); what is done for it bears its authorization, and
its money waits there until it was shared (P2).

Units: fen; the channel writes yuan with two decimals.
Source: P1, P2; reliability 1.4 (10).
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from gongxiang.base.clock import SECOND, SHANGHAI_OFFSET, format_at
from gongxiang.payments import channels
from gongxiang.payments.channels import AlipayChannel
from gongxiang.payments.provider import Provider
from gongxiang.payments.providers.yuan import fen_of, moment_of, yuan_text
from gongxiang.payments.wire import (
    Declined,
    Notice,
    Payee,
    Prepay,
    RefundOrder,
    RefundState,
    RefundTold,
    Rejected,
    Trade,
    TradeState,
    Unfitting,
    Unknown,
)

BODY_MAX: Final = 64 * 1024
FIELDS_MAX: Final = 100
TIMEOUT: Final = (3, 10)
AGE_MAX: Final = 26 * 3_600 * SECOND
"""Alipay comes again for some 25 hours, and does not say whether it writes a new time."""
EARLY_MAX: Final = 300 * SECOND
CURRENCY: Final = "CNY"
DONE: Final = "10000"
_STATES: Final = {
    "WAIT_BUYER_PAY": TradeState.OPEN,
    "TRADE_SUCCESS": TradeState.PAID,
    "TRADE_FINISHED": TradeState.PAID,
    "TRADE_CLOSED": TradeState.CLOSED,
}
_ABSENT: Final = "ACQ.TRADE_NOT_EXIST"
TROUBLE: Final = frozenset({"20000", "40005"})
"""Trouble of its own, and more calls than it takes: neither answers what was asked."""
_NOT_KNOWN: Final = frozenset({"ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error"})


def prepay(*, order: Prepay, now: int) -> str:
    """Give the signed address of the payer's page; the channel hears of it when he goes there."""
    channel = channels.alipay()
    content: dict[str, Any] = {
        "out_trade_no": order.number,
        "seller_id": order.payee.number,
        "extend_params": {"royalty_freeze": str(order.is_shared).lower()},
        "total_amount": yuan_text(fen=order.amount_fen),
        "subject": order.description,
        "product_code": "QUICK_WAP_WAY",
        "time_expire": _stamp(order.expires_at),
    }
    asked = _asked(channel, "alipay.trade.wap.pay", _for_store(content, order.payee), now)
    asked |= {"notify_url": order.notify_url, "return_url": order.return_url}
    return f"{channel.base}?{urlencode(_signed(asked, channel))}"


def query(*, number: str, payee: Payee, now: int) -> Trade:
    """Ask where a payment stands."""
    try:
        answer = call("alipay.trade.query", {"out_trade_no": number}, now, payee)
    except Declined as declined:
        if declined.code == _ABSENT:
            return Trade(provider=Provider.ALIPAY, number=number, state=TradeState.ABSENT)
        raise
    try:
        return _trade(answer, answer.get("send_pay_date", ""), payee.number)
    except (KeyError, ValueError) as error:
        raise Unknown(f"an answer that cannot be read: {error!r}") from error


def close(*, number: str, payee: Payee, now: int) -> None:
    """Let nobody pay any more; one that never began is closed already."""
    try:
        call("alipay.trade.close", {"out_trade_no": number}, now, payee)
    except Declined as declined:
        if declined.code != _ABSENT:
            raise


def refund(*, order: RefundOrder, now: int) -> RefundTold:
    """Send money back; the same number twice is one refund."""
    content: dict[str, Any] = {
        "trade_no": order.transaction_id,
        "refund_amount": yuan_text(fen=order.amount_fen),
        "out_request_no": order.number,
    }
    if order.returned_fen:
        content["refund_royalty_parameters"] = [
            {
                "royalty_type": "transfer",
                "trans_out_type": "userId",
                "trans_out": channels.alipay().seller_id,
                "amount": yuan_text(fen=order.returned_fen),
                "desc": "用户退款",
            }
        ]
    answer = call("alipay.trade.refund", content, now, order.payee)
    is_done = answer.get("fund_change") == "Y"
    state = RefundState.DONE if is_done else RefundState.PROCESSING
    return RefundTold(state=state, at=moment_in(answer, "gmt_refund_pay"))


def query_refund(*, order: RefundOrder, now: int) -> RefundTold:
    """Ask where a refund stands; an answer without a state means that there is none."""
    content = {
        "trade_no": order.transaction_id,
        "out_request_no": order.number,
        "query_options": ["gmt_refund_pay"],
    }
    answer = call("alipay.trade.fastpay.refund.query", content, now, order.payee)
    is_done = answer.get("refund_status") == "REFUND_SUCCESS"
    state = RefundState.DONE if is_done else RefundState.ABSENT
    return RefundTold(state=state, at=moment_in(answer, "gmt_refund_pay"))


def read_notice(*, body: bytes, now: int) -> Notice:
    """Check a notice and read it, received at a moment; raises `Rejected` and `Unfitting`."""
    channel = channels.alipay()
    said = _fields(body)
    signature = said.pop("sign", "")
    if said.pop("sign_type", "") != "RSA2":
        raise Rejected(401, "not RSA2")
    if not is_signed(_joined(said).encode(), signature, channel.public_key):
        raise Rejected(401, "not verified")
    _check_age(said.get("notify_time", ""), now)
    text = body.decode()
    if said.get("app_id") != channel.app_id:
        raise Unfitting("another merchant's", body=text)
    try:
        trade = _trade(said, said.get("gmt_payment", ""), said["seller_id"])
        notification_id = said["notify_id"]
    except (KeyError, ValueError, Unknown) as error:
        raise Unfitting(f"not a payment: {error!r}", body=text) from error
    digest = hashlib.sha256(body).digest()
    return Notice(notification_id=notification_id, body_hash=digest, body=text, trade=trade)


def _check_age(stamp: str, now: int) -> None:
    """Refuse what was sent longer ago than Alipay goes on sending, or is not sent yet."""
    try:
        age = now - moment_of(stamp=stamp)
    except ValueError as error:
        raise Rejected(401, "unreadable time") from error
    if not -EARLY_MAX <= age <= AGE_MAX:
        raise Rejected(401, "too old or from the future")


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    """Tell whether a message bears this signature of this key."""
    try:
        _public(public_key).verify(
            base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256()
        )
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _trade(said: Mapping[str, Any], stamp: str, payee: str) -> Trade:
    state = _STATES.get(said["trade_status"])
    if state is None:
        raise Unknown(f"an unknown state: {said['trade_status']!r}")
    if state is not TradeState.PAID:
        return Trade(provider=Provider.ALIPAY, number=said["out_trade_no"], state=state)
    payer = said.get("buyer_open_id") or said.get("buyer_id") or said.get("buyer_user_id")
    if not payer:
        raise ValueError("no payer")
    return Trade(
        provider=Provider.ALIPAY,
        number=said["out_trade_no"],
        state=state,
        transaction_id=said["trade_no"],
        amount_fen=fen_of(written=said["total_amount"]),
        currency=said.get("trans_currency", CURRENCY),
        payer=payer,
        payee=payee,
        paid_at=moment_of(stamp=stamp),
    )


def _fields(body: bytes) -> dict[str, str]:
    if len(body) > BODY_MAX:
        raise Rejected(413, "larger than any notice")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError as error:
        raise Rejected(400, "unreadable") from error
    if len(dict(pairs)) != len(pairs):
        raise Rejected(400, "a field stands twice")
    return dict(pairs)


def call(method: str, content: Mapping[str, Any], now: int, payee: Payee) -> Mapping[str, Any]:
    """Make one call for a store; raises `Declined` when the channel says no, else `Unknown`."""
    answers = (f"{method.replace('.', '_')}_response",)
    read = ask(method, _for_store(content, payee), now, answers=answers)
    code = str(read.get("sub_code") or read.get("code"))
    if read.get("code") == DONE:
        return read
    if code in _NOT_KNOWN or read.get("code") in TROUBLE:
        raise Unknown(code)
    raise Declined(code)


def ask(
    method: str, own: Mapping[str, str], now: int, *, answers: Sequence[str]
) -> Mapping[str, Any]:
    """Ask the gateway, signed; give the object of the first of the names that it signed.

    Raises `Unknown`.
    """
    channel = channels.alipay()
    asked = _signed(_asked(channel, method, own, now), channel)
    try:
        response = requests.post(channel.base, data=asked, timeout=TIMEOUT, allow_redirects=False)
        said = response.content.decode("utf-8")
        answer, signature = _parts(said, answers)
    except (requests.RequestException, ValueError, KeyError) as error:
        raise Unknown(f"no answer: {error!r}") from error
    if not is_signed(answer.encode(), signature, channel.public_key):
        raise Unknown("an answer that the channel did not sign")
    read: Mapping[str, Any] = json.loads(answer)
    return read


def moment_in(said: Mapping[str, Any], name: str) -> int:
    """Give a moment of an answer; 0 where it tells none."""
    try:
        return moment_of(stamp=str(said.get(name)))
    except ValueError:
        return 0


def _parts(said: str, answers: Sequence[str]) -> tuple[str, str]:
    """Cut the answer's object out of the text as it stands, with its signature."""
    told = json.loads(said)
    name = next((f'"{one}":' for one in answers if one in told), "")
    if not name:
        raise ValueError("an answer to something else")
    start = said.index(name) + len(name)
    _, end = json.JSONDecoder().raw_decode(said, start)
    return said[start:end], str(told["sign"])


def _for_store(content: Mapping[str, Any], payee: Payee) -> dict[str, str]:
    return {
        "app_auth_token": payee.authorization,
        "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
    }


def _asked(channel: AlipayChannel, method: str, own: Mapping[str, str], now: int) -> dict[str, str]:
    return {
        "app_id": channel.app_id,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": _stamp(now),
        "version": "1.0",
        **own,
    }


def _signed(asked: Mapping[str, str], channel: AlipayChannel) -> dict[str, str]:
    signature = _private(channel.private_key).sign(_joined(asked).encode(), PKCS1v15(), SHA256())
    return {**asked, "sign": base64.b64encode(signature).decode()}


def _joined(fields: Mapping[str, str]) -> str:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])


def _stamp(at: int) -> str:
    return format_at(at // SECOND * SECOND + SHANGHAI_OFFSET).replace("T", " ")[:19]


@lru_cache(maxsize=4)
def _private(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, RSAPrivateKey), "Alipay's RSA2 needs an RSA key"
    return key


@lru_cache(maxsize=4)
def _public(pem: str) -> RSAPublicKey:
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, RSAPublicKey), "Alipay's RSA2 needs an RSA key"
    return key
