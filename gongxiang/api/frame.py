"""Around every answer of the API: size, rate by address, unknown keys, headers, what may be kept.

Public answers carry an entity tag made of their bytes and may be asked for again with it (304);
everything about a person is `no-store`. Nobody else's page may read an answer: no header of ours
opens the API to other origins.

Units: bytes. Source: reliability 8 (7, 14, 15, 37), API4.
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from ninja.errors import Throttled

from gongxiang.api.problems import answer_for, problem
from gongxiang.members.address import network_of_caller
from gongxiang.members.meter import METER

BODY_MAX: Final = 64 * 1024
PUBLIC_SECONDS: Final = 2
POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
DOCS_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

View = Callable[..., HttpResponseBase]


def framed(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern]:
    """Put the frame around the view of every address."""
    found = []
    for pattern in patterns:
        assert isinstance(pattern, URLPattern), "the API's addresses are flat"
        pattern.callback = frame(pattern.callback)
        found.append(pattern)
    return found


def frame(view: View) -> View:
    """Put the frame around one view."""

    @wraps(view)
    def inside(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:  # noqa: ANN401  passed on
        if request.method != "HEAD":
            return asked(request, *arguments, **named)
        # What GET would be told, whose body nobody sends (RFC 9110, 9.3.2).
        request.method = "GET"
        try:
            return asked(request, *arguments, **named)
        finally:
            request.method = "HEAD"

    def asked(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:  # noqa: ANN401  as above
        response: HttpResponseBase | None = _refused(request)
        if response is None:
            try:
                response = view(request, *arguments, **named)
            except Exception as error:  # noqa: BLE001  nothing leaves without its form
                response = answer_for(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response["Allow"]
            response = problem(request, "wrong_method")
            response["Allow"] = allowed
        return headed(request, response)

    inside.csrf_exempt = True  # type: ignore[attr-defined]
    return inside


def _refused(request: HttpRequest) -> HttpResponse | None:
    """Refuse what is not even looked at: while it rests, too often from one address, too large."""
    if settings.MAINTENANCE:
        return problem(request, "resting", detail=f"正在维护，预计 {settings.MAINTENANCE} 恢复")
    wait = METER.wait(f"a{network_of_caller(request)}", rate=settings.API_ADDRESS_RATE)
    if wait:
        return answer_for(request, Throttled(wait=wait))
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not (size.isascii() and size.isdigit()):
        return problem(request, "unreadable")
    if len(size) > len(str(BODY_MAX)) or int(size) > BODY_MAX:
        return problem(request, "too_large")
    is_json = request.content_type == "application/json"
    if request.method in {"POST", "PUT", "PATCH"} and int(size) and not is_json:
        return problem(request, "wrong_type")
    return None


def headed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Say who may keep an answer, and tag what everybody may."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("Vary", "Authorization")
    if request.method != "GET" or response.status_code != 200 or hasattr(request, "auth"):  # noqa: PLR2004  what may be kept
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    if not isinstance(response, HttpResponse):
        return response
    response.headers.setdefault("Cache-Control", f"public, max-age={PUBLIC_SECONDS}")
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = tag
    known = request.headers.get("If-None-Match", "").replace("W/", "").replace(" ", "").split(",")
    if tag in known or "*" in known:
        kept = HttpResponse(status=304)
        for name in ("ETag", "Cache-Control", "Content-Security-Policy", "Vary"):
            kept[name] = response[name]
        del kept["Content-Type"]
        return kept
    return response
