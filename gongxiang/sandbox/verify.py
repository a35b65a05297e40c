"""A verification gateway that knows nobody: every name fits its document, but for one.

    python -m gongxiang.sandbox.verify --port N       GONGXIANG_VERIFY_KEY signs both ways

    POST /checks   {"name": "...", "document": "...", "id": "..."} signed in X-Signature
                   200 {"id", "match"} signed · 401 · 400 · 413

The name 不符 fits no document, so that the refusal can be tried. Nothing is kept or shown.

Units: bytes. Source: platform.md P1; H5.
"""

import argparse
import hmac
import json
import os
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

BODY_MAX: Final = 4_096
STRANGER: Final = "不符"
_FIELDS: Final = ("name", "document", "id")
_TIMEOUT_SECONDS: Final = 10


class Registry(ThreadingHTTPServer):
    """The server; `key` is what both sides sign with."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], *, key: str) -> None:
        """Listen at once."""
        super().__init__(address, _Handler)
        self.key = key.encode()

    def sign(self, body: bytes) -> str:
        """Sign a body."""
        return hmac.new(self.key, body, "sha256").hexdigest()


class _Handler(BaseHTTPRequestHandler):
    """One request; the socket is given up when nothing comes."""

    server: Registry
    timeout = _TIMEOUT_SECONDS

    def do_POST(self) -> None:
        """Answer one check."""
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > BODY_MAX:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"")
            return
        body = self.rfile.read(int(size))
        given = self.headers.get("X-Signature", "").encode("utf-8", "replace")
        told = _told(body)
        if not hmac.compare_digest(self.server.sign(body).encode(), given):
            self._answer(HTTPStatus.UNAUTHORIZED, b"")
        elif self.path != "/checks" or told is None:
            self._answer(HTTPStatus.BAD_REQUEST, b"")
        else:
            is_match = told["name"] != STRANGER
            answer = json.dumps({"id": told["id"], "match": is_match}).encode()
            self._answer(HTTPStatus.OK, answer)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002, ANN401  http.server's form
        """Keep quiet."""

    def _answer(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Signature", self.server.sign(body))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _told(body: bytes) -> dict[str, str] | None:
    try:
        told = json.loads(body)
    except ValueError:
        return None
    is_whole = isinstance(told, dict) and all(isinstance(told.get(name), str) for name in _FIELDS)
    return {name: told[name] for name in _FIELDS} if is_whole else None


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="a verification gateway that knows nobody")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    arguments = parser.parse_args()
    key = os.environ["GONGXIANG_VERIFY_KEY"]
    with Registry((arguments.host, arguments.port), key=key) as registry:
        registry.serve_forever()


if __name__ == "__main__":
    main()
