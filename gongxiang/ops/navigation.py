"""The console's menu: its groups, its pages, and the drawing beside each.

Units: none.
Source: design/ui/faces.md 6.5; the pages whose data later issues bring are not in it yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

_GROUPS: Final = (
    ("", (("index", "今天", "home"),)),
    (
        "交易",
        (
            ("orders", "订单与退款", "receipt"),
            ("steps", "盈利池序列", "steps"),
            ("lots", "积分批", "lots"),
        ),
    ),
    (
        "账本",
        (
            ("postings", "分录", "ledger"),
            ("batches", "批次与封存", "seal"),
            ("balances", "余额", "scale"),
        ),
    ),
    (
        "人与店",
        (
            ("members", "会员", "person"),
            ("stores", "门店", "store"),
            ("contracts", "代理合同", "pin"),
        ),
    ),
    ("治理", (("versions", "规则版本", "rules"),)),
)
OF_A_PAGE: Final = {
    "order": "orders",
    "batch": "batches",
    "member": "members",
    "store": "stores",
    "version": "versions",
}
"""Under which entry a page stands that the menu does not list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One page of the menu."""

    title: str
    href: str
    icon: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pages that belong together."""

    title: str
    entries: tuple[Entry, ...]


def menu(*, here: str) -> Iterator[Group]:
    """Give the menu; `here` is the name of the page that is open."""
    open_entry = OF_A_PAGE.get(here, here)
    for title, entries in _GROUPS:
        yield Group(
            title=title,
            entries=tuple(
                Entry(
                    title=words,
                    href=reverse(f"admin:{name}"),
                    icon=f"ops/icons/{icon}.html",
                    is_here=name == open_entry,
                )
                for name, words, icon in entries
            ),
        )
