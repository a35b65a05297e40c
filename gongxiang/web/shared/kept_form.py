"""What was typed into a form that was not taken, when signed out or too fast: there again after.

    POST without a session -> the fields that the form names, in his new session
    -> signs in -> GET of the same address -> they stand in the form, and he sends it himself

A form names what is kept; what identifies a person or proves something is never named. It lies in
the session, never in an address, for half an hour, and goes when the form is taken.

Units: seconds. Source: design/ui/faces.md 1.7, 4 (signed out).
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.payments.clock import seconds_now

LIFE_SECONDS: Final = 1_800
_NAME: Final = "kept_form"
_FIELDS: Final = "_kept_fields"
_PAGE: Final = "_kept_at"
_TEXT_MAX: Final = 500
View = TypeVar("View", bound=Callable[..., Any])


def keeps(*fields: str, at: str = "") -> Callable[[View], View]:
    """Name the fields of a page's form that are kept; `at` where it stands on another page."""

    def named(view: View) -> View:
        setattr(view, _FIELDS, fields)
        setattr(view, _PAGE, at)
        return view

    return named


def keep(request: HttpRequest, view: Callable[..., Any]) -> str:
    """Keep what was typed into the form of a page that names it; give the page's address, or ""."""
    names = getattr(view, _FIELDS, ())
    typed = {name: request.POST[name][:_TEXT_MAX] for name in names if name in request.POST}
    if not typed:
        return ""
    place = _place(request, view)
    request.session[_NAME] = [place, typed, seconds_now(request)]
    return place


def is_kept(request: HttpRequest) -> bool:
    """Tell whether something waits for who signs in now."""
    return bool(_fresh(request))


def typed(request: HttpRequest) -> dict[str, str]:
    """Give what was typed into the form of this address, nothing once it is sent again."""
    kept = _fresh(request)
    return dict(kept[1]) if kept and kept[0] == request.path and request.method != "POST" else {}


def forget(request: HttpRequest, view: Callable[..., Any]) -> None:
    """Forget what was kept of the form that is sent again."""
    kept = _fresh(request) if request.method == "POST" else None
    if kept and kept[0] == _place(request, view):
        del request.session[_NAME]


def _place(request: HttpRequest, view: Callable[..., Any]) -> str:
    """Give the address of the page on which the form stands."""
    at, found = getattr(view, _PAGE, ""), request.resolver_match
    return reverse(at, kwargs=found.kwargs) if at and found else request.path


def _fresh(request: HttpRequest) -> list[Any] | None:
    kept: list[Any] | None = request.session.get(_NAME)
    return kept if kept and seconds_now(request) - kept[2] <= LIFE_SECONDS else None
