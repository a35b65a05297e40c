"""自有账户: the platform's own account at each channel, day by day: ours, the bill's, the gap (P3).

    gap = (in - out of the bill) - (in - out of ours)

Under each sum stands what it is made of. What does not agree has a difference of its own, by its
number, to be taken on among the others.

Units: fen as kept, yuan as shown. Source: P3, P4; I-6; design/ui/faces.md 6.5 (对账).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Final

from gongxiang.base import money, text
from gongxiang.ops.rows import Row, rows
from gongxiang.ops.table import (
    PAGE,
    Address,
    Cell,
    Column,
    Filter,
    Stretch,
    Table,
    way_on,
    whole,
)
from gongxiang.payments.bill_models import BillLine
from gongxiang.payments.clock import BILL_DUE, LATE
from gongxiang.payments.own import OWN
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import BillKind
from gongxiang.treasury.own_funds import OWN_FUNDS

_COLUMNS: Final = (
    Column("账单日"),
    Column("渠道"),
    Column("账单"),
    Column("我们记的收入（元）", "n"),
    Column("账单的收入（元）", "n"),
    Column("我们记的支出（元）", "n"),
    Column("账单的支出（元）", "n"),
    Column("差（元）", "n"),
    Column("待认领", "n"),
)
_FIRST: Final = date(1970, 1, 1)
_BEYOND: Final = (99_999, "")
_DAY: Final = "::timestamp AT TIME ZONE 'Asia/Shanghai'"
_LIST: Final = f"""
WITH page AS MATERIALIZED (
    SELECT provider, day, is_whole, {BILL_DUE.format(day="day")} < {LATE} AS is_late
      FROM payments_bill
     WHERE payee = '{OWN}' AND (day, provider) < ('{_FIRST}'::date + %s, %s)
     ORDER BY day DESC, provider DESC LIMIT %s
)
SELECT page.*, told.side, told.kind, told.figure
  FROM page CROSS JOIN LATERAL (
    SELECT 'ours' AS side, kind, sum(amount_fen)::bigint AS figure FROM ({OWN_FUNDS}) every
     WHERE every.provider = page.provider AND at >= page.day{_DAY} AND at < (page.day + 1){_DAY}
     GROUP BY kind
    UNION ALL
    SELECT 'theirs', kind, sum(amount_fen)::bigint FROM payments_billline line
     WHERE (line.payee, line.provider, line.day) = ('{OWN}', page.provider, page.day)
     GROUP BY kind
    UNION ALL
    SELECT 'open', '', count(*) FROM payments_difference known
     WHERE (known.provider, known.payee, known.state) = (page.provider, '{OWN}', 'open')
       AND page.day IN (known.our_day, known.their_day)
  ) told
 ORDER BY page.day DESC, page.provider DESC
"""  # noqa: S608  no value is spliced in


@dataclass(slots=True, kw_only=True)
class _Day:
    """A day of a channel; sums by side and kind."""

    provider: str
    day: date
    is_whole: bool
    is_late: bool
    sums: dict[str, dict[BillKind, int]] = field(default_factory=lambda: defaultdict(dict))
    open: int = 0

    @property
    def place(self) -> tuple[int | str, ...]:
        """Give the place from which the list goes on behind it."""
        return (self.day - _FIRST).days, self.provider


def listed(where: Address, filters: tuple[Filter, ...]) -> Table:
    """List the days of the own account at the channels, the newest first."""
    place = where.words(2)
    below = _BEYOND if place is None else (max(0, min(whole(place[0]), _BEYOND[0])), place[1])
    found = [
        _day(key, told)
        for key, told in groupby(rows(_LIST, [*below, PAGE + 1]), key=lambda row: row[:4])
    ]
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(each) for each in found[:PAGE]),
        empty="没有。有了分账或提现，平台自己账户的账单从那天起每天取一次。",
        filters=filters,
    )
    return way_on(table, Stretch(next=found[PAGE - 1].place if len(found) > PAGE else None), where)


def _day(key: Row, told: Iterable[Row]) -> _Day:
    provider, day, is_whole, is_late = key
    found = _Day(provider=provider, day=day, is_whole=is_whole, is_late=is_late)
    for *_, side, kind, figure in told:
        if side == "open":
            found.open = figure
        else:
            found.sums[side][BillKind(kind)] = figure
    return found


def _line(found: _Day) -> tuple[Cell, ...]:
    ours, theirs = found.sums["ours"], found.sums["theirs"]
    sides = [_sum(sums, is_in=is_in) for is_in in (True, False) for sums in (ours, theirs)]
    came, came_there, went, went_there = (_cell(each) for each in sides)
    gap = _net(theirs) - _net(ours)
    if not found.is_whole:
        came_there = went_there = Cell("—", tone="quiet")
    return (
        Cell(str(found.day)),
        Cell(Provider(found.provider).title),
        _bill(found),
        *(came, came_there, went, went_there),
        Cell(_yuan(gap), tone="wait" if gap else "") if found.is_whole else Cell("—", tone="quiet"),
        Cell(text.count(number=found.open), tone="wait" if found.open else ""),
    )


def _bill(found: _Day) -> Cell:
    if found.is_whole:
        return Cell("已取回", tone="ok")
    return Cell("还没有取到", tone="bad" if found.is_late else "wait")


def _sum(sums: Mapping[BillKind, int], *, is_in: bool) -> dict[BillKind, int]:
    kinds = sorted((kind for kind in sums if kind.is_in == is_in), key=lambda kind: kind.value)
    return {kind: sums[kind] for kind in kinds}


def _cell(sums: Mapping[BillKind, int]) -> Cell:
    """Write a sum, and under it what it is made of."""
    parts = (f"{BillLine.Kind(kind.value).label} {_yuan(fen)}" for kind, fen in sums.items())
    return Cell(_yuan(sum(sums.values())), note="、".join(parts))


def _net(sums: Mapping[BillKind, int]) -> int:
    return sum(fen if kind.is_in else -fen for kind, fen in sums.items())


def _yuan(fen: int) -> str:
    return text.yuan(amount=fen * money.FEN)
