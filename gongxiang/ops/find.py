"""按编号找: an order, a member, a store, a batch or a step by what it is called outside.

Keys are looked up whole in the tables that are keyed by them; nothing is searched for by a part.

Units: none.
Source: design/scale.md rule 2; reliability I-18.
"""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.members.models import Party
from gongxiang.ops.figures import masked
from gongxiang.ops.page import Page
from gongxiang.ops.rows import rows
from gongxiang.orders.models import Kind

_FACT: Final = """
SELECT fact.kind, fact.home_id, fact.id, refund.order_id
  FROM orders_fact fact
  LEFT JOIN orders_refund refund ON (refund.member_id, refund.id) = (fact.home_id, fact.id)
 WHERE fact.key = %s
"""
_PARTIES: Final = "SELECT kind, party_id FROM members_partykey WHERE key = %s ORDER BY kind"
_NUMBERED: Final = "SELECT 1 FROM ledger_batch WHERE id = %s"
_DIGITS_MAX: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something that was found."""

    title: str
    what: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the page prints."""

    sought: str
    hits: tuple[Hit, ...]


def page(request: HttpRequest) -> Page:
    """Show what has this key."""
    sought = request.GET.get("q", "").strip()
    face = Face(sought=sought, hits=tuple(hits(sought)))
    return Page(title="按编号找", face=face, template="ops/find.html")


def palette(request: HttpRequest) -> Page:
    """Answer the shell's own box (Ctrl + K) in the same way."""
    sought = request.GET.get("s", "").strip()
    face = Face(sought=sought, hits=tuple(hits(sought)))
    return Page(title="按编号找", face=face, template="ops/palette.html")


def hits(sought: str) -> list[Hit]:
    """Find everything that is called so."""
    if not sought or "\0" in sought:
        return []
    found = [_fact(sought, *row) for row in rows(_FACT, [sought])]
    found += [_party(sought, kind, number) for kind, number in rows(_PARTIES, [sought])]
    if sought.isascii() and sought.isdigit() and len(sought) <= _DIGITS_MAX:
        found += [
            Hit(title=f"批次 {sought}", what="账本批次", href=_href("batch", int(sought)))
            for _ in rows(_NUMBERED, [int(sought)])
        ]
    return [hit for hit in found if hit.href]


def _fact(sought: str, kind: int, home: int, number: int, order: int | None) -> Hit:
    if kind == Kind.PAID:
        return Hit(title=sought, what="订单", href=_href("order", home, number))
    if order is not None:
        return Hit(title=sought, what=f"{Kind(kind).label}的订单", href=_href("order", home, order))
    if kind in {Kind.SOLD, Kind.WITHDRAWN}:
        return Hit(title=sought, what=f"{Kind(kind).label}的会员", href=_href("member", home))
    if kind == Kind.INJECTED:
        return Hit(title=sought, what="注资", href=reverse("admin:steps") + "?kind=5")
    return Hit(title=sought, what="", href="")


def _party(sought: str, kind: int, number: int) -> Hit:
    if kind == Party.STORE:
        return Hit(title=sought, what="门店", href=_href("store", number))
    return Hit(title=masked(key=sought), what="会员", href=_href("member", number))


def _href(name: str, *numbers: int) -> str:
    return reverse(f"admin:{name}", args=numbers)
