"""Who asks: the member behind a bearer token, if the token may do what is asked.

No operation knows a session or a cookie: a browser that is signed in can do nothing here.

Units: none. Source: reliability 1.4 (last point), 8 (7, 22, 25, 27); RFC 6750.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import Throttled
from ninja.security import HttpBearer

from gongxiang.api.problems import Refused
from gongxiang.members import pace, tokens
from gongxiang.members.meter import METER
from gongxiang.members.tokens import Scope
from gongxiang.members.tokens import Token as Known

_READING: Final = frozenset({"GET", "HEAD"})


class Token(HttpBearer):
    """Lets a token of a scope in; its member becomes the one who asks."""

    def __init__(self, scope: Scope) -> None:
        """Keep what a token must be allowed to do."""
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Known | None:
        """Find the token; nothing for one that does not count."""
        known = tokens.token_of(written=token)
        if known is None:
            return None
        wait = METER.wait(f"t{known.number}", rate=settings.API_RATE)
        if not wait and request.method not in _READING:
            wait = pace.wait(key=f"t{known.number}", rate=settings.API_RATE)
        if wait:
            raise Throttled(wait=wait)
        if self.scope not in known.scopes:
            raise Refused("not_allowed", detail=f"这个令牌没有「{self.scope.label}」的权限")
        if self.scope is Scope.WITHDRAW and not known.is_fresh:
            raise Refused("proof_too_old")
        return known


READ: Final = Token(Scope.READ)
PAY: Final = Token(Scope.PAY)
SELL: Final = Token(Scope.SELL)
WITHDRAW: Final = Token(Scope.WITHDRAW)
STORE: Final = Token(Scope.STORE)


def shown(request: HttpRequest) -> Known:
    """Give the token of an operation that wants one."""
    known = getattr(request, "auth", None)
    assert isinstance(known, Known), "the operation wants a token"
    return known


def member_of(request: HttpRequest) -> int:
    """Give the member who asks."""
    return shown(request).member
