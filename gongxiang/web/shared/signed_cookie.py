"""Values that this browser keeps for some minutes between two requests, signed, never in the books.

Whoever lost them, or changed a letter, begins anew.

Units: seconds. Source: reliability 8 (14, 16).
"""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def keep(response: HttpResponseBase, values: list[Any], *, name: str, salt: str, life: int) -> None:
    """Let the browser keep values under a name."""
    response.set_cookie(
        name,
        signing.dumps(values, salt=salt),
        max_age=life,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kept(request: HttpRequest, *, name: str, salt: str, life: int) -> list[Any] | None:
    """Give what the browser kept, nothing where it is too old or not of our making."""
    try:
        values: list[Any] = signing.loads(request.COOKIES.get(name, ""), salt=salt, max_age=life)
    except (signing.BadSignature, ValueError):
        return None
    return values
