"""积分批: every lot, newest first or nearest to its cap first.

Newest first follows the steps that minted; nearest first follows the index of exit prices (E14).

Units: µ¥, atoms; prices in µ¥ a point, shown in ten-thousandths of a yuan.
Source: E8, E12, E13; design/ui/faces.md 3.2.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import clock, money, text
from gongxiang.economy.terms import Terms
from gongxiang.governance.terms import all_terms
from gongxiang.ops.names import Names, names_of
from gongxiang.ops.page import Page, Tag
from gongxiang.ops.rows import rows
from gongxiang.ops.standing import Standing, standing
from gongxiang.ops.table import (
    PAGE,
    STRETCH,
    Address,
    Cell,
    Column,
    Stretch,
    Table,
    address,
    way_on,
)
from gongxiang.points.models import StepKind

STATES: Final = {
    "held": Tag("持有中"),
    "part": Tag("卖出一部分"),
    "sold": Tag("已卖完"),
    "capped": Tag("已到封顶线结清", "ok"),
    "back": Tag("随退款收回"),
    "none": Tag("没有铸出积分"),
}
LOCKED: Final = Tag("锁定中", "wait")
_CHOICES: Final = {"": "全部"} | {name: tag.text for name, tag in STATES.items() if name != "none"}
_ORDERS: Final = {"": "新的在前", "cap": "离封顶近的在前"}
_COLUMNS: Final = (
    Column("订单", "mono"),
    Column("结算时间"),
    Column("会员"),
    Column("消费（元）", "n"),
    Column("铸出", "n"),
    Column("剩余", "n"),
    Column("卖出", "n"),
    Column("封顶线（元）", "n"),
    Column("到手（元）", "n"),
    Column("封顶价（元）", "n"),
    Column("状态"),
)
STATE: Final = """
CASE WHEN lot.exited_step IS NOT NULL THEN 'capped'
     WHEN lot.minted = 0 THEN 'none'
     WHEN lot."left" > 0 AND lot.sold > 0 THEN 'part'
     WHEN lot."left" > 0 THEN 'held'
     WHEN lot.sold > 0 THEN 'sold'
     ELSE 'back' END
"""
_FIELDS: Final = f"""
SELECT lot.id, lot.member_id, lot.spend, lot.minted, lot."left", lot.sold, lot.net,
       lot.exit_price, {STATE}, paid.due_at, paid.version_id, lot.step,
       (SELECT key FROM orders_fact fact WHERE (fact.at, fact.id) = (paid.paid_at, paid.id))
"""  # noqa: S608  constant
_ORDER: Final = "JOIN orders_order paid ON (paid.member_id, paid.id) = (lot.member_id, lot.id)"
# OFFSET 0 keeps the look-up of a lot behind the walk along the steps: one key at a time.
_NEWEST: Final = f"""
{_FIELDS} FROM (
    SELECT lot.* FROM points_step step CROSS JOIN LATERAL (
        SELECT * FROM points_lot lot
         WHERE (lot.member_id, lot.id) = (step.home_id, step.order_id) OFFSET 0
    ) lot
     WHERE step.id < %(below)s AND step.id >= %(edge)s AND step.kind = {StepKind.MINT.value}
       AND (%(state)s = '' OR %(state)s = {STATE})
     ORDER BY step.id DESC LIMIT %(size)s
) lot {_ORDER} ORDER BY lot.step DESC
"""  # noqa: S608  constant
_NEAREST: Final = f"""
{_FIELDS} FROM (
    SELECT * FROM points_lot
     WHERE "left" > 0 AND exit_price >= %(price)s
       AND (exit_price, member_id, id) > (%(price)s, %(member)s, %(number)s)
     ORDER BY exit_price, member_id, id LIMIT %(size)s
) lot {_ORDER} ORDER BY lot.exit_price, lot.member_id, lot.id
"""  # noqa: S608  constant
_OF_MEMBER: Final = f"""
{_FIELDS} FROM points_lot lot {_ORDER} WHERE lot.member_id = %s ORDER BY lot.id DESC LIMIT %s
"""
_BEYOND: Final = 2**62
_PRICE_UNIT: Final = money.YUAN // 10_000
"""µ¥ a point in the last digit of a shown price."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot as a list shows it."""

    number: int
    member: int
    spend: int
    minted: int
    left: int
    sold: int
    net: int
    exit_price: int | None
    state: str
    due_at: datetime
    version: int
    step: int
    key: str


def page(request: HttpRequest) -> Page:
    """List the lots."""
    where = address(request, "state", "order")
    now = standing()
    filters = [where.choice("order", "次序", _ORDERS)]
    if where.get("order"):
        stretch, found = _nearest(where)
    else:
        filters.append(where.choice("state", "状态", _CHOICES))
        stretch, found = _newest(where, newest=0 if now.pool is None else now.pool.step)
    names = names_of(lot.member for lot in found)
    terms = all_terms()
    table = Table(
        columns=_COLUMNS,
        rows=tuple(line(lot, names, now, terms) for lot in found),
        empty="没有这样的积分批。订单结算后，每一笔铸出一批。",
        filters=tuple(filters),
        on_title="下一页" if where.get("order") else "更早",
    )
    return Page(title="积分批", face=way_on(table, stretch, where), note="一笔订单一批，封顶按批算")


def of_member(*, member: int, size: int) -> list[Lot]:
    """Give a member's newest lots."""
    return [Lot(*row) for row in rows(_OF_MEMBER, [member, size])]


def columns() -> tuple[Column, ...]:
    """Give the columns that `line` fills."""
    return _COLUMNS


def line(lot: Lot, names: Names, now: Standing, terms: dict[int, Terms]) -> tuple[Cell, ...]:
    """Give a lot as a row of a list."""
    in_force = terms[lot.version]
    tag = tag_of(lot.state, left=lot.left, due_at=lot.due_at, terms=in_force, now=now)
    cap = money.floor_share(lot.spend, in_force.exit_cap)
    price = "" if lot.exit_price is None else price_words(lot.exit_price)
    return (
        Cell(lot.key, href=reverse("admin:order", args=[lot.member, lot.number])),
        Cell(now.stamp(lot.due_at)),
        names.cell(lot.member),
        Cell(text.yuan(amount=lot.spend)),
        Cell(text.points(atoms=lot.minted)),
        Cell(text.points(atoms=lot.left)),
        Cell(text.points(atoms=lot.sold)),
        Cell(text.yuan(amount=cap)),
        Cell(text.yuan(amount=lot.net)),
        Cell(price),
        Cell(tag.text, tone=tag.tone),
    )


def price_words(price: int) -> str:
    """Write an exit price, half up.

    >>> price_words(10_714_285)
    '10.7143'
    """
    return text.price(units=(price + _PRICE_UNIT // 2) // _PRICE_UNIT)


def tag_of(state: str, *, left: int, due_at: datetime, terms: Terms, now: Standing) -> Tag:
    """Say in a word how a lot stands; a young one with points is locked (E12)."""
    unlock_at = clock.from_datetime(due_at) + terms.mint_lock * clock.SECOND
    return LOCKED if left and unlock_at > now.now else STATES[state]


def _newest(where: Address, *, newest: int) -> tuple[Stretch, list[Lot]]:
    place = where.place(1)
    below = _BEYOND if place is None else place[0]
    # Every second step may mint nothing: without a filter, too, only a stretch is looked through.
    edge = max(0, min(below, newest + 1) - STRETCH)
    values = {"below": below, "edge": edge, "state": where.get("state"), "size": PAGE + 1}
    found = [Lot(*row) for row in rows(_NEWEST, values)]
    if len(found) > PAGE:
        return Stretch(next=(found[PAGE - 1].step,)), found[:PAGE]
    return Stretch(next=(edge,) if edge else None, is_cut=bool(edge)), found


def _nearest(where: Address) -> tuple[Stretch, list[Lot]]:
    price, member, number = where.place(3) or (0, 0, 0)
    values = {"price": price, "member": member, "number": number, "size": PAGE + 1}
    found = [Lot(*row) for row in rows(_NEAREST, values)]
    if len(found) <= PAGE:
        return Stretch(next=None), found
    last = found[PAGE - 1]
    return Stretch(next=(last.exit_price or 0, last.member, last.number)), found[:PAGE]
