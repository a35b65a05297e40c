"""找回账户: who asks for the account of a lost number; one officer checks his real name (I-26).

Units: none. Source: reliability 8 (26), I-26; spec/platform.md (People); design/ui/faces.md 6.5.
"""

from datetime import datetime
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.review_recovery import NotAsked, ReasonMissing, review_recovery
from gongxiang.governance.limits import limit
from gongxiang.members.models import Recovery
from gongxiang.ops.acting.sheet import (
    Errors,
    Field,
    Form,
    Sheet,
    checking,
    is_doing,
    refusals,
    sheet_page,
    typed,
)
from gongxiang.ops.door import Here, here
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Done, Page
from gongxiang.ops.roles import may_do
from gongxiang.ops.rows import one, reading, rows
from gongxiang.ops.standing import standing
from gongxiang.ops.table import PAGE, Cell, Column, NotThere, Stretch, Table, address, way_on

_BEYOND: Final = 2**62
_TYPED: Final = 4
_STATES: Final = {"": "待核对", "waiting": "等待期", "all": "全部"}
_LISTED: Final = {
    "": [Recovery.State.ASKED.value],
    "waiting": [Recovery.State.APPROVED.value],
    "all": list(Recovery.State.values),
}
_VERDICTS: Final = {"approve": True, "decline": False}
_TONES: Final = {
    Recovery.State.ASKED: "wait",
    Recovery.State.APPROVED: "wait",
    Recovery.State.DECLINED: "bad",
    Recovery.State.DONE: "ok",
}
_COLUMNS: Final = (
    Column("申请", "mono"),
    Column("申请时间"),
    Column("要找回的账户"),
    Column("现在验证的"),
    Column("状态"),
    Column("核对"),
)
_FIELDS: Final = """
SELECT id, member_id, shown, state, asked_at, officer, reason, ready_at FROM members_recovery
"""
_LIST: Final = f"{_FIELDS} WHERE id < %s AND state = ANY(%s) ORDER BY id DESC LIMIT %s"
_ONE: Final = f"{_FIELDS} WHERE (member_id, id) = (%s, %s)"


class Asked(NamedTuple):
    """One request."""

    number: int
    member: int
    shown: str
    state: str
    asked_at: datetime
    officer: str
    reason: str
    ready_at: datetime | None

    @property
    def href(self) -> str:
        """Give the address of its page."""
        return reverse("admin:recovery", args=[self.member, self.number])

    @property
    def cell(self) -> Cell:
        """Say how far it came."""
        state = Recovery.State(self.state)
        return Cell(state.label, tone=_TONES.get(state, "plain"))


def page(request: HttpRequest) -> Page:
    """List what waits for an officer, or everything; newest first."""
    where = address(request, "state")
    states = (where.choice("state", "状态", _STATES),)
    below = where.place(1) or (_BEYOND,)
    listed = [Asked(*row) for row in rows(_LIST, [below[0], _LISTED[where.get("state")], PAGE + 1])]
    shown, now = listed[:PAGE], standing()
    names = names_of(each.member for each in shown)
    table = Table(
        columns=_COLUMNS,
        rows=tuple(
            (
                Cell(str(each.number), href=each.href),
                Cell(now.stamp(each.asked_at)),
                names.cell(each.member),
                Cell(each.shown),
                each.cell,
                Cell(each.officer, note=each.reason),
            )
            for each in shown
        ),
        empty="现在没有人在找回账户。",
        filters=states,
    )
    stretch = Stretch(next=(listed[PAGE - 1].number,) if len(listed) > PAGE else None)
    return Page(title="找回账户", face=way_on(table, stretch, where))


def one_page(request: HttpRequest, *, member: int, number: int) -> Page:
    """Show one request, and the form where it waits and the officer may answer."""
    asked = _found(member, number)
    is_open = asked.state == Recovery.State.ASKED and may_do(here(request).role, "recovery")
    return _page(asked, (_form("", "", {}),) if is_open else ())


def review(request: HttpRequest, who: Here, *, member: int, number: int) -> Page | Done:
    """Check and then execute an officer's verdict."""
    with reading():
        asked = _found(member, number)
    verdict, reason = typed(request, "verdict"), typed(request, "reason")
    if asked.state != Recovery.State.ASKED:
        return _gone(asked)
    if verdict not in _VERDICTS:
        return _again(asked, _form("", reason, {"verdict": "选一个结果"}))
    if not reason:
        return _again(asked, _form(verdict, "", {"reason": "写上核对了什么、凭什么"}))
    errors: Errors = {}
    if is_doing(request):
        typed_once_more = _last(asked) if _VERDICTS[verdict] else ""
        errors = refusals(request, who, number=typed_once_more)
        if not errors:
            return _reviewed(asked, who, verdict=verdict, reason=reason)
    return _again(asked, _check(request, asked, verdict, reason, errors))


def _found(member: int, number: int) -> Asked:
    row = one(_ONE, [member, number])
    if row is None:
        raise NotThere(f"没有编号 {number} 的找回申请")
    return Asked(*row)


def _last(asked: Asked) -> str:
    return str(asked.number)[-_TYPED:]


def _reviewed(asked: Asked, who: Here, *, verdict: str, reason: str) -> Page | Done:
    try:
        state = review_recovery(
            member=asked.member,
            number=asked.number,
            officer=who.name,
            is_approved=_VERDICTS[verdict],
            reason=reason,
        )
    except (NotAsked, ReasonMissing):
        with reading():
            return _gone(_found(asked.member, asked.number))
    return Done(reverse("admin:recoveries"), f"找回申请 {asked.number}：{state.label}")


def _gone(asked: Asked) -> Page:
    """Say that it was answered meanwhile; nothing was done."""
    refusal = Field(name="verdict", kind="hidden", error="刚刚有同事处理过，内容已更新")
    return _again(asked, Form(title="没有执行", button="", fields=(refusal,)))


def _again(asked: Asked, form: Form) -> Page:
    with reading():
        return _page(asked, (form,))


def _page(asked: Asked, forms: tuple[Form, ...]) -> Page:
    names, now = names_of([asked.member]), standing()
    heads = (
        ("要找回的账户", names.cell(asked.member)),
        ("现在验证的", Cell(asked.shown)),
        ("申请时间", Cell(now.stamp(asked.asked_at))),
        ("状态", asked.cell),
        ("核对", Cell(asked.officer or "还没有", note=asked.reason)),
        ("最早可登录", Cell(now.stamp(asked.ready_at) or "还没有通过")),
    )
    words = (
        f"通过后要再等 {limit(name='recovery_wait_days')} 天。"
        "这几天里原来的主人只要登录一次，申请就作废；"
        "两边的零钱和积分都不动。"
    )
    sheet = Sheet(heads=heads, sentences=(("wait", words),), forms=forms)
    up = ("找回账户", reverse("admin:recoveries"))
    is_refused = any(form.errors for form in forms)
    return sheet_page(sheet, title=f"找回申请 {asked.number}", up=up, is_refused=is_refused)


def _form(verdict: str, reason: str, errors: Errors) -> Form:
    return Form(
        title="核对结果",
        button="下一步：核对",
        fields=(
            Field(
                name="verdict",
                title="结果",
                kind="choice",
                value=verdict,
                choices=(("approve", "实名一致，通过"), ("decline", "不通过")),
                error=errors.get("verdict", ""),
            ),
            Field(
                name="reason",
                title="依据",
                kind="long",
                value=reason,
                hint="看了什么证件、怎么联系到本人",
                error=errors.get("reason", ""),
            ),
        ),
        note="要看会员的完整资料，到会员页写明理由后查看，会留下记录。",
    )


def _check(request: HttpRequest, asked: Asked, verdict: str, reason: str, errors: Errors) -> Form:
    is_approval = _VERDICTS[verdict]
    return checking(
        request,
        title=f"核对：{reason}",
        button=f"通过，{limit(name='recovery_wait_days')} 天后可登录" if is_approval else "不通过",
        kept={"verdict": verdict, "reason": reason},
        back=("先不处理", asked.href),
        errors=errors,
        tone="" if is_approval else "bad",
        note="一位同事核对就够，记在审计日志里。",
        number=_last(asked) if is_approval else "",
    )
