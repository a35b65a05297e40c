"""A text message gateway that sends nothing: it keeps what it was given and shows it on a page.

    python -m gongxiang.sandbox.sms --port N       GONGXIANG_SMS_KEY checks the signatures

    POST /messages   {"phone": "...", "text": "...", "id": "..."} signed in X-Signature
                     202 taken · 200 taken before under this id · 401 · 400 · 413
    GET  /           the newest messages, for whoever tries things by hand
    GET  /messages   the same as JSON

Units: bytes. Source: platform.md P1; design/ui/faces.md 9.
"""

import argparse
import hmac
import html
import json
import os
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

BODY_MAX: Final = 4_096
KEPT: Final = 200
SHOWN: Final = 30
_FIELDS: Final = ("phone", "text", "id")
_TIMEOUT_SECONDS: Final = 10
_PAGE: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3"><title>短信沙箱</title></head>
<body><h1>短信沙箱</h1>
<p>这里不发真短信，只显示平台交出来的内容，最新的在上面，每 3 秒刷新。</p>
<ul>{messages}</ul></body></html>
"""


class Gateway(ThreadingHTTPServer):
    """The server and what it was given, newest first."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], *, key: str) -> None:
        """Listen at once; `key` is what messages must be signed with."""
        super().__init__(address, _Handler)
        self.key = key.encode()
        self.messages: list[dict[str, str]] = []
        self.lock = threading.Lock()

    def take(self, message: dict[str, str]) -> bool:
        """Keep a message; False when one of this id was taken before."""
        with self.lock:
            if any(kept["id"] == message["id"] for kept in self.messages):
                return False
            self.messages.insert(0, message)
            del self.messages[KEPT:]
        return True


class _Handler(BaseHTTPRequestHandler):
    """One request; the socket is given up when nothing comes."""

    server: Gateway
    timeout = _TIMEOUT_SECONDS

    def do_GET(self) -> None:
        """Show what was sent."""
        with self.server.lock:
            newest = self.server.messages[:SHOWN]
        if self.path == "/messages":
            self._answer(HTTPStatus.OK, json.dumps(newest, ensure_ascii=False), "application/json")
        elif self.path == "/":
            rows = "".join(
                f"<li><b>{html.escape(one['phone'])}</b> {html.escape(one['text'])}</li>"
                for one in newest
            )
            page = _PAGE.format(messages=rows or "<li>还没有短信</li>")
            self._answer(HTTPStatus.OK, page, "text/html; charset=utf-8")
        else:
            self._answer(HTTPStatus.NOT_FOUND, "")

    def do_POST(self) -> None:
        """Take one message."""
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > BODY_MAX:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "")
            return
        body = self.rfile.read(int(size))
        signed = hmac.new(self.server.key, body, "sha256").hexdigest()
        message = _message(body)
        given = self.headers.get("X-Signature", "")
        if not hmac.compare_digest(signed.encode(), given.encode("utf-8", "replace")):
            self._answer(HTTPStatus.UNAUTHORIZED, "")
        elif self.path != "/messages" or message is None:
            self._answer(HTTPStatus.BAD_REQUEST, "")
        else:
            is_new = self.server.take(message)
            self._answer(HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK, "{}")

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002, ANN401  http.server's form
        """Keep quiet: the page shows what came."""

    def _answer(self, status: HTTPStatus, text: str, kind: str = "application/json") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _message(body: bytes) -> dict[str, str] | None:
    try:
        told = json.loads(body)
    except ValueError:
        return None
    is_whole = isinstance(told, dict) and all(isinstance(told.get(name), str) for name in _FIELDS)
    return {name: told[name] for name in _FIELDS} if is_whole else None


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="a text message gateway that sends nothing")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    arguments = parser.parse_args()
    key = os.environ["GONGXIANG_SMS_KEY"]
    with Gateway((arguments.host, arguments.port), key=key) as gateway:
        gateway.serve_forever()


if __name__ == "__main__":
    main()
