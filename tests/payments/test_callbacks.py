"""The channels' doors: what is forged, old, foreign or wrong is a 4xx and changes nothing."""

import base64
import json
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import requests
from django.test import Client, override_settings

from gongxiang.base.clock import SECOND, SHANGHAI_OFFSET, format_at
from gongxiang.payments.clock import database_now
from gongxiang.payments.provider import Provider
from gongxiang.sandbox import alipay, wechat
from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from gongxiang.sandbox.wire import sign
from tests.acts import town
from tests.payments.paying import (
    World,
    alipay_notice,
    as_meta,
    ask,
    opened,
    paid,
    standing,
    wechat_notice,
)

WECHAT = "/pay/callback/wechat"
ALIPAY = "/pay/callback/alipay"
FORM = "application/x-www-form-urlencoded"


def post(body: bytes, headers: dict[str, str], path: str = WECHAT) -> int:
    """Post a notice; give the status of the answer."""
    kind = FORM if path == ALIPAY else "application/json"
    client = Client(raise_request_exception=False)
    return client.post(path, body, content_type=kind, **headers).status_code  # type: ignore[arg-type]


def ready(world: World, sandbox: Sandbox) -> Trade:
    """Give a payment that was made and that nobody has told of yet."""
    return paid(sandbox, opened(world).number)


def signed(
    sandbox: Sandbox, trade: Trade, keys: Keys | None = None
) -> tuple[bytes, dict[str, str]]:
    """Give a notice of the sandbox, made with other keys or about another trade."""
    keys = keys or sandbox.keys
    body, _ = wechat.notice(trade, trade.transactions[0], keys)
    return body, as_meta(wechat.signature(body.decode(), keys))


def test_a_notice_becomes_one_order_and_a_repeated_one_is_taken_quietly(
    world: World, sandbox: Sandbox
) -> None:
    body, headers = wechat_notice(sandbox, ready(world, sandbox))
    assert [post(body, headers) for _ in range(3)] == [200, 200, 200]
    assert standing() == (1, 1, 1, 0)


def test_what_nobody_signed_is_refused_and_changes_nothing(world: World, sandbox: Sandbox) -> None:
    trade = ready(world, sandbox)
    body, headers = wechat_notice(sandbox, trade)
    statuses = [post(*each) for each in unsigned(body, headers)]
    assert all(400 <= status < 500 for status in statuses), statuses
    assert standing() == (0, 0, 0, 0)
    assert post(body, headers) == 200


def unsigned(body: bytes, headers: dict[str, str]) -> list[tuple[bytes, dict[str, str]]]:
    """Give what is no notice of the channel's, made from one that is."""
    forged = base64.b64encode(b"\0" * 256).decode()
    return [
        (body, {**headers, "HTTP_WECHATPAY_SIGNATURE": forged}),
        (body, {**headers, "HTTP_WECHATPAY_SIGNATURE": "not base64"}),
        (body, {**headers, "HTTP_WECHATPAY_SIGNATURE": "WECHATPAY/SIGNTEST/" + forged}),
        (body, {**headers, "HTTP_WECHATPAY_SERIAL": "5157F09EFDC096DE15EBE81A47057A72"}),
        (body, {**headers, "HTTP_WECHATPAY_SIGNATURE_TYPE": ""}),
        (body, {**headers, "HTTP_WECHATPAY_TIMESTAMP": "1" * 400}),
        (body, {**headers, "HTTP_WECHATPAY_TIMESTAMP": "now"}),
        (body + b" ", headers),
        (b"\xff\xfe", headers),
        (b"", headers),
        (b"{}", headers),
        (b"x" * 1_000_000, headers),
        *((body, {k: v for k, v in headers.items() if k != gone}) for gone in headers),
    ]


@pytest.mark.parametrize("seconds", [-301, 400, -30 * 86_400, 86_400])
def test_what_is_old_or_from_the_future_is_refused(
    world: World, sandbox: Sandbox, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, _ = wechat_notice(sandbox, ready(world, sandbox))
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now + seconds)
        headers = as_meta(wechat.signature(body.decode(), sandbox.keys))
    assert post(body, headers) == 401
    assert standing() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mchid": "1900000001"},
        {"appid": "wx0000000000000000"},
        {"payee": "1999999999"},
        {"amount_fen": 12_799},
        {"amount_fen": 1},
        {"number": "GX20260101-NOBODY"},
    ],
)
def test_what_is_signed_but_does_not_fit_is_quarantined_once(
    world: World, sandbox: Sandbox, wrong: dict[str, Any]
) -> None:
    trade = ready(world, sandbox)
    of_keys = {name: value for name, value in wrong.items() if name in {"mchid", "appid"}}
    of_trade = {name: value for name, value in wrong.items() if name not in of_keys}
    body, headers = signed(sandbox, replace(trade, **of_trade), replace(sandbox.keys, **of_keys))
    assert [post(body, headers), post(body, headers)] == [422, 422]
    assert standing() == (0, 0, 0, 1)


def test_another_currency_is_quarantined(
    world: World, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = ready(world, sandbox)
    told = wechat._told

    def in_dollars(*arguments: Any) -> dict[str, Any]:  # noqa: ANN401  passed on
        said = told(*arguments)
        said["amount"]["currency"] = "USD"
        return said

    monkeypatch.setattr(wechat, "_told", in_dollars)
    assert post(*signed(sandbox, trade)) == 422
    assert standing() == (0, 0, 0, 1)


def test_a_signed_notice_of_something_else_is_quarantined(world: World, sandbox: Sandbox) -> None:
    body = json.dumps({"id": "x", "event_type": "REFUND.SUCCESS", "resource_type": "plain"})
    headers = as_meta(wechat.signature(body, sandbox.keys))
    assert 400 <= post(body.encode(), headers) < 500
    assert standing()[:3] == (0, 0, 0)


def test_our_own_failure_is_a_503_so_that_the_channel_comes_again(
    world: World, sandbox: Sandbox
) -> None:
    body, headers = wechat_notice(sandbox, ready(world, sandbox))
    with override_settings(CHANNELS_FOLDER="/nowhere"):
        assert post(body, headers) == 503
    assert post(body, headers) == 200


def sent_at(written: str | None, body: bytes, sandbox: Sandbox) -> bytes:
    """Sign a notice of Alipay anew with another moment of sending, or with none."""
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    kind = fields.pop("sign_type")
    del fields["sign"]
    fields.pop("notify_time") if written is None else fields.update(notify_time=written)
    told = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])
    signature = sign(sandbox.keys.alipay_private, told)
    return urlencode(fields | {"sign": signature, "sign_type": kind}).encode()


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(26 * 3_600 + 1, 401), (25 * 3_600 + 22 * 60, 200), (0, 200), (-299, 200), (-301, 401)],
)
def test_a_notice_of_alipay_counts_as_long_as_the_channel_tries(
    world: World, sandbox: Sandbox, seconds: int, status: int
) -> None:
    payment = opened(world, provider=Provider.ALIPAY)
    requests.get(payment.hand_off, timeout=5)
    body = alipay_notice(sandbox, paid(sandbox, payment.number, "alipay"))
    stamp = format_at((database_now() // SECOND - seconds) * SECOND + SHANGHAI_OFFSET)
    assert post(sent_at(stamp.replace("T", " ")[:19], body, sandbox), {}, ALIPAY) == status
    assert standing()[1] == (1 if status == 200 else 0)


def test_alipays_door_checks_the_same(world: World, sandbox: Sandbox) -> None:
    payment = opened(world, provider=Provider.ALIPAY)
    requests.get(payment.hand_off, timeout=5)
    trade = paid(sandbox, payment.number, "alipay")
    body = alipay_notice(sandbox, trade)
    refused = [
        body.replace(b"total_amount=128.00", b"total_amount=128.01"),
        body.replace(b"sign_type=RSA2", b"sign_type=RSA"),
        body.replace(b"&sign=", b"&sign=AAAA"),
        body + b"&sign=x",
        b"\xff\xfe=\xff",
        b"x" * 1_000_000,
        b"",
    ]
    statuses = [post(each, {}, ALIPAY) for each in refused]
    assert all(400 <= status < 500 for status in statuses), statuses
    elsewhere = replace(trade, payee="2088999999999999")
    other_app = replace(sandbox.keys, app_id="2021999999999999")
    for told, keys in ((elsewhere, sandbox.keys), (trade, other_app)):
        foreign = alipay.notice(told, trade.transactions[0], keys)[0]
        assert post(foreign, {}, ALIPAY) == 422
    cheap = alipay.notice(replace(trade, amount_fen=1), trade.transactions[0], sandbox.keys)[0]
    assert post(cheap, {}, ALIPAY) == 422
    assert standing() == (0, 0, 0, 3)
    for written in ("", "yesterday", "2026-11-24", None):
        assert post(sent_at(written, body, sandbox), {}, ALIPAY) == 401
    assert [post(body, {}, ALIPAY), post(body, {}, ALIPAY)] == [200, 200]
    assert standing() == (1, 1, 1, 3)


def test_64_notices_at_once_are_one_order(world: World, sandbox: Sandbox) -> None:
    trade = ready(world, sandbox)
    same = wechat_notice(sandbox, trade)
    notices = [same] * 32 + [wechat_notice(sandbox, trade) for _ in range(32)]
    assert set(town.at_once(64, lambda place: post(*notices[place]))) == {200}
    assert standing() == (1, 1, 33, 0)
    assert ask("SELECT count(*) FROM orders_fact WHERE kind = 6") == [(1,)]
