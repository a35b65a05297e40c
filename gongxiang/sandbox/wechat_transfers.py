"""WeChat Pay's transfers to persons as they look on the wire.

    POST /v3/fund-app/mch-transfer/transfer-bills                              send
    GET  /v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{number}         query
    POST /v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{number}/cancel  cancel

A transfer waits for its payee at once; the same number with other words is refused.

Units: fen. Source: P4; reliability 1.4.
"""

import base64
import json
import re
import secrets
import time
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1

from gongxiang.sandbox.keys import Keys, private
from gongxiang.sandbox.transfers import Transfer, Transfers
from gongxiang.sandbox.wire import Request

CHANNEL: Final = "wechat"
_BILLS: Final = "/v3/fund-app/mch-transfer/transfer-bills"
_ONE: Final = re.compile(rf"{_BILLS}/out-bill-no/(\w{{1,32}})(/cancel)?")
_NAMED_FROM_FEN: Final = 200_000
_AMOUNT_MIN: Final = 10
_STATES: Final = {
    "confirm": "WAIT_USER_CONFIRM",
    "done": "SUCCESS",
    "failed": "FAIL",
    "cancelled": "CANCELLED",
}
Told = tuple[int, dict[str, Any]]


def answer(request: Request, keys: Keys, transfers: Transfers) -> Told | None:
    """Answer a call about transfers with a status and what it says; None for any other call."""
    path = urlsplit(request.path).path
    if path == _BILLS and request.method == "POST":
        return _send(request, keys, transfers)
    match = _ONE.fullmatch(path)
    if match is None:
        return None
    transfer = transfers.find(CHANNEL, match[1])
    if transfer is None:
        return 404, {"code": "NOT_FOUND", "message": "记录不存在"}
    if match[2] is None:
        return 200, _told(transfer, keys)
    if not transfers.cancel(transfer):
        return 400, {"code": "INVALID_REQUEST", "message": "当前状态不能撤销"}
    return 200, {**_head(transfer), "state": "CANCELING"}


def notice(transfer: Transfer, keys: Keys) -> tuple[bytes, dict[str, str]]:
    """Make the notice of a transfer that is over: its encrypted body."""
    nonce = secrets.token_hex(6)
    told = json.dumps(_told(transfer, keys), ensure_ascii=False).encode()
    hidden = AESGCM(keys.api_key.encode()).encrypt(nonce.encode(), told, b"mch_payment")
    body = {
        "id": secrets.token_hex(16),
        "create_time": _moment(int(time.time())),
        "resource_type": "encrypt-resource",
        "event_type": "MCHTRANSFER.BILL.FINISHED",
        "summary": "商家转账单据终态通知",
        "resource": {
            "original_type": "mch_payment",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(hidden).decode(),
            "associated_data": "mch_payment",
            "nonce": nonce,
        },
    }
    return json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json"}


def _send(request: Request, keys: Keys, transfers: Transfers) -> Told:
    asked = json.loads(request.body)
    amount, name = asked.get("transfer_amount"), _name(asked.get("user_name"), keys)
    is_whole = asked.get("appid") == keys.appid and type(amount) is int and amount >= _AMOUNT_MIN
    is_named = bool(name) or (type(amount) is int and amount < _NAMED_FROM_FEN)
    if not (is_whole and is_named and asked.get("openid") and asked.get("transfer_scene_id")):
        return 400, {"code": "PARAM_ERROR", "message": "参数错误"}
    transfer = transfers.open(
        CHANNEL,
        asked["out_bill_no"],
        account=asked["openid"],
        name=name,
        amount_fen=amount,
        notify=asked["notify_url"],
    )
    if (transfer.amount_fen, transfer.account, transfer.name) != (amount, asked["openid"], name):
        return 400, {"code": "ALREADY_EXISTS", "message": "商户单号已存在，参数不一致"}
    told = {**_head(transfer), "state": _STATES[transfer.state]}
    if transfer.state == "confirm":
        told["package_info"] = transfer.package
    return 200, {**told, "create_time": _moment(transfer.created_at)}


def _name(hidden: str | None, keys: Keys) -> str:
    """Read the payee's name, which is encrypted for us alone."""
    if not hidden:
        return ""
    padding = OAEP(mgf=MGF1(algorithm=SHA1()), algorithm=SHA1(), label=None)  # noqa: S303  WeChat's own
    return private(keys.wechat_private).decrypt(base64.b64decode(hidden), padding).decode()


def _head(transfer: Transfer) -> dict[str, Any]:
    return {"out_bill_no": transfer.number, "transfer_bill_no": transfer.bill}


def _told(transfer: Transfer, keys: Keys) -> dict[str, Any]:
    told = {
        **_head(transfer),
        "mch_id": keys.mchid,
        "appid": keys.appid,
        "state": _STATES[transfer.state],
        "transfer_amount": transfer.amount_fen,
        "transfer_remark": "零钱提现",
        "openid": transfer.account,
        "create_time": _moment(transfer.created_at),
        "update_time": _moment(transfer.ended_at or transfer.created_at),
    }
    return {**told, "fail_reason": transfer.reason} if transfer.state == "failed" else told


def _moment(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(at + 8 * 3_600))
