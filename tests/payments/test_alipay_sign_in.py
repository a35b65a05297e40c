"""Whom Alipay says a code stands for: by the same number that it says who paid.

Source: P1; reliability 8 (11).
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from gongxiang.members.issuers import NotProved, Unreachable
from gongxiang.payments import gateway
from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.wire import sign
from tests.conftest import Database

TOKEN = "alipay_system_oauth_token_response"


class Gateway(HTTPServer):
    """Says what it is told to say, signed as Alipay signs."""

    said = b""

    def __init__(self, keys: Keys) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.keys = keys

    def will_say(self, name: str, told: dict[str, object], **more: object) -> None:
        text = json.dumps(told)
        signed = {"sign": sign(self.keys.alipay_private, text), **more}
        self.said = f'{{"{name}":{text},{json.dumps(signed)[1:]}'.encode()


class Answering(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.said)))
        self.end_headers()
        self.wfile.write(self.server.said)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002, ANN401  its own name
        """Say nothing."""


@pytest.fixture
def alipay(database: Database, payment_keys: Path, tmp_path: Path) -> Iterator[Gateway]:
    assert database.name
    keys = Keys(**json.loads((payment_keys / "sandbox.json").read_text(encoding="utf-8")))
    with Gateway(keys) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        told = json.loads((payment_keys / "alipay.json").read_text(encoding="utf-8"))
        told |= {"base": f"http://127.0.0.1:{served.server_port}/"}
        (tmp_path / "alipay.json").write_text(json.dumps(told), encoding="utf-8")
        with override_settings(CHANNELS_FOLDER=str(tmp_path)):
            yield served
        served.shutdown()


def test_an_open_id_goes_before_the_number_as_it_does_in_payments(alipay: Gateway) -> None:
    alipay.will_say(TOKEN, {"user_id": "2088000000000009", "access_token": "t"})
    assert gateway.payer_of(code="c") == "2088000000000009"
    alipay.will_say(TOKEN, {"user_id": "2088000000000009", "open_id": "0-open"})
    assert gateway.payer_of(code="c") == "0-open"
    alipay.will_say(TOKEN, {"code": "10000", "open_id": "0-open"})
    assert gateway.payer_of(code="c") == "0-open"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("error_response", {"code": "40002", "sub_code": "isv.code-invalid"}),
        ("error_response", {"code": "40002", "user_id": "2088000000000009"}),
        (TOKEN, {"access_token": "t"}),
        (TOKEN, {"user_id": 2088}),
        (TOKEN, {"user_id": "2" * 129}),
    ],
)
def test_who_is_not_named_is_nobody(alipay: Gateway, name: str, told: dict[str, object]) -> None:
    alipay.will_say(name, told)
    with pytest.raises(NotProved):
        gateway.payer_of(code="c")


@pytest.mark.parametrize(
    ("name", "told", "more"),
    [
        ("error_response", {"code": "20000"}, {}),
        ("alipay_trade_query_response", {"user_id": "2088000000000009"}, {}),
        (TOKEN, {"user_id": "2088000000000009"}, {"sign": ""}),
        (TOKEN, {"user_id": "2088000000000009"}, {"sign": "AAAA"}),
    ],
)
def test_what_alipay_did_not_sign_or_answer_is_asked_again(
    alipay: Gateway, name: str, told: dict[str, object], more: dict[str, object]
) -> None:
    alipay.will_say(name, told, **more)
    with pytest.raises(Unreachable):
        gateway.payer_of(code="c")


def test_a_file_that_names_no_page_signs_nobody_in(alipay: Gateway, tmp_path: Path) -> None:
    assert gateway.has_sign_in()
    told = json.loads((tmp_path / "alipay.json").read_text(encoding="utf-8"))
    del told["authorize"]
    (tmp_path / "alipay.json").write_text(json.dumps(told), encoding="utf-8")
    assert not gateway.has_sign_in()
    assert alipay.server_port
