"""Around every answer: a record number, what a browser may do with the page, and the database down.

Public pages may load the sheet and pictures of this host and nothing else: no script, no inline
style, no frame, no form elsewhere. The staff console has its own policy, because the admin theme
writes inline styles and evaluates expressions.

Units: none. Source: design/ui/faces.md 9; reliability (browser controls).
"""

import logging
import secrets
from collections.abc import Callable
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gongxiang.web import errors

log = logging.getLogger(__name__)

PUBLIC_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
OPS_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
OPS_PREFIX: Final = "/ops/"
_PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=()"
_RECORD_BYTES: Final = 6

Answer = Callable[[HttpRequest], HttpResponseBase]


class Shield:
    """Numbers every request, guards every answer, and turns a lost database into a page."""

    def __init__(self, get_response: Answer) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and set the headers of its answer."""
        request.record = secrets.token_hex(_RECORD_BYTES)  # type: ignore[attr-defined]
        response = self.get_response(request)
        is_ops = request.path_info.startswith(OPS_PREFIX)
        response.headers.setdefault(
            "Content-Security-Policy", OPS_POLICY if is_ops else PUBLIC_POLICY
        )
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Write the record down; answer 503 when the database is the reason."""
        record = request.record  # type: ignore[attr-defined]
        if isinstance(error, OperationalError | InterfaceError):
            log.error("record %s: the database does not answer: %s", record, error)
            return errors.unavailable(request)
        if isinstance(error, errors.NotOpen):
            return errors.not_open(request)
        log.error("record %s: %s %s failed", record, request.method, request.path, exc_info=error)
        return None
