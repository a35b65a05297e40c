"""会员: masked everywhere; the page of one shows his balances, his orders and lots.

Units: µ¥, atoms.
Source: R2, R3; H5; design/ui/faces.md 3.3, 6.5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import text
from gongxiang.economy import accounts
from gongxiang.governance.terms import all_terms
from gongxiang.ledger.chart import ACCOUNT_NAMES
from gongxiang.ops.figures import exact, masked
from gongxiang.ops.names import Names, names_of
from gongxiang.ops.page import Page, Tag
from gongxiang.ops.rows import one, rows
from gongxiang.ops.standing import Standing, standing
from gongxiang.ops.subjects import balances, lots, orders
from gongxiang.ops.subjects.postings import UNITS
from gongxiang.ops.table import (
    PAGE,
    STRETCH,
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
"""Newest orders and lots on a member's page."""
COUNTED_MAX: Final = 1_000
"""Referred members that are counted one by one."""
_POCKETS: Final = (accounts.CASH, accounts.POINTS, accounts.VOUCHERS)
_STATES: Final = {"": "全部", "joined": "已入会", "payer": "只付过款"}
_COLUMNS: Final = (
    Column("会员"),
    Column("加入时间"),
    Column("状态"),
    Column("推荐人"),
    Column("来自门店"),
    Column("零钱（元）", "n"),
    Column("积分", "n"),
    Column("抵扣积分", "n"),
)
_PLACES: Final = """
 WHERE member_id < %(below)s AND (%(referrer)s::bigint IS NULL OR referrer_id = %(referrer)s)
"""
_EDGE: Final = f"""
SELECT member_id FROM members_member {_PLACES}
 ORDER BY member_id DESC OFFSET %(stretch)s - 1 LIMIT 1
"""  # noqa: S608  constant
_FIELDS: Final = """
SELECT member_id, referrer_id, via_store_id, is_introduced, joined_at FROM members_member
"""
_MEMBERS: Final = f"""
{_FIELDS} {_PLACES} AND member_id >= %(edge)s
   AND (%(joined)s::boolean IS NULL OR is_introduced = %(joined)s)
 ORDER BY member_id DESC LIMIT %(size)s
"""
_MEMBER: Final = """
SELECT party.key, member.referrer_id, member.via_store_id, member.is_introduced, member.joined_at,
       (SELECT count(*) FROM (SELECT 1 FROM members_member WHERE referrer_id = party.id
                               LIMIT %(counted)s) referred)
  FROM members_party party LEFT JOIN members_member member ON member.member_id = party.id
 WHERE party.id = %(number)s AND party.kind = 1
"""
_BEYOND: Final = 2**62


@dataclass(frozen=True, slots=True)
class Member:
    """One member as a list shows him."""

    number: int
    referrer: int | None
    via_store: int | None
    is_introduced: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the page of one member prints."""

    key: str
    unmask_href: str
    facts: tuple[tuple[str, Cell], ...]
    pockets: tuple[tuple[str, str, str], ...]
    orders: Table
    lots: Table
    postings_href: str


def page(request: HttpRequest) -> Page:
    """List the members, newest first."""
    where = address(request, "state", "referrer")
    filters = (where.choice("state", "状态", _STATES),)
    now = standing()
    stretch, found = _stretch(where)
    names = names_of(
        party for member in found for party in (member.number, member.referrer, member.via_store)
    )
    pockets = balances.of_parties([member.number for member in found])
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(member, names, pockets, now) for member in found),
        empty="没有这样的会员。",
        filters=filters,
        kept=where.kept(),
    )
    referrer = where.number("referrer")
    note = "" if referrer is None else f"{names.text(referrer)} 直推的会员"
    return Page(title="会员", face=way_on(table, stretch, where), note=note)


def one_page(request: HttpRequest, *, number: int) -> Page:  # noqa: ARG001  every page's form
    """Show one member; raises `NotThere`."""
    now = standing()
    row = one(_MEMBER, {"number": number, "counted": COUNTED_MAX})
    if row is None:
        raise NotThere(f"没有编号 {number} 的会员")
    key, referrer, via_store, is_introduced, joined_at, referred = row
    his_orders = orders.of_member(member=number, size=SHOWN)
    his_lots = lots.of_member(member=number, size=SHOWN)
    names = names_of([number, referrer, via_store, *(order.store for order in his_orders)])
    pockets = balances.of_parties([number])
    terms = all_terms()
    face = Face(
        key=masked(key=key),
        unmask_href=reverse("admin:unmask", args=[number]),
        facts=(
            ("加入时间", Cell(now.stamp(joined_at) or "还没有付过款，也没有入会")),
            ("推荐人", names.cell(referrer)),
            ("来自门店", names.cell(via_store)),
            ("直推的会员", _referred(number, referred)),
        ),
        pockets=tuple(
            (
                ACCOUNT_NAMES[account],
                exact(amount=pockets.get((number, account), 0), account=account),
                UNITS[accounts.unit_of(account)],
            )
            for account in _POCKETS
        ),
        orders=Table(
            columns=orders.columns(),
            rows=tuple(orders.line(order, names, now) for order in his_orders),
            empty="还没有付过款。",
        ),
        lots=Table(
            columns=lots.columns(),
            rows=tuple(lots.line(lot, names, now, terms) for lot in his_lots),
            empty="还没有积分批。订单结算后，每一笔铸出一批。",
        ),
        postings_href=reverse("admin:postings") + f"?home={number}",
    )
    tag = Tag("已入会", "ok") if is_introduced else Tag("没有入会")
    return Page(
        title=f"会员 {masked(key=key)}",
        face=face,
        template="ops/member.html",
        tags=(tag,),
        up=("会员", reverse("admin:members")),
    )


def _referred(number: int, count: int) -> Cell:
    words = f"{text.count(number=count)} 位" + ("以上" if count == COUNTED_MAX else "")
    href = reverse("admin:members") + f"?referrer={number}" if count else ""
    return Cell(words, href=href)


def _line(
    member: Member, names: Names, pockets: dict[tuple[int, int], int], now: Standing
) -> tuple[Cell, ...]:
    cash, points, vouchers = (pockets.get((member.number, account), 0) for account in _POCKETS)
    return (
        names.cell(member.number),
        Cell(now.stamp(member.joined_at)),
        Cell("已入会", tone="ok") if member.is_introduced else Cell("只付过款", tone="plain"),
        names.cell(member.referrer),
        names.cell(member.via_store),
        Cell(text.yuan(amount=cash)),
        Cell(text.points(atoms=points)),
        Cell(text.yuan(amount=vouchers)),
    )


def _stretch(where: Address) -> tuple[Stretch, list[Member]]:
    place = where.place(1)
    state = where.get("state")
    values = {
        "below": _BEYOND if place is None else place[0],
        "referrer": where.number("referrer"),
        "joined": None if not state else state == "joined",
        "size": PAGE + 1,
    }
    edge = one(_EDGE, values | {"stretch": STRETCH}) if state else None
    values["edge"] = 0 if edge is None else edge[0]
    found = [Member(*row) for row in rows(_MEMBERS, values)]
    if len(found) > PAGE:
        return Stretch(next=(found[PAGE - 1].number,)), found[:PAGE]
    return Stretch(next=edge, is_cut=edge is not None), found
