"""对账差异: where the channels' bills and our record do not agree, and who takes each on (P3).

Units: fen as kept, yuan as shown. Source: P3; I-6; design/ui/faces.md 6.5 (对账).
"""

from datetime import date, datetime
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.claim_difference import NoteMissing, NothingOpen, claim_difference
from gongxiang.base import clock, money, text
from gongxiang.ops.acting import carried, own_funds
from gongxiang.ops.acting.sheet import (
    Field,
    Form,
    Sheet,
    checking,
    is_doing,
    sheet_page,
    typed,
)
from gongxiang.ops.door import Here, here
from gongxiang.ops.moments import real
from gongxiang.ops.page import Done, Page
from gongxiang.ops.roles import may_do
from gongxiang.ops.rows import one, reading, rows
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
    whole,
)
from gongxiang.payments.bill_models import BillLine, Difference
from gongxiang.payments.own import OWN
from gongxiang.payments.provider import Provider

_CARRIED: Final = "carried"
_OWN: Final = "own"
_STATES: Final = {
    "": "待认领",
    "claimed": "已认领",
    "explained": "已对上",
    _CARRIED: "没有分成",
    _OWN: "自有账户",
}
_TONES: Final = {Difference.State.OPEN: "wait", Difference.State.EXPLAINED: "ok"}
_COLUMNS: Final = (
    Column("单号", "mono"),
    Column("账单日"),
    Column("渠道"),
    Column("类别"),
    Column("我们的（元）", "n"),
    Column("渠道的（元）", "n"),
    Column("差（元）", "n"),
    Column("认领"),
)
_FIELDS: Final = """
SELECT number, provider, kind, day, payee, ours_fen, theirs_fen, our_day, their_day, state, officer,
       note, found_at, coalesce((SELECT string_agg(DISTINCT business, '、')
           FROM payments_billline line WHERE (line.provider, line.kind, line.number)
                = (known.provider, known.kind, known.number)), '')
  FROM payments_difference known
"""
_OPEN: Final = f"""
{_FIELDS} WHERE state = %s AND (found_at, provider, kind, number) > (%s, %s, %s, %s)
 ORDER BY found_at, provider, kind, number LIMIT %s
"""
_OTHER: Final = f"""
{_FIELDS} WHERE state = %s AND (found_at, provider, kind, number) < (%s, %s, %s, %s)
 ORDER BY found_at DESC, provider DESC, kind DESC, number DESC LIMIT %s
"""
_ONE: Final = f"{_FIELDS} WHERE (provider, kind, number) = (%s, %s, %s)"


class Found(NamedTuple):
    """One exception."""

    number: str
    provider: str
    kind: str
    day: date
    payee: str
    ours_fen: int
    theirs_fen: int
    our_day: date | None
    their_day: date | None
    state: str
    officer: str
    note: str
    found_at: datetime
    business: str

    @property
    def href(self) -> str:
        """Give the address of its page."""
        return reverse("admin:difference", args=[self.provider, self.kind, self.number])

    @property
    def place(self) -> tuple[int | str, ...]:
        """Give the place from which a list goes on behind it."""
        return clock.from_datetime(self.found_at), self.provider, self.kind, self.number

    @property
    def words(self) -> tuple[str, str]:
        """Name the channel and what the movement is about."""
        return Provider(self.provider).title, BillLine.Kind(self.kind).label

    @property
    def gap(self) -> str:
        """Write how much more the channel has, with its sign."""
        return _yuan(self.theirs_fen - self.ours_fen)

    @property
    def account(self) -> str:
        """Say whose account at the channel it is."""
        return "平台自己的账户" if self.payee == OWN else self.payee or "没有写"

    @property
    def apart(self) -> str:
        """Say in what the two do not agree; nothing where a later bill made them."""
        if self.ours_fen == self.theirs_fen:
            return "日期不同" if self.our_day != self.their_day else ""
        if not self.ours_fen:
            return "我们没有这一笔"
        if not self.theirs_fen:
            return "账单里又退回了" if self.business else "账单没有这一笔"
        return "金额不同"


def page(request: HttpRequest) -> Page:
    """List the exceptions of a state."""
    where = address(request, "state")
    states = (where.choice("state", "状态", _STATES),)
    if where.get("state") == _CARRIED:
        return Page(title="对账差异", face=carried.listed(where, states))
    if where.get("state") == _OWN:
        return Page(title="对账差异", face=own_funds.listed(where, states))
    found = _listed(where)
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(each) for each in found[:PAGE]),
        empty="没有。账单和我们记的不一样的，会停在这里。",
        filters=states,
        on_title="更早" if where.get("state") else "更晚",
    )
    stretch = Stretch(next=found[PAGE - 1].place if len(found) > PAGE else None)
    return Page(title="对账差异", face=way_on(table, stretch, where))


def _listed(where: Address) -> list[Found]:
    """Ask for a page and one more: what is open, the oldest first; the others, the newest first."""
    state, place = where.get("state"), where.words(4)
    if place is None:
        at: datetime | str = "infinity" if state else "-infinity"
        place = ("", "", "", "")
    else:
        at = clock.to_datetime(whole(place[0]))
    query = _OTHER if state else _OPEN
    found = rows(query, [state or Difference.State.OPEN.value, at, *place[1:], PAGE + 1])
    return [Found(*row) for row in found]


def one_page(request: HttpRequest, *, provider: str, kind: str, number: str) -> Page:
    """Show one exception, and the form where it is open and the officer may take it on."""
    found = _found(provider, kind, number)
    is_open = found.state == Difference.State.OPEN
    may = is_open and may_do(here(request).role, "difference")
    return _page(found, (_form("", ""),) if may else ())


def claim(request: HttpRequest, who: Here, *, provider: str, kind: str, number: str) -> Page | Done:
    """Take an exception on, after a look at it."""
    with reading():
        found = _found(provider, kind, number)
    note = typed(request, "note")
    if not note or found.state != Difference.State.OPEN:
        return _again(found, note)
    if not is_doing(request):
        with reading():
            return _page(found, (_check(request, found, note),))
    try:
        claim_difference(
            provider=Provider(found.provider),
            kind=found.kind,
            number=found.number,
            officer=who.name,
            note=note,
        )
    except (NothingOpen, NoteMissing):
        with reading():
            found = _found(provider, kind, number)
        return _again(found, note)
    return Done(reverse("admin:differences"), f"差异 {found.number} 由你认领")


def _found(provider: str, kind: str, number: str) -> Found:
    row = one(_ONE, [provider, kind, number])
    if row is None:
        raise NotThere(f"没有单号 {number} 的对账差异")
    return Found(*row)


def _again(found: Found, note: str) -> Page:
    """Show the form again with what was typed and what was wrong; nothing was done."""
    form = _form(note, "" if note else "写上看到了什么、打算怎么办")
    if found.state != Difference.State.OPEN:
        refusal = Field(name="note", kind="hidden", error="刚刚有人认领了，或后来的账单对上了")
        form = Form(title="没有执行", button="", fields=(refusal,))
    with reading():
        return _page(found, (form,))


def _page(found: Found, forms: tuple[Form, ...]) -> Page:
    channel, kind = found.words
    state = Difference.State(found.state)
    heads = (
        ("渠道", Cell(channel)),
        ("类别", Cell(kind, note=found.business)),
        ("账单日", Cell(str(found.day))),
        ("账户", Cell(found.account)),
        ("我们的", Cell(f"{_yuan(found.ours_fen)} 元", note=_on(found.our_day))),
        ("渠道的", Cell(f"{_yuan(found.theirs_fen)} 元", note=_on(found.their_day))),
        ("差", Cell(f"{found.gap} 元", note=found.apart)),
        ("发现时间", Cell(real(found.found_at))),
        ("状态", Cell(state.label, tone=_TONES.get(state, "plain"))),
        ("认领", Cell(found.officer or "还没有", note=found.note)),
    )
    sheet = Sheet(heads=heads, text=("单号", found.number), forms=forms)
    up = ("对账差异", reverse("admin:differences"))
    is_refused = any(form.errors for form in forms)
    return sheet_page(
        sheet, title=f"{channel}{kind}差 {found.gap} 元", up=up, is_refused=is_refused
    )


def _form(note: str, error: str) -> Form:
    field = Field(name="note", title="看到了什么、打算怎么办", kind="long", value=note, error=error)
    words = "认领只说明有人在查，不改账；后来的账单对上了，会自己变成「已对上」。"
    return Form(title="认领", button="下一步：核对", fields=(field,), note=words)


def _check(request: HttpRequest, found: Found, note: str) -> Form:
    return checking(
        request,
        title=f"核对：{note}",
        button=f"认领，差 {found.gap} 元",
        kept={"note": note},
        back=("先不认领", found.href),
        errors={},
        note="认领人是你，记在审计日志里。",
    )


def _line(found: Found) -> tuple[Cell, ...]:
    channel, kind = found.words
    claimed = Cell(found.officer, note=found.note) if found.officer else Cell("待认领", tone="wait")
    if not found.officer and found.state != Difference.State.OPEN:
        claimed = Cell("后来的账单对上了", tone="ok")
    return (
        Cell(found.number, href=found.href),
        Cell(str(found.day)),
        Cell(channel),
        Cell(kind, note=found.business),
        Cell(_yuan(found.ours_fen)),
        Cell(_yuan(found.theirs_fen)),
        Cell(found.gap, note=found.apart),
        claimed,
    )


def _on(day: date | None) -> str:
    return f"记在 {day}" if day else ""


def _yuan(fen: int) -> str:
    return text.yuan(amount=fen * money.FEN)
