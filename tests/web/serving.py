"""The product's own web code over loopback, on a test's database, for a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import WSGIApplication

from django.db import connections


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  its form
        """Say nothing."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    database: dict[str, Any]

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Answer from the test's database, and leave no connection behind."""
        connections["default"].settings_dict.update(self.database)
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections["default"].close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a browser go away in the middle of an answer."""


@contextmanager
def serve(application: WSGIApplication, *, settings: dict[str, Any]) -> Iterator[str]:
    """Serve until the block ends; give the address."""
    with make_server("127.0.0.1", 0, application, _Server, _Quiet) as server:
        assert isinstance(server, _Server)
        server.database = settings
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
