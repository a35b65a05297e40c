"""Large letters (关怀模式): a setting of this browser that makes every page's letters larger.

    GET  /care     what is set, and the other
    POST /care     size=large | size=plain, then the same page

The choice is a cookie and nothing else: it needs no account, and it tells nobody who reads.

Units: seconds. Source: design/ui/faces.md 8.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

_COOKIE: Final = "care"
_LARGE: Final = "large"
_LIFE_SECONDS: Final = 365 * 86_400
_SEE_OTHER: Final = 303


def is_large(request: object) -> bool:
    """Tell whether a page is printed with large letters; without a request it is not."""
    return isinstance(request, HttpRequest) and request.COOKIES.get(_COOKIE) == _LARGE


@require_http_methods(["GET", "HEAD", "POST"])
def care(request: HttpRequest) -> HttpResponse:
    """Print `/care`, or set the size."""
    if request.method != "POST":
        return render(request, "shared/care.html")
    response = HttpResponse(status=_SEE_OTHER, headers={"Location": request.path})
    if request.POST.get("size") == _LARGE:
        response.set_cookie(
            _COOKIE,
            _LARGE,
            max_age=_LIFE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(_COOKIE)
    return response
