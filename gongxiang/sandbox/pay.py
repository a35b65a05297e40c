"""The payment sandbox: WeChat Pay and Alipay played on this machine, and the payer's phone.

    python -m gongxiang.sandbox.pay --folder F [--port N]      keys and payments are kept in F

It says its address in one line when it listens. It knows nothing of the platform but what comes
over the wire.

Units: none. Source: P1.
"""

import argparse
import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from gongxiang.sandbox import alipay, alipay_sign_ins, phone, wechat
from gongxiang.sandbox.keys import keys_in
from gongxiang.sandbox.notices import Notices
from gongxiang.sandbox.trades import Trades
from gongxiang.sandbox.wire import Answer, Request

BODY_MAX: Final = 64 * 1024
_TIMEOUT_SECONDS: Final = 10


class Sandbox(ThreadingHTTPServer):
    """The server with its keys, its payments and its notices."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], *, folder: Path) -> None:
        """Listen at once, and tell the merchant's files where."""
        super().__init__(address, _Handler)
        self.base = f"http://{address[0]}:{self.server_address[1]}"
        self.keys = keys_in(folder, base=self.base)
        self.trades = Trades(folder / "trades.jsonl")
        self.notices = Notices(self.keys, self.trades)

    def start(self) -> None:
        """Serve from a thread of its own."""
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    """One request; the socket is given up when nothing comes."""

    server: Sandbox
    timeout = _TIMEOUT_SECONDS

    def do_GET(self) -> None:
        """Answer a question."""
        self._serve(b"")

    def do_POST(self) -> None:
        """Answer a call or a form."""
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > BODY_MAX:
            self._send(Answer(status=413))
            return
        self._serve(self.rfile.read(int(size)))

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002, ANN401  http.server's form
        """Keep quiet: the phone's page shows what happened."""

    def _serve(self, body: bytes) -> None:
        request = Request(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            base=self.server.base,
        )
        try:
            answer = self._answer(request)
        except (KeyError, TypeError, ValueError) as error:
            answer = Answer(status=400, body=repr(error).encode())
        if answer.is_call and self.server.trades.happens("lose_answers"):
            self.close_connection = True
            return
        self._send(answer)

    def _answer(self, request: Request) -> Answer:
        trades, keys = self.server.trades, self.server.keys
        if request.path.startswith("/v3/"):
            return wechat.answer(request, keys, trades)
        if request.path.partition("?")[0] == "/gateway.do":
            return alipay.answer(request, keys, trades)
        if request.path.partition("?")[0] == alipay_sign_ins.PAGE:
            return alipay_sign_ins.page(request, keys, trades.codes)
        if request.path.partition("?")[0] == "/bill.zip":
            return alipay.bill_file(request, keys, trades)
        return phone.answer(request, keys, trades)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)


def _again(host: str, port: int, folder: Path) -> Sandbox:
    """Listen where the last run did, so that payments that are still open find their page."""
    known = folder / "wechat.json"
    if not port and known.is_file():
        last = urlsplit(json.loads(known.read_text(encoding="utf-8")).get("base", "")).port
        with contextlib.suppress(OSError):
            return Sandbox((host, last or 0), folder=folder)
    return Sandbox((host, port), folder=folder)


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="payment channels that move no money")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    arguments = parser.parse_args()
    with _again(arguments.host, arguments.port, arguments.folder) as sandbox:
        print(sandbox.base, flush=True)  # noqa: T201  whoever started it reads the address
        sandbox.serve_forever()


if __name__ == "__main__":
    main()
