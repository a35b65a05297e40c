"""What every page of points and cash begins with: the pool now, the rules, the honest facts.

The facts are those of the public pages, kept until the pool moves or a minute passes.

Units: as in `gongxiang.web.public.data`. Source: H2; design/ui/faces.md 5 (facts).
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from gongxiang.base import clock
from gongxiang.economy.terms import Terms
from gongxiang.governance.terms import all_terms
from gongxiang.web.errors import NotOpen
from gongxiang.web.public import queries
from gongxiang.web.public.data import PoolNow
from gongxiang.web.public.facts import Facts, facts
from gongxiang.web.shared.identity import member_of

_MINUTE: Final = 60 * clock.SECOND
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The pool at this moment, the rules in force and of every version, the facts."""

    pool: PoolNow
    versions: Mapping[int, Terms]
    facts: Facts

    @property
    def terms(self) -> Terms:
        """Give the rules in force."""
        return self.versions[max(self.versions)]


def present() -> Present:
    """Ask for the present, inside one moment of the database; raises `NotOpen`."""
    pool = queries.pool_now()
    versions = all_terms()
    if not versions:
        raise NotOpen
    name = f"facts-{pool.steps}-{pool.pair.money}-{pool.pair.circulating}-{pool.now // _MINUTE}"
    found: Facts | None = cache.get(name)
    if found is None:
        terms = versions[max(versions)]
        found = facts(totals=queries.totals(now=pool), pair=pool.pair, terms=terms)
        cache.set(name, found, timeout=60)
    return Present(pool=pool, versions=versions, facts=found)


def in_force() -> Terms:
    """Give the rules in force; raises `NotOpen`."""
    versions = all_terms()
    if not versions:
        raise NotOpen
    return versions[max(versions)]


def signed_in(request: HttpRequest) -> int:
    """Give the member behind a page that only members see."""
    member = member_of(request)
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
