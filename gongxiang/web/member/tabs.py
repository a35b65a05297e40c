"""The tabs under a member's page: only those whose pages exist.

Units: none. Source: design/ui/faces.md 5 (tabs).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import Resolver404, get_urlconf, resolve

_TABS: Final = (
    ("首页", "/home", "home"),
    ("门店", "/stores", "stores"),
    ("积分", "/points", "points"),
    ("订单", "/orders", "orders"),
    ("我的", "/wallet", "wallet"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab: its word, where it leads, its drawing."""

    word: str
    href: str
    name: str


def member_tabs() -> tuple[Tab, ...]:
    """Give the tabs in their order."""
    return _known(get_urlconf())


@cache
def _known(urlconf: str | None) -> tuple[Tab, ...]:
    return tuple(
        Tab(word=word, href=href, name=name)
        for word, href, name in _TABS
        if _is_there(href, urlconf)
    )


def _is_there(href: str, urlconf: str | None) -> bool:
    try:
        resolve(href, urlconf)
    except Resolver404:
        return False
    return True
