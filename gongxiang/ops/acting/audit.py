"""审计日志: who of the staff did or saw what; filters in the address, and a table to take along.

Units: money in µ¥. Source: H5; design/ui/faces.md 6.5.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import TextChoices
from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.note_officer import note_officer
from gongxiang.base import clock, text
from gongxiang.governance.audit_log import SYSTEM
from gongxiang.governance.models import AuditKind
from gongxiang.members.models import Recovery
from gongxiang.merchants.models import Application, ChangeRequest
from gongxiang.ops.door import Here
from gongxiang.ops.figures import exact_yuan, short_hash
from gongxiang.ops.navigation import title_of
from gongxiang.ops.page import File, Page
from gongxiang.ops.rows import Row, one, reading, rows
from gongxiang.ops.standing import Standing, standing
from gongxiang.ops.table import (
    PAGE,
    Address,
    Box,
    Cell,
    Column,
    Stretch,
    Table,
    address,
    way_on,
)
from gongxiang.payments.bill_models import Difference
from gongxiang.payments.models import SubMerchant
from gongxiang.payments.provider import Provider

TAKEN_MAX: Final = 20_000
"""Lines that are taken along at a time, newest first."""
THINGS: Final = {
    "staff": "员工",
    "page": "页面",
    "member": "会员",
    "withdrawal": "提现",
    "notice": "隔离的通知",
    "application": "入驻申请",
    "store": "门店",
    "refund case": "结算后退款",
    "change of store": "门店变更",
    "difference": "对账差异",
    "refund": "渠道退款",
    "share": "分账",
    "audit": "审计日志",
    "rules": "规则",
}
"""What a subject is, in words."""
WORDS: Final = {
    "state": "状态",
    "maker": "初审",
    "checker": "复核",
    "verdict": "意见",
    "role": "角色",
    "active": "启用",
    "name": "名字",
    "reason": "原因",
    "amount": "金额",
    "kind": "做什么",
    "officer": "谁",
    "day": "日期",
    "lines": "行数",
    "subject": "对象编号",
    "store": "门店",
    "request": "申请",
    "rate": "抽成",
    "owner": "新店主",
    "provider": "渠道",
    "number": "号码",
    "preset": "蓝本",
    "settings": "另行设定",
}
"""The names of values, in words."""
_STATES: Final[Mapping[str, type[TextChoices]]] = {
    AuditKind.STORE_REVIEWED: Application.State,
    AuditKind.CHANGE_REVIEWED: ChangeRequest.State,
    AuditKind.RECOVERY_REVIEWED: Recovery.State,
    AuditKind.ACCOUNT_SET: SubMerchant.State,
    AuditKind.DIFFERENCE_CLAIMED: Difference.State,
}
"""Whose states a line of a kind names; the others are written as they are read."""
_COLUMNS: Final = (
    Column("时间"),
    Column("谁"),
    Column("做什么"),
    Column("对象"),
    Column("之前", "w"),
    Column("之后", "w"),
    Column("原因", "w"),
    Column("来自", "mono"),
)
_KINDS: Final = {"": "全部"} | {kind.value: kind.label for kind in AuditKind}
_FILTERS: Final = ("kind", "officer", "subject", "day")
_PAGES: Final = {
    "member": "member",
    "notice": "notice",
    "store": "store",
    "change of store": "store",
}
"""The page of a thing that its number alone leads to."""
_UNITS: Final[Mapping[str, Callable[[int], str]]] = {
    "amount": lambda amount: f"{exact_yuan(amount=amount)} 元",
    "rate": lambda rate: text.rate(per_myriad=rate),
}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_FIELDS: Final = """
SELECT id, at, officer, address, kind, subject_kind, subject_id, before, after, why
  FROM governance_auditentry
"""


_SEALED: Final = "SELECT day, root FROM governance_auditseal ORDER BY day DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    number: int
    at: datetime
    officer: str
    address: str
    kind: str
    thing: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str


def page(request: HttpRequest) -> Page:
    """List the log, newest first."""
    where = address(request, *_FILTERS)
    now = standing()
    found = _entries(where, PAGE + 1)
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(entry, now) for entry in found[:PAGE]),
        empty="没有这样的记录。",
        filters=(where.choice("kind", "做什么", _KINDS),),
        boxes=(
            Box(name="officer", title="谁", value=where.get("officer"), hint="用户名"),
            Box(name="subject", title="对象", value=where.get("subject"), hint="完整的编号"),
            Box(name="day", title="日期", value=where.get("day"), hint="2026-11-22"),
        ),
        kept=where.kept("officer", "subject", "day"),
    )
    last = found[PAGE - 1] if len(found) > PAGE else None
    place = None if last is None else (clock.from_datetime(last.at), last.number)
    face = way_on(table, Stretch(next=place), where)
    return Page(title="审计日志", face=face, template="ops/audit.html", note=_sealed())


def _sealed() -> str:
    """Say until when the log is sealed, and with which root."""
    row = one(_SEALED)
    if row is None:
        return "只增不改，每天封存"
    return f"只增不改，封存到 {row[0]}，根 {short_hash(digest=bytes(row[1]))}"


def export(request: HttpRequest, who: Here) -> File:
    """Give the lines that the filters leave, as a table; the taking is a line itself."""
    where = address(request, *_FILTERS)
    with reading():
        found = _entries(where, TAKEN_MAX)
    asked = {name: where.get(name) for name in _FILTERS if where.get(name)}
    note_officer(
        kind=AuditKind.EXPORTED,
        officer=who.name,
        subject=("audit", "csv"),
        after=asked | {"lines": len(found)},
    )
    return File(name="audit.csv", body=_csv(found))


def guarded(cell: str) -> str:
    """Write a cell so that no spreadsheet takes it for a formula.

    >>> guarded("=1+1"), guarded("林小满")
    ("'=1+1", '林小满')
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _entries(where: Address, size: int) -> list[Entry]:
    where.choice("kind", "做什么", _KINDS)
    conditions, values = ["true"], []
    for column, name in (("kind", "kind"), ("officer", "officer"), ("subject_id", "subject")):
        if where.get(name):
            conditions.append(f"{column} = %s")
            asked = where.get(name).replace("\0", "")
            values.append(SYSTEM if (name, asked) == ("officer", "系统") else asked)
    day, place = where.day(), where.place(2)
    if day is not None:
        conditions.append("at >= %s AND at < %s")
        values += list(day)  # type: ignore[arg-type]
    if place is not None:
        conditions.append("(at, id) < (%s, %s)")
        values += [clock.to_datetime(place[0]), place[1]]  # type: ignore[list-item]
    query = f"{_FIELDS} WHERE {' AND '.join(conditions)} ORDER BY at DESC, id DESC LIMIT %s"
    return [_entry(row) for row in rows(query, [*values, size])]


def _entry(row: Row) -> Entry:
    *told, before, after, why = row
    read: Row = (*told, json.loads(before), json.loads(after), why)
    return Entry(*read)


def _line(entry: Entry, now: Standing) -> tuple[Cell, ...]:
    return (
        Cell(now.stamp(entry.at)),
        Cell(_who(entry)),
        Cell(_kind(entry.kind)),
        Cell(THINGS.get(entry.thing, entry.thing), note=_subject(entry), href=_href(entry)),
        Cell(_values(entry, entry.before)),
        Cell(_values(entry, entry.after)),
        Cell(entry.why),
        Cell(entry.address),
    )


def _who(entry: Entry) -> str:
    return "系统" if entry.officer == SYSTEM else entry.officer


def _kind(kind: str) -> str:
    return AuditKind(kind).label if kind in AuditKind else kind


def _subject(entry: Entry) -> str:
    """Name a page as the menu does; a table that was taken along has no number."""
    if entry.thing == "page":
        return title_of(entry.subject)
    return "" if entry.thing == "audit" else entry.subject


def _href(entry: Entry) -> str:
    page = _PAGES.get(entry.thing)
    is_there = page is not None and entry.subject.isdigit()
    return reverse(f"admin:{page}", args=[int(entry.subject)]) if is_there else ""


def _values(entry: Entry, values: Mapping[str, Any]) -> str:
    return "；".join(
        f"{WORDS.get(name, name)}：{_value(entry, name, value)}" for name, value in values.items()
    )


def _value(entry: Entry, name: str, value: object) -> str:
    """Write a value in words: a number with its unit, a state by its label."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and name in _UNITS:
        return _UNITS[name](value)
    labels = _labels(entry, name)
    return "没有" if value in {None, ""} else labels.get(str(value), str(value))


def _labels(entry: Entry, name: str) -> Mapping[str, str]:
    if name == "kind":
        is_change = entry.kind == AuditKind.CHANGE_REVIEWED
        return _choices(ChangeRequest.Kind if is_change else AuditKind)
    if name == "provider":
        return {each.value: each.title for each in Provider}
    return _choices(_STATES[entry.kind]) if name == "state" and entry.kind in _STATES else {}


def _choices(of: type[TextChoices]) -> Mapping[str, str]:
    return {each.value: str(each.label) for each in of}


def _csv(entries: list[Entry]) -> str:
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(("编号", *(column.title for column in _COLUMNS), "对象编号"))
    for entry in entries:
        moment = clock.from_datetime(entry.at)
        cells = (
            str(entry.number),
            f"{text.date(day=clock.shanghai_day(moment))} {text.hour(at=moment)}",
            _who(entry),
            _kind(entry.kind),
            THINGS.get(entry.thing, entry.thing),
            _values(entry, entry.before),
            _values(entry, entry.after),
            entry.why,
            entry.address,
            entry.subject,
        )
        writer.writerow([guarded(cell) for cell in cells])
    return out.getvalue()
