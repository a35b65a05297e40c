"""门店: whose each is, where it is, what commission it gives, what it is owed.

Units: µ¥; rates per myriad.
Source: E6, R4, R5; design/ui/faces.md 6.5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from gongxiang.base import text
from gongxiang.economy import accounts
from gongxiang.ops.figures import exact_yuan
from gongxiang.ops.names import Names, names_of
from gongxiang.ops.page import Page
from gongxiang.ops.places import division_name
from gongxiang.ops.rows import one, rows
from gongxiang.ops.standing import Standing, standing
from gongxiang.ops.subjects import balances, postings
from gongxiang.ops.table import (
    PAGE,
    Address,
    Cell,
    Column,
    NotThere,
    Stretch,
    Table,
    address,
    way_on,
)

SHOWN: Final = 20
"""Newest postings on a store's page."""
_COLUMNS: Final = (
    Column("门店"),
    Column("地区"),
    Column("店主"),
    Column("招商人"),
    Column("平台抽成", "n"),
    Column("开店时间"),
    Column("应付门店（元）", "n"),
)
_FIELDS: Final = """
SELECT store.store_id, store.name, store.owner_id, store.recruiter_id, store.division_code,
       store.commission_rate, store.opened_at FROM merchants_store store
"""
_STORES: Final = f"{_FIELDS} WHERE store.store_id < %s ORDER BY store.store_id DESC LIMIT %s"
_STORE: Final = f"""
{_FIELDS.replace("FROM", ", party.key FROM")}
  JOIN members_party party ON party.id = store.store_id WHERE store.store_id = %s
"""
_BEYOND: Final = 2**62


@dataclass(frozen=True, slots=True)
class Store:
    """One store."""

    number: int
    name: str
    owner: int | None
    recruiter: int | None
    division: str | None
    commission_rate: int
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the page of one store prints."""

    key: str
    facts: tuple[tuple[str, Cell], ...]
    owed: Cell
    orders_href: str
    postings_href: str
    channels_href: str
    postings: Table


def page(request: HttpRequest) -> Page:
    """List the stores, newest first."""
    where = address(request)
    now = standing()
    stretch, found = _stretch(where)
    names = names_of(
        party for store in found for party in (store.number, store.owner, store.recruiter)
    )
    owed = balances.of_parties([store.number for store in found])
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(store, names, owed, now) for store in found),
        empty="还没有门店。",
    )
    return Page(title="门店", face=way_on(table, stretch, where))


def one_page(request: HttpRequest, *, number: int) -> Page:  # noqa: ARG001  every page's form
    """Show one store; raises `NotThere`."""
    now = standing()
    row = one(_STORE, [number])
    if row is None:
        raise NotThere(f"没有编号 {number} 的门店")
    *fields, key = row
    store = Store(*fields)
    newest = postings.newest_of_home(home=number, size=SHOWN)
    names = names_of([number, store.owner, store.recruiter])
    owed = balances.of_parties([number]).get((number, accounts.STORE), 0)
    face = Face(
        key=key,
        facts=(
            ("地区", Cell(division_name(store.division) or "没有登记")),
            ("店主", names.cell(store.owner)),
            ("招商人", names.cell(store.recruiter)),
            ("平台抽成", Cell(text.rate(per_myriad=store.commission_rate))),
            ("开店时间", Cell(now.stamp(store.opened_at))),
        ),
        owed=Cell(exact_yuan(amount=owed), note="欠款待抵" if owed < 0 else ""),
        orders_href=reverse("admin:orders") + "?" + urlencode({"store": key}),
        postings_href=reverse("admin:postings") + f"?home={number}",
        channels_href=reverse("admin:channel", args=[number]),
        postings=Table(
            columns=postings.columns(),
            rows=postings.lines(newest, names),
            empty="这家店还没有结算过订单。",
        ),
    )
    return Page(
        title=store.name,
        face=face,
        template="ops/store.html",
        up=("门店", reverse("admin:stores")),
    )


def _line(
    store: Store, names: Names, owed: dict[tuple[int, int], int], now: Standing
) -> tuple[Cell, ...]:
    return (
        names.cell(store.number),
        Cell(division_name(store.division)),
        names.cell(store.owner),
        names.cell(store.recruiter),
        Cell(text.rate(per_myriad=store.commission_rate)),
        Cell(now.stamp(store.opened_at)),
        balances.amount_cell(owed.get((store.number, accounts.STORE), 0), accounts.STORE),
    )


def _stretch(where: Address) -> tuple[Stretch, list[Store]]:
    place = where.place(1)
    found = [
        Store(*row) for row in rows(_STORES, [_BEYOND if place is None else place[0], PAGE + 1])
    ]
    if len(found) > PAGE:
        return Stretch(next=(found[PAGE - 1].number,)), found[:PAGE]
    return Stretch(next=None), found
