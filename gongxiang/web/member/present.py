"""What the pages of points and cash share: who is signed in, one-time keys, printing a template.

The present that each begins with is that of `gongxiang.queries.present`, offered here as well.

Units: none. Source: H2; design/ui/faces.md 5 (facts).
"""

import re
import secrets
from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from gongxiang.queries.present import Present, in_force, present
from gongxiang.web.shared.identity import head_of, member_of

__all__ = ["Present", "fact_key", "fresh_token", "in_force", "page", "present", "signed_in"]

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_TOKEN_BYTES: Final = 16


def signed_in(request: HttpRequest) -> int:
    """Give the member behind a page that only members see."""
    member = member_of(request)
    assert member is not None, "the page is for members only"
    return member


def own_account(request: HttpRequest) -> int:
    """Give the account that is signed in, also while he looks at another one of his."""
    member = head_of(request)
    assert member is not None, "the page is for members only"
    return member


def fresh_token() -> str:
    """Give a one-time key for a form."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def fact_key(*, member: int, what: str, token: str) -> str | None:
    """Give the idempotency key of a form's act, or nothing for a token that is none."""
    return f"{what}/{member}/{token}" if _TOKEN.fullmatch(token) else None


def page(
    request: HttpRequest, name: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """Print a template with plain data."""
    return HttpResponse(render_to_string(name, dict(context), request=request), status=status)


def prove_page(request: HttpRequest, *, onward: str, why: str) -> HttpResponse:
    """Ask for a fresh proof of who this is before something is done, and lead on there after it."""
    face = {"onward": onward, "why": why}
    return page(request, "member/prove.html", {"face": face, "here": "wallet"})
