"""订单与退款: every paid order, by the moment it settles, newest first.

The index of what is due gives the order of the list, so waiting orders stand on top. A payment's
day is looked for among the orders due from that day on, until the longest window has passed.

Units: µ¥.
Source: E7, E8, E16; design/ui/faces.md 3.2, 6.5; design/scale.md rule 2.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import clock, text
from gongxiang.members.models import Party
from gongxiang.ops.names import Names, names_of
from gongxiang.ops.page import Page, Tag
from gongxiang.ops.rows import one, rows
from gongxiang.ops.standing import Standing, standing
from gongxiang.ops.table import (
    PAGE,
    STRETCH,
    Address,
    Box,
    Cell,
    Column,
    Stretch,
    Table,
    Unreadable,
    address,
    way_on,
)

STATES: Final = {
    "waiting": Tag("待结算", "wait"),
    "settled": Tag("已结算", "ok"),
    "part": Tag("部分退款"),
    "returned": Tag("已退款"),
}
_CHOICES: Final = {"": "全部"} | {name: tag.text for name, tag in STATES.items()}
_COLUMNS: Final = (
    Column("订单", "mono"),
    Column("付款时间"),
    Column("门店"),
    Column("会员"),
    Column("金额（元）", "n"),
    Column("已退（元）", "n"),
    Column("状态"),
    Column("到期结算"),
    Column("步", "mono"),
    Column("规则"),
)
_PLACES: Final = """
  FROM orders_order paid
 WHERE (paid.due_at, paid.due_rank, paid.id) < (%(at)s, %(rank)s, %(number)s)
   AND paid.due_at >= %(first)s
 ORDER BY paid.due_at DESC, paid.due_rank DESC, paid.id DESC
"""
_EDGE: Final = f"SELECT due_at, due_rank, id {_PLACES} OFFSET %(stretch)s - 1 LIMIT 1"
_STATE: Final = """
CASE WHEN coalesce(lot.spend, paid.amount - paid.returned) = 0 THEN 'returned'
     WHEN lot.id IS NULL THEN 'waiting'
     WHEN lot.spend < paid.amount THEN 'part'
     ELSE 'settled' END
"""
FIELDS: Final = f"""
SELECT paid.id, paid.member_id, paid.store_id, paid.amount,
       paid.amount - coalesce(lot.spend, paid.amount - paid.returned), {_STATE}, paid.paid_at,
       paid.due_at, paid.due_rank, paid.version_id, lot.step,
       (SELECT key FROM orders_fact fact WHERE (fact.at, fact.id) = (paid.paid_at, paid.id))
"""  # noqa: S608  constant
# OFFSET 0 keeps the look-up of a lot behind the walk along the orders: one key at a time.
_LOT: Final = """
LEFT JOIN LATERAL (
    SELECT * FROM points_lot lot WHERE (lot.member_id, lot.id) = (paid.member_id, paid.id) OFFSET 0
) lot ON true
"""
_ORDERS: Final = f"""
{FIELDS} FROM orders_order paid {_LOT}
 WHERE (paid.due_at, paid.due_rank, paid.id) < (%(at)s, %(rank)s, %(number)s)
   AND (paid.due_at, paid.due_rank, paid.id)
       >= (%(edge_at)s, %(edge_rank)s, %(edge_number)s)
   AND (%(begin)s::timestamptz IS NULL OR paid.paid_at >= %(begin)s AND paid.paid_at < %(end)s)
   AND (%(store)s::bigint IS NULL OR paid.store_id = %(store)s)
   AND (%(state)s = '' OR %(state)s = {_STATE})
 ORDER BY paid.due_at DESC, paid.due_rank DESC, paid.id DESC LIMIT %(size)s
"""
_OF_MEMBER: Final = f"""
{FIELDS} FROM orders_order paid {_LOT}
 WHERE paid.member_id = %s ORDER BY paid.id DESC LIMIT %s
"""
_STORE: Final = "SELECT party_id FROM members_partykey WHERE key = %s AND kind = %s"
_LONGEST: Final = """
SELECT coalesce(max(greatest((terms ->> 'window')::bigint, (terms ->> 'mall_window')::bigint)), 0)
  FROM governance_ruleversion
"""
_EVER: Final = datetime.min.replace(tzinfo=clock.to_datetime(0).tzinfo)
_NEVER: Final = datetime.max.replace(tzinfo=_EVER.tzinfo)

Place = tuple[datetime, int, int]


@dataclass(frozen=True, slots=True)
class Order:
    """One order as a list shows it; `returned` is all that went back, before and after."""

    number: int
    member: int
    store: int
    amount: int
    returned: int
    state: str
    paid_at: datetime
    due_at: datetime
    due_rank: int
    version: int
    step: int | None
    key: str

    @property
    def href(self) -> str:
        """Give the address of the order's own page."""
        return reverse("admin:order", args=[self.member, self.number])


def page(request: HttpRequest) -> Page:
    """List the orders by the moment they settle, newest first."""
    where = address(request, "state", "day", "store")
    now = standing()
    states = where.choice("state", "状态", _CHOICES)
    stretch, found = _stretch(where)
    names = names_of([party for order in found for party in (order.member, order.store)])
    table = Table(
        columns=_COLUMNS,
        rows=tuple(line(order, names, now) for order in found),
        empty="没有这样的订单。顾客在会员门店付款后，订单就会出现在这里。",
        filters=(states,),
        boxes=(
            Box(name="day", title="付款日期", value=where.get("day"), hint="2026-11-22"),
            Box(name="store", title="门店", value=where.get("store"), hint="门店编号"),
        ),
        kept=where.kept("day", "store"),
    )
    return Page(title="订单与退款", face=way_on(table, stretch, where), note="按结算时间，新的在前")


def of_member(*, member: int, size: int) -> list[Order]:
    """Give a member's newest orders."""
    return [Order(*row) for row in rows(_OF_MEMBER, [member, size])]


def line(order: Order, names: Names, now: Standing) -> tuple[Cell, ...]:
    """Give an order as a row of a list."""
    tag = STATES[order.state]
    step = "" if order.step is None else text.count(number=order.step)
    return (
        Cell(order.key, href=order.href),
        Cell(now.stamp(order.paid_at)),
        names.cell(order.store),
        names.cell(order.member),
        Cell(text.yuan(amount=order.amount)),
        Cell(text.yuan(amount=order.returned)),
        Cell(tag.text, tone=tag.tone),
        Cell(now.stamp(order.due_at)),
        Cell(step),
        Cell(f"第 {order.version} 版", href=reverse("admin:version", args=[order.version])),
    )


def columns() -> tuple[Column, ...]:
    """Give the columns that `line` fills."""
    return _COLUMNS


def _stretch(where: Address) -> tuple[Stretch, list[Order]]:
    values = _asked(where)
    edge: Any = None
    if where.get("state") or where.get("store") or where.get("day"):
        edge = one(_EDGE, values | {"stretch": STRETCH})
    at, rank, number = edge or (values["first"], 0, 0)
    values |= {"edge_at": at, "edge_rank": rank, "edge_number": number, "size": PAGE + 1}
    found = [Order(*row) for row in rows(_ORDERS, values)]
    if len(found) > PAGE:
        return Stretch(next=_place(found[PAGE - 1])), found[:PAGE]
    if edge is not None:
        return Stretch(next=_numbers(edge), is_cut=True), found
    return Stretch(next=None), found


def _asked(where: Address) -> dict[str, Any]:
    """Read the filters: where the list begins, at what moment it may end, and what passes."""
    place = where.place(3)
    at, rank, number = _NEVER, 0, 0
    if place is not None:
        at, rank, number = _moment(place[0]), place[1], place[2]
    day = where.day()
    if day is not None:
        (longest,) = rows(_LONGEST)[0]
        at = min(at, day[1] + timedelta(seconds=longest + 1))
    return {
        "at": at,
        "rank": rank,
        "number": number,
        "first": _EVER if day is None else day[0],
        "begin": None if day is None else day[0],
        "end": None if day is None else day[1],
        "store": _store(where.get("store")),
        "state": where.get("state"),
    }


def _store(key: str) -> int | None:
    if not key:
        return None
    found = one(_STORE, [key, Party.STORE])
    if found is None:
        raise Unreadable(f"没有编号是「{key}」的门店，编号要写完整")
    number: int = found[0]
    return number


def _moment(at: int) -> datetime:
    try:
        return clock.to_datetime(at)
    except OverflowError:
        raise Unreadable("翻页的位置没有看懂") from None


def _place(order: Order) -> tuple[int, int, int]:
    return _numbers((order.due_at, order.due_rank, order.number))


def _numbers(place: Place) -> tuple[int, int, int]:
    return clock.from_datetime(place[0]), place[1], place[2]
