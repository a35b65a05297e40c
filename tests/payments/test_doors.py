"""The three doors, by case: what each answers, what it keeps, and that nothing else is changed.

Who did not prove himself is refused and logged, never stored: anybody may send as much of it as he
likes. What the channel signed and does not fit is kept once, for a person. What came before is
taken quietly, so that the channel stops sending it.

Source: reliability 1.4; 8 (17, 18); issue 4 (Callback fuzz).
"""

import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import pytest
import requests
from django.test import override_settings

from gongxiang.acts.drive_transfer import CALLBACK, drive_transfer
from gongxiang.payments.provider import Provider
from gongxiang.sandbox import alipay, alipay_shares, wechat, wechat_transfers
from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.wire import sign
from tests.acts import town
from tests.conftest import Database
from tests.payments.paying import (
    alipay_notice,
    as_meta,
    ask,
    make_world,
    opened,
    paid,
    wechat_words,
)
from tests.payments.sending import at_channel, rich, sent, transfer_of
from tests.payments.test_callbacks import ALIPAY, WECHAT, post
from tests.reading import footprint

Sent = tuple[bytes, dict[str, str]]
Told = dict[str, Any]
DAY: Final = 86_400
FORGED: Final = base64.b64encode(b"\0" * 256).decode()
KEPT: Final = "payments_quarantine"
WAITS: Final = "payments_waitingnotice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A door: what fits there, how it is written and signed at a moment, and what does not fit."""

    path: str
    fits: Told
    write: Callable[[Told, int], Sent]
    unfit: dict[str, Told]


@pytest.fixture(params=["payment", "transfer", "alipay"])
def door(request: pytest.FixtureRequest, database: Database, sandbox: Sandbox) -> Door:
    """Give each door, with something that waits to be heard of behind it."""
    assert database.name
    made: Callable[[Sandbox], Door] = {
        "payment": a_payment,
        "transfer": a_transfer,
        "alipay": an_alipay_payment,
    }[request.param]
    return made(sandbox)


def a_payment(sandbox: Sandbox) -> Door:
    trade = paid(sandbox, opened(make_world()).number)
    fits = wechat._told(trade, sandbox.keys, trade.transactions[0])
    unfit: dict[str, Told] = {
        "foreign merchant": {"sp_mchid": "1900000001"},
        "foreign payee": {"sub_mchid": "1999999999"},
        "wrong amount": {"amount": {**fits["amount"], "total": 1}},
        "wrong currency": {"amount": {**fits["amount"], "currency": "USD"}},
        "unknown number": {"out_trade_no": "GXNOBODY"},
    }
    write = of_wechat(sandbox.keys, event="TRANSACTION.SUCCESS", kind="transaction")
    return Door(path=WECHAT, fits=fits, write=write, unfit=unfit)


def a_transfer(sandbox: Sandbox) -> Door:
    sandbox.trades.transfers.on_end = lambda _transfer: None
    rich()
    number = sent()
    drive_transfer(transfer=transfer_of(number))
    there = at_channel(sandbox, number)
    sandbox.trades.transfers.confirm(there)
    unfit: dict[str, Told] = {
        "foreign merchant": {"mch_id": "1900000001"},
        "foreign payee": {"openid": "oSomebodyElse"},
        "wrong amount": {"transfer_amount": 1},
        "unknown number": {"out_bill_no": "GXT1"},
    }
    fits = wechat_transfers._told(there, sandbox.keys)
    write = of_wechat(sandbox.keys, event="MCHTRANSFER.BILL.FINISHED", kind="mch_payment")
    return Door(path=CALLBACK, fits=fits, write=write, unfit=unfit)


def an_alipay_payment(sandbox: Sandbox) -> Door:
    payment = opened(make_world(), provider=Provider.ALIPAY)
    requests.get(payment.hand_off, timeout=5)
    trade = paid(sandbox, payment.number, "alipay")
    fits = dict(parse_qsl(alipay_notice(sandbox, trade).decode()))
    unfit: dict[str, Told] = {
        "foreign merchant": {"app_id": "2021999999999999"},
        "foreign payee": {"seller_id": "2088999999999999"},
        "wrong amount": {"total_amount": "0.01"},
        "wrong currency": {"trans_currency": "USD"},
        "unknown number": {"out_trade_no": "GXNOBODY"},
    }

    def write(told: Told, at: int) -> Sent:
        said = {**told, "notify_time": alipay_shares.stamp(at * 1_000_000)}
        said = {name: each for name, each in said.items() if name not in {"sign", "sign_type"}}
        signature = sign(sandbox.keys.alipay_private, alipay._joined(said))
        return urlencode({**said, "sign_type": "RSA2", "sign": signature}).encode(), {}

    return Door(path=ALIPAY, fits=fits, write=write, unfit=unfit)


def of_wechat(keys: Keys, *, event: str, kind: str) -> Callable[[Told, int], Sent]:
    """Give a way to write what WeChat says, signed at a moment."""

    def write(told: Told, at: int) -> Sent:
        body = wechat_words(told, event=event, kind=kind, keys=keys)
        nonce = secrets.token_hex(16)
        said = f"{at}\n{nonce}\n{body.decode()}\n"
        stamped = {
            "Timestamp": str(at),
            "Nonce": nonce,
            "Signature": sign(keys.wechat_private, said),
        }
        headers = {f"Wechatpay-{name}": value for name, value in stamped.items()}
        return body, as_meta({**wechat.signature(body.decode(), keys), **headers})

    return write


def unproved(door: Door) -> dict[str, tuple[Sent, int]]:
    """Give what nobody has signed, or not now, and what it is answered."""
    now = int(time.time())
    body, headers = door.write(door.fits, now)
    is_old, is_early = (2 * DAY, DAY) if door.path == ALIPAY else (400, 400)
    found = {
        "old": (door.write(door.fits, now - is_old), 401),
        "from the future": (door.write(door.fits, now + is_early), 401),
        "1 MB": ((b"x" * 1_000_000, headers), 413),
        "not UTF-8": ((b"\xff\xfe=\xff", headers), 400),
    }
    if door.path == ALIPAY:
        bare = body.partition(b"&sign=")[0]
        found["forged"] = ((bare + b"&" + urlencode({"sign": FORGED}).encode(), {}), 401)
        found["unsigned"] = ((bare, {}), 401)
        found["another signature"] = ((body.replace(b"=RSA2", b"=RSA"), {}), 401)
    else:
        forged = {**headers, "HTTP_WECHATPAY_SIGNATURE": FORGED}
        found["forged"] = ((body, forged), 401)
        found["unsigned"] = ((body, {}), 401)
        found["unknown serial"] = ((body, {**headers, "HTTP_WECHATPAY_SERIAL": "5157F09E"}), 401)
    return found


def test_what_nobody_proved_is_refused_logged_and_not_kept(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    before = footprint()
    for name, (each, status) in unproved(door).items():
        caplog.clear()
        assert post(*each, door.path) == status, name
        told = [one.getMessage() for one in caplog.records if one.name.endswith("callbacks")]
        # What is too large is not even read: the web server's own log has its line.
        assert len(told) == (name != "1 MB"), (name, told)
        assert all("refused a" in one for one in told)
    assert footprint() == before


def test_what_is_signed_and_does_not_fit_is_kept_once_and_changes_nothing(door: Door) -> None:
    now = int(time.time())
    before = footprint(KEPT, WAITS)
    for count, (name, changes) in enumerate(door.unfit.items(), 1):
        each = door.write({**door.fits, **changes}, now)
        assert [post(*each, door.path) for _ in range(3)] == [422, 422, 422], name
        assert ask(f"SELECT count(*) FROM {KEPT}") == [(count,)], name
    assert ask(f"SELECT count(*) FROM {WAITS}") == ask(f"SELECT count(*) FROM {KEPT}")
    assert footprint(KEPT, WAITS) == before


def test_what_fits_is_taken_in_once_and_again_quietly_and_our_fault_is_none_of_its(
    door: Door,
) -> None:
    each = door.write(door.fits, int(time.time()))
    before = footprint()
    with override_settings(CHANNELS_FOLDER="/nowhere"):
        assert post(*each, door.path) == 503
    assert footprint() == before
    assert post(*each, door.path) == 200
    after = footprint()
    assert after != before
    assert [post(*each, door.path) for _ in range(3)] == [200, 200, 200]
    assert footprint() == after
    assert ask(f"SELECT count(*) FROM {KEPT}") == [(0,)]


def test_64_of_one_notice_at_once_are_one(door: Door) -> None:
    each = door.write(door.fits, int(time.time()))
    facts = "SELECT count(*) FROM orders_fact"
    ((before,),) = ask(facts)
    assert set(town.at_once(64, lambda _: post(*each, door.path))) == {200}
    assert ask("SELECT count(*) FROM payments_notification") == [(1,)]
    assert ask(facts) == [(before + (door.path != CALLBACK),)]
    assert ask("SELECT count(*) FROM treasury_payout WHERE state = 5") == [
        (int(door.path == CALLBACK),)
    ]
