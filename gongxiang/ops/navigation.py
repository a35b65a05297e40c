"""The console's menu: its groups, its pages, and the drawing beside each.

Units: none.
A role sees the entries that it may open.

Source: design/ui/faces.md 6.5; the pages whose data later issues bring are not in it yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from gongxiang.governance.models import Role
from gongxiang.ops.roles import may_see

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
        "资金",
        (
            ("withdrawals", "提现复核", "withdraw"),
            ("cases", "结算后退款", "receipt"),
            ("refunds", "没有退成", "warning"),
            ("shares", "没有分成", "warning"),
            ("differences", "对账差异", "scale"),
            ("quarantine", "隔离的通知", "warning"),
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
            ("recoveries", "找回账户", "clock"),
            ("stores", "门店", "store"),
            ("applications", "入驻审核", "apply"),
            ("changes", "门店变更", "change"),
            ("channels", "收款账户", "check"),
            ("contracts", "代理合同", "pin"),
        ),
    ),
    (
        "治理",
        (
            ("versions", "规则版本", "rules"),
            ("officers", "员工与角色", "staff"),
            ("audit", "审计日志", "shield"),
        ),
    ),
)
OF_A_PAGE: Final = {
    "must_see": "index",
    "order": "orders",
    "batch": "batches",
    "member": "members",
    "unmask": "members",
    "withdrawal": "withdrawals",
    "notice": "quarantine",
    "difference": "differences",
    "refund": "refunds",
    "share": "shares",
    "recovery": "recoveries",
    "channel": "channels",
    "change": "changes",
    "officer": "officers",
    "application": "applications",
    "case": "cases",
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


def menu(*, here: str, role: Role) -> Iterator[Group]:
    """Give a role's menu; `here` is the name of the page that is open."""
    open_entry = OF_A_PAGE.get(here, here)
    for title, entries in _GROUPS:
        open_to_him = tuple(
            Entry(
                title=words,
                href=reverse(f"admin:{name}"),
                icon=f"ops/icons/{icon}.html",
                is_here=name == open_entry,
            )
            for name, words, icon in entries
            if may_see(role, name)
        )
        if open_to_him:
            yield Group(title=title, entries=open_to_him)


def title_of(page: str) -> str:
    """Give the menu's words for a page, or for the entry that it stands under.

    >>> title_of("postings"), title_of("case"), title_of("factor")
    ('分录', '结算后退款', '')
    """
    open_entry = OF_A_PAGE.get(page, page)
    titles = {name: words for _, entries in _GROUPS for name, words, _ in entries}
    return titles.get(open_entry, "")
