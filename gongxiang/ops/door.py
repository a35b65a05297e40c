"""The console's door: password, then the second factor, then a session that ends by itself.

    OUT      not signed in, signed out, another role since, idle or signed in for too long
    FACTOR   the password was right, the second factor is still to come
    IN       both; only now does any page open

A session holds the epoch of the role it began under and when; when somebody's role changed, his
account was disabled or his factor reset, it counts no more from the next request on. How long ago
the last click was stands in a signed cookie, so that looking writes nothing. The only clock is the
database's (I-27): several web servers, one of them wrong, open and shut at the same moment.

Units: seconds since 1970. Source: reliability 8 (23, 25, 26); design/ui/faces.md 6.5.
"""

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from gongxiang.acts.offer_factor import offer_factor
from gongxiang.governance.models import Officer, Role
from gongxiang.payments.clock import seconds_now

SEEN: Final = f"{settings.COOKIE_PREFIX}ops-seen"
_SALT: Final = "gongxiang.ops.door"
_EPOCH: Final = "officer_epoch"
_BEGAN: Final = "officer_began"
_FACTOR_AT: Final = "officer_factor_at"
_MINUTE: Final = 60
_HOUR: Final = 3_600


class Stage(Enum):
    """How far somebody has come in."""

    OUT = "out"
    FACTOR = "factor"
    IN = "in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The officer behind a request, as pages and acts need him."""

    user: int
    name: str
    role: Role
    shown: str
    """His own name, where he has told it."""


def stage(request: HttpRequest) -> Stage:
    """Tell how far a request has come in; nothing is written."""
    officer = _officer(request)
    session = request.session
    if officer is None or session.get(_EPOCH) != officer.epoch:
        return Stage.OUT
    is_over = seconds_now(request) - session.get(_BEGAN, 0) > settings.OFFICER_SESSION_HOURS * _HOUR
    if is_over or not _is_seen_lately(request):
        return Stage.OUT
    return Stage.IN if session.get(_FACTOR_AT) else Stage.FACTOR


def here(request: HttpRequest) -> Here:
    """Give who is in; only for a request that came in."""
    officer, user = _officer(request), request.user
    assert officer is not None, "only an officer comes in"
    assert isinstance(user, User), "an officer has an account"
    return Here(
        user=user.pk,
        name=user.get_username(),
        role=Role(officer.role),
        shown=f"{user.last_name}{user.first_name}" or user.get_username(),
    )


def begin(request: HttpRequest) -> bool:
    """Begin a session after the right password, its key is new; False without a role."""
    officer = _officer(request)
    if officer is None:
        return False
    offer_factor(user=officer.pk)
    request.session[_EPOCH] = officer.epoch
    request.session[_BEGAN] = seconds_now(request)
    request.session[_FACTOR_AT] = 0
    return True


def open_up(request: HttpRequest) -> None:
    """Let somebody in whose second factor was right: under a new key, and fresh."""
    request.session.cycle_key()
    freshen(request)


def freshen(request: HttpRequest) -> None:
    """Note that the second factor was right just now."""
    request.session[_FACTOR_AT] = seconds_now(request)


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the second factor was given lately enough for what moves money."""
    age = seconds_now(request) - request.session.get(_FACTOR_AT, 0)
    return bool(age <= settings.OFFICER_FACTOR_MINUTES * _MINUTE)


def seen(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note the click in the browser."""
    response.set_cookie(
        SEEN,
        _signer().sign_object([_mark(request), seconds_now(request)]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def locked_out(
    request: HttpRequest, _answer: HttpResponseBase | None, _credentials: object
) -> HttpResponse:
    """Say that too many passwords were wrong, and when the next one may be tried."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds()) // _MINUTE
    return render(request, "ops/locked.html", {"minutes": minutes}, status=429)


def _officer(request: HttpRequest) -> Officer | None:
    user = request.user
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return None
    return getattr(user, "officer", None)


def _is_seen_lately(request: HttpRequest) -> bool:
    try:
        mark, at = _signer().unsign_object(request.COOKIES.get(SEEN, ""))
    except (signing.BadSignature, ValueError):
        return False
    is_late = seconds_now(request) - at > settings.OFFICER_IDLE_MINUTES * _MINUTE
    return bool(mark == _mark(request) and not is_late)


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT)


def _mark(request: HttpRequest) -> str:
    """Name a session without giving its key away."""
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:32]
