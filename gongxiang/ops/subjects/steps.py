"""盈利池序列: every step that moved the pool, and the pair after it.

Steps are numbered without a gap, so a page is a range of numbers; step 0 is the opening.

Units: µ¥, atoms.
Source: E3, E8, E11, E13, E16, E18; design/ui/faces.md 6.5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import text
from gongxiang.ops.names import NOBODY, Names, names_of
from gongxiang.ops.page import Page
from gongxiang.ops.rows import Row, one, rows
from gongxiang.ops.standing import Pair, Standing, standing
from gongxiang.ops.table import (
    PAGE,
    STRETCH,
    Address,
    Box,
    Cell,
    Column,
    Stretch,
    Table,
    address,
    way_on,
)
from gongxiang.points.models import StepKind

KINDS: Final = {
    StepKind.MINT: "结算",
    StepKind.SALE: "卖出",
    StepKind.EXIT: "到线结清",
    StepKind.REFUND: "结算后退款",
    StepKind.INJECTION: "注资",
}
_CHOICES: Final = {"": "全部"} | {str(kind.value): words for kind, words in KINDS.items()}
_COLUMNS: Final = (
    Column("步", "mono"),
    Column("时间"),
    Column("事件"),
    Column("会员"),
    Column("订单", "mono"),
    Column("进出池（元）", "n"),
    Column("积分", "n"),
    Column("之后的池（元）", "n"),
    Column("之后的流通", "n"),
    Column("价格（元）", "n"),
    Column("批次", "mono"),
)
_STEPS: Final = """
SELECT step.id, step.batch_id, step.kind, step.at, step.home_id, step.order_id, fact.key,
       paid.store_id, step.amount, step.points, step.money, step.circulating
  FROM (SELECT * FROM points_step
         WHERE id < %(below)s AND id >= %(edge)s AND (%(kind)s::int IS NULL OR kind = %(kind)s)
         ORDER BY id DESC LIMIT %(size)s) step
  LEFT JOIN orders_order paid ON (paid.member_id, paid.id) = (step.home_id, step.order_id)
  LEFT JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
 ORDER BY step.id DESC
"""
_OF_DAY: Final = """
SELECT (SELECT id FROM points_step WHERE at >= %s ORDER BY at, id LIMIT 1),
       (SELECT id FROM points_step WHERE at >= %s ORDER BY at, id LIMIT 1)
"""
_OPENING: Final = "SELECT money, circulating FROM ledger_batch WHERE id = 1"
OPENED: Final = "创世持有，永久锁定"
_BEYOND: Final = 2**62


@dataclass(frozen=True, slots=True)
class Step:
    """One step, with the key and the store of its order where it has one."""

    number: int
    batch: int
    kind: StepKind
    at: datetime
    member: int
    order: int
    key: str | None
    store: int | None
    amount: int
    points: int
    after: Pair

    @property
    def before(self) -> Pair:
        """Give the pair before the step."""
        return Pair(
            money=self.after.money - self.amount, circulating=self.after.circulating - self.points
        )

    @property
    def order_href(self) -> str:
        """Give the address of the order, empty where there is none."""
        return reverse("admin:order", args=[self.member, self.order]) if self.order else ""


def page(request: HttpRequest) -> Page:
    """List the steps, newest first."""
    where = address(request, "kind", "day")
    now = standing()
    stretch, steps = _stretch(where, newest=0 if now.pool is None else now.pool.step)
    names = names_of([party for step in steps for party in (step.member, step.store)])
    lines = [_line(step, names, now) for step in steps]
    if stretch.next is None and not where.get("kind") and not where.get("day"):
        lines += _opening_line()
    table = Table(
        columns=_COLUMNS,
        rows=tuple(lines),
        empty="还没有结算过订单。第一笔订单结算后，这里会有第 1 步。",
        filters=(where.choice("kind", "事件", _CHOICES),),
        boxes=(Box(name="day", title="日期", value=where.get("day"), hint="2026-11-22"),),
        kept=where.kept("day"),
    )
    return Page(title="盈利池序列", face=way_on(table, stretch, where), note="每一步之后的池与价格")


def newest_steps(*, below: int = _BEYOND, edge: int = 0, size: int, kind: int | None) -> list[Step]:
    """Give the newest steps of a range of numbers."""
    values = {"below": below, "edge": edge, "size": size, "kind": kind}
    return [_step(row) for row in rows(_STEPS, values)]


def opening() -> Pair | None:
    """Give the pair that the platform opened with, None before it did."""
    found = one(_OPENING)
    return None if found is None else Pair(money=found[0], circulating=found[1])


def event_cell(step: Step, names: Names) -> Cell:
    """Say what a step was, and at which store."""
    words = KINDS[step.kind]
    return Cell(f"{words} {names.text(step.store)}" if step.store else words)


def _step(row: Row) -> Step:
    number, batch, kind, at, member, order, key, store, amount, points, *pair = row
    after = Pair(money=pair[0], circulating=pair[1])
    return Step(number, batch, StepKind(kind), at, member, order, key, store, amount, points, after)


def _stretch(where: Address, *, newest: int) -> tuple[Stretch, list[Step]]:
    first, below = _range(where)
    kind = where.number("kind")
    edge = first if kind is None else max(first, min(below, newest + 1) - STRETCH)
    steps = newest_steps(below=below, edge=edge, size=PAGE + 1, kind=kind)
    if len(steps) > PAGE:
        return Stretch(next=(steps[PAGE - 1].number,)), steps[:PAGE]
    if edge > first:
        return Stretch(next=(edge,), is_cut=True), steps
    return Stretch(next=None), steps


def _range(where: Address) -> tuple[int, int]:
    """Give the first step that may be shown, and the one below which the page begins."""
    first, below = 1, _BEYOND
    day = where.day()
    if day is not None:
        begin, end = rows(_OF_DAY, day)[0]
        first, below = begin or _BEYOND, end or _BEYOND
    place = where.place(1)
    return first, below if place is None else min(below, place[0])


def _line(step: Step, names: Names, now: Standing) -> tuple[Cell, ...]:
    return (
        Cell(text.count(number=step.number)),
        Cell(now.stamp(step.at)),
        event_cell(step, names),
        names.cell(step.member) if step.member else NOBODY,
        Cell(step.key or "", href=step.order_href),
        Cell(text.yuan_moved(amount=step.amount)),
        Cell(text.points_moved(atoms=step.points)),
        Cell(text.yuan(amount=step.after.money)),
        Cell(text.points(atoms=step.after.circulating)),
        Cell(step.after.price),
        Cell(str(step.batch), href=reverse("admin:batch", args=[step.batch])),
    )


def _opening_line() -> list[tuple[Cell, ...]]:
    pair = opening()
    if pair is None:
        return []
    empty = Cell("")
    return [
        (
            Cell("0"),
            Cell("开盘"),
            Cell(OPENED),
            empty,
            empty,
            Cell(text.yuan_moved(amount=pair.money)),
            Cell(text.points_moved(atoms=pair.circulating)),
            Cell(text.yuan(amount=pair.money)),
            Cell(text.points(atoms=pair.circulating)),
            Cell(pair.price),
            Cell("1", href=reverse("admin:batch", args=[1])),
        )
    ]
