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

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase

from gongxiang.governance import audit_log
from gongxiang.ledger import raw
from gongxiang.queries.pool_data import NotOpen
from gongxiang.web import errors
from gongxiang.web.shared.address import address_of

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
API_PREFIX: Final = "/api/"
_EVERYWHERE: Final = ("/static/", "/healthz")
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
        with audit_log.acting_from(address_of(request)):
            response = _refused(request) or _told(request, self.get_response(request))
        is_ops = request.path_info.startswith(OPS_PREFIX)
        response.headers.setdefault(
            "Content-Security-Policy", OPS_POLICY if is_ops else PUBLIC_POLICY
        )
        if is_ops:
            response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Write a failure down, no refusal; answer 503 when the database is the reason."""
        record = request.record  # type: ignore[attr-defined]
        if isinstance(error, raw.DATABASE_DOWN):
            log.error("record %s: the database does not answer: %s", record, error)
            return errors.unavailable(request)
        if isinstance(error, NotOpen):
            return errors.not_open(request)
        if isinstance(error, Http404 | PermissionDenied):
            return None
        log.error("record %s: %s %r failed", record, request.method, request.path, exc_info=error)
        return None


def _told(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Put into words what Django answers without any; the API has its own."""
    if isinstance(response, HttpResponseNotAllowed) and not request.path_info.startswith(
        API_PREFIX
    ):
        return errors.wrong_method(request, allowed=response["Allow"])
    return response


def _refused(request: HttpRequest) -> HttpResponse | None:
    """Refuse all while it rests, what is too large, and console and pages at the other's host."""
    if settings.MAINTENANCE and not request.path_info.startswith((*_EVERYWHERE, API_PREFIX)):
        return errors.maintenance(request, until=settings.MAINTENANCE)
    if _is_too_large(request):
        return errors.too_large(request)
    if not _is_elsewhere(request):
        return None
    if request.path_info == "/":
        return HttpResponseRedirect(OPS_PREFIX)
    return errors.not_found(request, Http404())


def _is_elsewhere(request: HttpRequest) -> bool:
    """Tell whether the console has a host of its own, and this is another's page there."""
    if not settings.CONSOLE_HOST or request.path_info.startswith(_EVERYWHERE):
        return False
    is_console = request.path_info.startswith(OPS_PREFIX)
    return is_console is not (request.get_host() == settings.CONSOLE_HOST)


def _is_too_large(request: HttpRequest) -> bool:
    """Tell whether a body is announced that no form of ours has; without a length there is none.

    The API measures for itself, more narrowly, and answers in its own form.
    """
    if request.path_info.startswith(API_PREFIX):
        return False
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return not announced.isdecimal() or int(announced) > settings.BODY_BYTES_MAX
