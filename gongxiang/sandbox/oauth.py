"""WeChat's sign-in, played: a page to choose who one is, and the exchange of its codes.

    python -m gongxiang.sandbox.oauth --port N     GONGXIANG_WECHAT_APP, GONGXIANG_WECHAT_SECRET

    GET /connect/oauth2/authorize    the page; its links come back with a code and the state
    GET /sns/oauth2/access_token     a code, once, within five minutes, for its openid

The wire format is WeChat's; the persons are invented.

Units: seconds. Source: platform.md P1; design/stack.md (WeChat login).
"""

import argparse
import html
import json
import os
import secrets
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

LIFE_SECONDS: Final = 300
PERSONS: Final = {
    "oSandboxLinXiaoman0000000001": "林小满",
    "oSandboxZhouEr00000000000002": "周二",
    "oSandboxChenSan0000000000003": "陈三",
}
_INVALID: Final = {"errcode": 40029, "errmsg": "invalid code"}
_WRONG_APP: Final = {"errcode": 40013, "errmsg": "invalid appid"}
_WRONG_SECRET: Final = {"errcode": 40125, "errmsg": "invalid appsecret"}
_TIMEOUT_SECONDS: Final = 10
_PAGE: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>微信登录沙箱</title></head>
<body><h1>微信登录沙箱</h1><p>选一个人，就以他的微信身份回去。</p><ul>{persons}</ul></body></html>
"""


class Authority(ThreadingHTTPServer):
    """The server, and the codes it gave that nobody exchanged yet."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], *, app: str, secret: str) -> None:
        """Listen at once, for one app."""
        super().__init__(address, _Handler)
        self.app = app
        self.secret = secret
        self.codes: dict[str, tuple[str, int]] = {}
        self.lock = threading.Lock()

    def give(self, openid: str) -> str:
        """Make a code for a person."""
        code = secrets.token_hex(16)
        with self.lock:
            self.codes[code] = (openid, _now() + LIFE_SECONDS)
        return code

    def exchange(self, asked: dict[str, str]) -> dict[str, object]:
        """Answer an exchange as WeChat does; a code is good once."""
        if asked.get("appid") != self.app:
            return dict(_WRONG_APP)
        if asked.get("secret") != self.secret:
            return dict(_WRONG_SECRET)
        with self.lock:
            openid, until = self.codes.pop(asked.get("code", ""), ("", 0))
        if not openid or until < _now():
            return dict(_INVALID)
        return {
            "access_token": secrets.token_hex(16),
            "expires_in": 7200,
            "refresh_token": secrets.token_hex(16),
            "openid": openid,
            "scope": "snsapi_base",
        }


class _Handler(BaseHTTPRequestHandler):
    """One request; the socket is given up when nothing comes."""

    server: Authority
    timeout = _TIMEOUT_SECONDS

    def do_GET(self) -> None:
        """Show the page, or exchange a code."""
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/sns/oauth2/access_token":
            told = json.dumps(self.server.exchange(asked))
            self._answer(HTTPStatus.OK, told, "text/plain")
        elif parts.path == "/connect/oauth2/authorize":
            self._ask(asked)
        else:
            self._answer(HTTPStatus.NOT_FOUND, "", "text/plain")

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002, ANN401  http.server's form
        """Keep quiet."""

    def _ask(self, asked: dict[str, str]) -> None:
        back = asked.get("redirect_uri", "")
        is_web = urlsplit(back).scheme in {"http", "https"}
        if asked.get("appid") != self.server.app or not is_web:
            self._answer(HTTPStatus.BAD_REQUEST, "redirect_uri or appid", "text/plain")
            return
        links = []
        for openid, name in PERSONS.items():
            told = {"code": self.server.give(openid), "state": asked.get("state", "")}
            link = html.escape(f"{back}?{urlencode(told)}")
            links.append(f'<li><a href="{link}">{html.escape(name)}</a></li>')
        page = _PAGE.format(persons="".join(links))
        self._answer(HTTPStatus.OK, page, "text/html; charset=utf-8")

    def _answer(self, status: HTTPStatus, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _now() -> int:
    return time.monotonic_ns() // 1_000_000_000


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="WeChat's sign-in, played")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    arguments = parser.parse_args()
    app, secret = os.environ["GONGXIANG_WECHAT_APP"], os.environ["GONGXIANG_WECHAT_SECRET"]
    with Authority((arguments.host, arguments.port), app=app, secret=secret) as authority:
        authority.serve_forever()


if __name__ == "__main__":
    main()
