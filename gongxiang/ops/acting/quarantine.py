"""隔离的通知: what channels signed but what does not fit, looked at and marked as handled.

Units: none. Source: P1; reliability 1.4 (6); design/ui/faces.md 6.5.
"""

from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.handle_notice import (
    HandledBefore,
    HandlingUnexplained,
    NoSuchNotice,
    handle_notice,
)
from gongxiang.ops.acting.sheet import Errors, Field, Form, Sheet, sheet_page, typed
from gongxiang.ops.door import Here, here
from gongxiang.ops.moments import real
from gongxiang.ops.page import Done, Page
from gongxiang.ops.roles import may_do
from gongxiang.ops.rows import Row, one, reading, rows
from gongxiang.ops.table import PAGE, Cell, Column, NotThere, Stretch, Table, address, way_on
from gongxiang.payments.provider import Provider

_BEYOND: Final = 2**62
_STATES: Final = {"": "待处理", "done": "已处理"}
_COLUMNS: Final = (
    Column("编号", "mono"),
    Column("收到时间"),
    Column("渠道"),
    Column("为什么停在这里", "w"),
    Column("处理"),
)
_FIELDS: Final = """
SELECT notice.id, notice.received_at, notice.provider, notice.reason, handled.officer,
       handled.why, handled.handled_at
"""
_FROM: Final = """
  FROM payments_quarantine notice
  LEFT JOIN governance_handlednotice handled ON handled.notice_id = notice.id
"""
_WAITING: Final = f"""
{_FIELDS} {_FROM} JOIN payments_waitingnotice waiting ON waiting.notice_id = notice.id
 WHERE waiting.notice_id < %s ORDER BY waiting.notice_id DESC LIMIT %s
"""
_HANDLED: Final = f"""
{_FIELDS} FROM governance_handlednotice handled
  JOIN payments_quarantine notice ON notice.id = handled.notice_id
 WHERE handled.notice_id < %s ORDER BY handled.notice_id DESC LIMIT %s
"""
_ONE: Final = f"{_FIELDS}, notice.body {_FROM} WHERE notice.id = %s"


def page(request: HttpRequest) -> Page:
    """List what waits, or what was handled; newest first."""
    where = address(request, "state")
    states = (where.choice("state", "状态", _STATES),)
    below = where.place(1) or (_BEYOND,)
    listed = _HANDLED if where.get("state") == "done" else _WAITING
    found = rows(listed, [below[0], PAGE + 1])
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(row) for row in found[:PAGE]),
        empty="没有。金额、商户号、签名不符的回调会停在这里。",
        filters=states,
    )
    stretch = Stretch(next=(found[PAGE - 1][0],) if len(found) > PAGE else None)
    return Page(title="隔离的通知", face=way_on(table, stretch, where))


def one_page(request: HttpRequest, *, number: int) -> Page:
    """Show a notice as it came."""
    return _page(request, number, {})


def handle(request: HttpRequest, who: Here, *, number: int) -> Page | Done:
    """Mark a notice as handled."""
    try:
        handle_notice(notice=number, officer=who.name, why=typed(request, "why"))
    except NoSuchNotice as missing:
        raise NotThere(f"没有编号 {number} 的通知") from missing
    except HandlingUnexplained:
        refusal = "写上看到了什么、怎么处理的"
    except HandledBefore:
        refusal = "刚刚有同事处理过，内容已更新"
    else:
        return Done(reverse("admin:quarantine"), f"通知 {number} 已标为处理")
    with reading():
        return _page(request, number, {"why": refusal})


def _page(request: HttpRequest, number: int, errors: Errors) -> Page:
    row = one(_ONE, [number])
    if row is None:
        raise NotThere(f"没有编号 {number} 的通知")
    _, received, provider, reason, officer, why, handled = row[:7]
    heads = [
        ("渠道", Cell(Provider(provider).title)),
        ("收到时间", Cell(real(received))),
        ("为什么停在这里", Cell(reason)),
    ]
    if officer:
        heads += [("处理", Cell(officer, note=real(handled))), ("说明", Cell(why))]
    forms: tuple[Form, ...] = ()
    if errors or (not officer and may_do(here(request).role, "notice")):
        field = Field(
            name="why",
            title="看到了什么、怎么处理的",
            kind="long",
            value=typed(request, "why"),
            error=errors.get("why", ""),
        )
        note = "通知本身不会改变，也不会因此入账。"
        forms = (Form(title="处理", button="标为已处理", fields=(field,), note=note),)
    sheet = Sheet(heads=tuple(heads), text=("收到的内容，原样", row[7]), forms=forms)
    up = ("隔离的通知", reverse("admin:quarantine"))
    return sheet_page(sheet, title=f"通知 {number}", up=up, is_refused=bool(errors))


def _line(row: Row) -> tuple[Cell, ...]:
    number, received, provider, reason, officer, why, handled = row
    state = (
        Cell(f"{officer}：{why}", note=real(handled)) if handled else Cell("待处理", tone="wait")
    )
    return (
        Cell(str(number), href=reverse("admin:notice", args=[number])),
        Cell(real(received)),
        Cell(Provider(provider).title),
        Cell(reason),
        state,
    )
