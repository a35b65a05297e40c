"""代理合同: who is the agent of which region, from when to when.

Units: none.
Source: R5, R11; design/ui/faces.md 6.5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest

from gongxiang.base import clock
from gongxiang.economy.agency import LEVELS
from gongxiang.ledger.chart import PURPOSE_NAMES
from gongxiang.ops.names import Names, names_of
from gongxiang.ops.page import Page, Tag
from gongxiang.ops.places import division_name
from gongxiang.ops.rows import rows
from gongxiang.ops.standing import BEGINNING, Standing, standing
from gongxiang.ops.table import PAGE, Cell, Column, Stretch, Table, address, way_on

_LEVELS: Final = {"": "全部"} | {level: PURPOSE_NAMES[level] for level in LEVELS}
_COLUMNS: Final = (
    Column("级别"),
    Column("区域"),
    Column("代理人"),
    Column("开始"),
    Column("结束"),
    Column("状态"),
)
_CONTRACTS: Final = """
SELECT id, member_id, level, region, start_at, end_at FROM regions_contract
 WHERE id < %(below)s AND (%(level)s = '' OR level = %(level)s)
 ORDER BY id DESC LIMIT %(size)s
"""
_BEYOND: Final = 2**62


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract: `[start_at, end_at)`, None = since the beginning, without an end."""

    number: int
    member: int
    level: str
    region: str
    start_at: datetime | None
    end_at: datetime | None


def page(request: HttpRequest) -> Page:
    """List the contracts, newest first."""
    where = address(request, "level")
    filters = (where.choice("level", "级别", _LEVELS),)
    now = standing()
    below = where.place(1) or (_BEYOND,)
    values = {"below": below[0], "level": where.get("level"), "size": PAGE + 1}
    found = [Contract(*row) for row in rows(_CONTRACTS, values)]
    names = names_of(contract.member for contract in found)
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(contract, names, now) for contract in found[:PAGE]),
        empty="没有这样的合同。没有代理的区域，分成留在分销预算里。",
        filters=filters,
    )
    stretch = Stretch(next=(found[PAGE - 1].number,) if len(found) > PAGE else None)
    return Page(title="代理合同", face=way_on(table, stretch, where))


def _line(contract: Contract, names: Names, now: Standing) -> tuple[Cell, ...]:
    tag = _tag(contract, now)
    return (
        Cell(PURPOSE_NAMES[contract.level]),
        Cell(division_name(contract.region) or contract.region),
        names.cell(contract.member),
        Cell(now.stamp(contract.start_at) or BEGINNING),
        Cell(now.stamp(contract.end_at) or "没有结束"),
        Cell(tag.text, tone=tag.tone),
    )


def _tag(contract: Contract, now: Standing) -> Tag:
    moment = clock.to_datetime(now.now)
    if contract.end_at is not None and contract.end_at <= moment:
        return Tag("已结束")
    if contract.start_at is not None and contract.start_at > moment:
        return Tag("还没开始", "wait")
    return Tag("在任", "ok")
