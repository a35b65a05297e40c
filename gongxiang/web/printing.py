"""How a page is printed: Jinja2 compiles the templates; this gives them their words.

    {{ face.pool|yuan }}                        a filter writes a number
    {{ url('member:order', order.number) }}     an address of ours
    {{ picture("parts/icon_check.html") }}      a drawing, printed once and kept
    {{ show("parts/qr.html", code=code) }}      another template, which sees these values alone

A name that nothing gives is an error, never an empty space where a sum should stand. The console
alone is printed by Django's own language, because its theme is written in it.

Units: none. Source: ADR 0028; design/ui/faces.md 3.3.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.template import RequestContext, defaulttags
from django.templatetags.static import static as address_of_file
from django.urls import reverse
from jinja2 import (
    ChainableUndefined,
    Environment,
    StrictUndefined,
    TemplateRuntimeError,
    UndefinedError,
)
from jinja2.utils import missing
from markupsafe import Markup

from gongxiang.web.member import purposes, tabs
from gongxiang.web.shared import filters, moments
from gongxiang.web.shared.care import is_large
from gongxiang.web.shared.identity import is_turned

_FILTERS: Final = (
    *(filters.yuan, filters.fen, filters.fen_less, filters.yuan_moved),
    *(filters.points, filters.points_moved, filters.price, filters.rate, filters.percent),
    *(filters.multiple, filters.count, filters.whole_number, filters.about, filters.span),
    *(filters.date, filters.short_date, filters.stamp, filters.whole, filters.fraction),
    *(purposes.purpose, purposes.price_before),
)
_FUNCTIONS: Final = (
    moments.when,
    moments.day,
    moments.moment,
    moments.second,
    moments.short,
    tabs.member_tabs,
)
_ADDRESSES_KEPT: Final = 4_096
_PICTURES_KEPT: Final = 64


class Missing(StrictUndefined):
    """What nothing gives: an error, but for a key that a mapping lacks and anything of none."""

    __slots__ = ()

    def __new__(
        cls,
        hint: str | None = None,
        obj: object = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> Any:  # noqa: ANN401  one of two classes
        """Give what is missing; `{{ typed.phone }}` of a form not yet sent is empty."""
        if obj is None or isinstance(obj, Mapping):
            return ChainableUndefined(hint, obj, name, exc)
        return super().__new__(cls)


def environment(**options: Any) -> Environment:  # noqa: ANN401  Django's settings, passed on
    """Give the environment that Django prints with."""
    own = {"undefined": Missing, "keep_trailing_newline": True}
    made = Environment(**options | own)  # noqa: S701  Django asks for autoescape

    def show(name: str, /, **values: object) -> Markup:
        """Print another template, which sees these values and no others."""
        return Markup(made.get_template(name).render(values))  # noqa: S704  it escaped them itself

    @lru_cache(_PICTURES_KEPT)
    def picture(name: str, /, **words: str) -> Markup:
        """Print a drawing, the same for the same words; printed once."""
        return show(name, **words)

    made.filters |= {each.__name__: each for each in _FILTERS} | {"urlencode": quote}
    # Which tab or public page is open; a page that is none of them says nothing.
    made.globals |= {"here": ""}
    made.globals |= {
        each.__name__: each
        for each in (*_FUNCTIONS, is_large, is_turned, picture, show, url, static, querystring)
    }
    return made


def url(name: str, *arguments: object, **named: object) -> str:
    """Give the address of a page by its name."""
    return _address(settings.ROOT_URLCONF, name, arguments, tuple(named.items()) if named else ())


@lru_cache(_ADDRESSES_KEPT)
def _address(
    urlconf: str,
    name: str,
    arguments: tuple[object, ...],
    named: tuple[tuple[str, object], ...],
) -> str:
    return reverse(name, urlconf, arguments, dict(named))


@lru_cache(_PICTURES_KEPT)
def static(path: str) -> str:
    """Give the address of a file that never changes."""
    return address_of_file(path)


def querystring(request: HttpRequest, **changed: object) -> str:
    """Give the page's own query with some of its values changed, or left out for none."""
    return defaulttags.querystring(RequestContext(request), None, **changed)
