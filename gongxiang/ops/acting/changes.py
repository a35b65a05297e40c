"""门店变更: what an owner asks of his store, its rate, owner or end, and one officer's decision.

The owner asks, an officer of the desk decides: two persons, and the notice of a rate between (R9).

Units: rates per myriad. Source: spec/platform.md (Store); E6, R2, R4, R9; I-26; faces.md 6.5.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.review_change import (
    AnswerMissing,
    CannotChange,
    Decision,
    NotInReview,
    review_change,
)
from gongxiang.base import text
from gongxiang.governance.terms import terms_of
from gongxiang.merchants.models import ChangeRequest
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
from gongxiang.ops.moments import real
from gongxiang.ops.names import Names, names_of
from gongxiang.ops.page import Done, Page
from gongxiang.ops.roles import may_do
from gongxiang.ops.rows import one, reading, rows
from gongxiang.ops.table import PAGE, Cell, Column, NotThere, Stretch, Table, address, way_on
from gongxiang.queries import changes as queries

Kind, State = ChangeRequest.Kind, ChangeRequest.State
_VERSION: Final = 1
_BEYOND: Final = 2**62
_TYPED: Final = 4
_STATES: Final = {"": "待审核", "approved": "已通过", "declined": "没有通过", "withdrawn": "已撤回"}
_TONES: Final = {State.ASKED: "wait", State.APPROVED: "ok", State.DECLINED: "bad"}
_COLUMNS: Final = (
    Column("门店"),
    Column("申请"),
    Column("申请时间"),
    Column("为什么", "w"),
    Column("状态"),
    Column("审核"),
)
_FIELDS: Final = """
SELECT id, store_id, kind, state, asked_by_id, asked_at, reason, commission_rate, since_date,
       owner_id, agreed_at IS NOT NULL, officer, answer, reviewed_at
  FROM merchants_changerequest
"""
_WAITING: Final = f"{_FIELDS} WHERE state = %s AND id > %s ORDER BY id LIMIT %s"
_DECIDED: Final = f"{_FIELDS} WHERE state = %s AND id < %s ORDER BY id DESC LIMIT %s"
_ONE: Final = f"{_FIELDS} WHERE (store_id, id) = (%s, %s)"
_FOLLOWS: Final[Mapping[str, str]] = {
    Kind.RATE: "那天之前付款的订单，按原来的抽成结算。",
    Kind.OWNER: "会员的推荐人不变；以后扫码加入的会员，推荐人记为新店主。原店主不再管这家店。",
    Kind.CLOSING: "通过后马上不能再收款；待结算的订单照常结算，会员的推荐人不变。关了不能再开。",
}
"""What follows from an approval, in words."""
_REFUSED: Final[Mapping[str, str]] = {
    Kind.RATE: "这样改不了：新的抽成已不在今天的范围里，或店已经关了。选「不通过」，写上原因",
    Kind.OWNER: "这样改不了：新店主还没有同意、已注销，或是这家店的介绍人，或店已经关了",
    Kind.CLOSING: "店已经关了。选「不通过」，写上原因",
}


class Asked(NamedTuple):
    """One request."""

    number: int
    store: int
    kind: str
    state: str
    asked_by: int
    asked_at: datetime
    reason: str
    rate: int | None
    since: date | None
    owner: int | None
    is_agreed: bool
    officer: str
    answer: str
    reviewed_at: datetime | None

    @property
    def href(self) -> str:
        """Give the address of its page."""
        return reverse("admin:change", args=[self.store, self.number])

    @property
    def words(self) -> str:
        """Say what is asked."""
        label = str(Kind(self.kind).label)
        if self.rate is None:
            return label
        return f"{label}为 {text.rate(per_myriad=self.rate)}"

    @property
    def cell(self) -> Cell:
        """Say how far it came."""
        state = State(self.state)
        return Cell(state.label, tone=_TONES.get(state, "plain"))

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for a decision."""
        return self.state == State.ASKED


def page(request: HttpRequest) -> Page:
    """List the requests of a state: what waits, the longest first; the others, the newest first."""
    where = address(request, "state")
    states = (where.choice("state", "状态", _STATES),)
    state, place = where.get("state"), where.place(1)
    query, start = (_DECIDED, _BEYOND) if state else (_WAITING, 0)
    from_id = place[0] if place else start
    listed = [Asked(*row) for row in rows(query, [state or State.ASKED.value, from_id, PAGE + 1])]
    shown = listed[:PAGE]
    names = names_of(party for each in shown for party in (each.store, each.owner))
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(each, names) for each in shown),
        empty="现在没有门店在申请变更。" if not state else "这里现在没有申请。",
        filters=states,
        on_title="更早" if state else "更晚",
    )
    stretch = Stretch(next=(listed[PAGE - 1].number,) if len(listed) > PAGE else None)
    return Page(title="门店变更", face=way_on(table, stretch, where))


def one_page(request: HttpRequest, *, store: int, number: int) -> Page:
    """Show one request, and the form where it waits and the officer may decide."""
    asked = _found(store, number)
    may = asked.is_open and may_do(here(request).role, "change")
    return _page(asked, (_form(asked, "", "", {}),) if may else ())


def review(request: HttpRequest, who: Here, *, store: int, number: int) -> Page | Done:
    """Check and then execute an officer's decision."""
    with reading():
        asked = _found(store, number)
    decision, answer = typed(request, "decision"), typed(request, "answer")
    if not asked.is_open:
        return _late(asked)
    if decision not in Decision:
        return _again(asked, _form(asked, "", answer, {"decision": "选一个决定"}))
    if decision == Decision.DECLINE and not answer:
        return _again(asked, _form(asked, decision, "", {"answer": "写上为什么，店主看得到"}))
    errors: Errors = {}
    if is_doing(request):
        errors = refusals(request, who, number=_once_more(asked, decision), is_money=True)
        if not errors:
            return _decided(asked, who, Decision(decision), answer)
    return _again(asked, _check(request, asked, Decision(decision), answer, errors))


def _found(store: int, number: int) -> Asked:
    row = one(_ONE, [store, number])
    if row is None:
        raise NotThere(f"没有编号 {number} 的变更申请")
    return Asked(*row)


def _once_more(asked: Asked, decision: str) -> str:
    """Give what is typed once more before a store changes hands or closes for good."""
    is_weighty = decision == Decision.APPROVE and asked.kind != Kind.RATE
    return str(asked.number)[-_TYPED:] if is_weighty else ""


def _decided(asked: Asked, who: Here, decision: Decision, answer: str) -> Page | Done:
    try:
        review_change(
            store=asked.store,
            request=asked.number,
            officer=who.name,
            decision=decision,
            answer=answer,
        )
    except CannotChange:
        return _again(asked, _form(asked, decision, answer, {"decision": _REFUSED[asked.kind]}))
    except (NotInReview, AnswerMissing):
        with reading():
            asked = _found(asked.store, asked.number)
        return _late(asked)
    with reading():
        name = names_of([asked.store]).text(asked.store)
    return Done(reverse("admin:changes"), f"{name}，{asked.words}：{decision.label}")


def _late(asked: Asked) -> Page:
    """Say that it was decided or withdrawn meanwhile; nothing was done."""
    error = "刚刚有同事答复过，或店主撤回了，内容已更新"
    refusal = Field(name="decision", kind="hidden", error=error)
    return _again(asked, Form(title="没有执行", button="", fields=(refusal,)))


def _again(asked: Asked, form: Form) -> Page:
    with reading():
        return _page(asked, (form,))


def _page(asked: Asked, forms: tuple[Form, ...]) -> Page:
    names = names_of([asked.store, asked.asked_by, asked.owner])
    heads = (
        ("门店", names.cell(asked.store)),
        ("申请", Cell(asked.words)),
        ("状态", asked.cell),
        ("申请人", names.cell(asked.asked_by)),
        ("申请时间", Cell(real(asked.asked_at))),
        *_wish(asked, names),
        ("审核", Cell(asked.officer or "还没有", note=real(asked.reviewed_at))),
        ("答复", Cell(asked.answer or "没有写")),
    )
    sheet = Sheet(
        heads=heads,
        sentences=(("wait", _FOLLOWS[asked.kind]),) if asked.is_open else (),
        text=("为什么", asked.reason),
        forms=forms,
    )
    title = f"{names.text(asked.store)}：{asked.words}"
    up = ("门店变更", reverse("admin:changes"))
    is_refused = any(form.errors for form in forms)
    return sheet_page(sheet, title=title, up=up, is_refused=is_refused)


def _wish(asked: Asked, names: Names) -> tuple[tuple[str, Cell], ...]:
    """Tell what would be otherwise, and what is needed for it."""
    if asked.kind == Kind.OWNER:
        agreed = "新店主已同意" if asked.is_agreed else "还没有同意，现在不能通过"
        return (("新店主", Cell(names.text(asked.owner), note=agreed)),)
    if asked.kind == Kind.CLOSING or asked.rate is None:
        return ()
    if not asked.is_open:
        return (("从哪天起", Cell(str(asked.since))),)
    now = queries.standing(store=asked.store)
    days = terms_of(_VERSION).notice_days
    note = f"今天通过，公示满 {days} 天，最早 {now.first_day(notice_days=days)}"
    return (
        ("现在的抽成", Cell(text.rate(per_myriad=now.rate))),
        ("从哪天起", Cell(str(asked.since), note=note)),
    )


def _form(asked: Asked, decision: str, answer: str, errors: Errors) -> Form:
    may_approve = asked.kind != Kind.OWNER or asked.is_agreed
    labels = [each for each in Decision if may_approve or each is Decision.DECLINE]
    return Form(
        title="决定",
        button="下一步：核对",
        fields=(
            Field(
                name="decision",
                title="决定",
                kind="choice",
                value=decision,
                choices=tuple((each.value, each.label) for each in labels),
                error=errors.get("decision", ""),
            ),
            Field(
                name="answer",
                title="答复",
                kind="long",
                value=answer,
                hint="不通过时必须写，店主看得到",
                error=errors.get("answer", ""),
            ),
        ),
        note="店主申请，一位同事决定；店主会收到一条消息。",
    )


def _check(
    request: HttpRequest, asked: Asked, decision: Decision, answer: str, errors: Errors
) -> Form:
    is_approval = decision is Decision.APPROVE
    button = f"通过，{asked.words}" if is_approval else f"不通过，{asked.words}"
    is_final = not is_approval or asked.kind == Kind.CLOSING
    return checking(
        request,
        title="核对" + (f"：{answer}" if answer else ""),
        button=button,
        kept={"decision": decision.value, "answer": answer},
        back=("先不决定", asked.href),
        errors=errors,
        tone="bad" if is_final else "",
        note=_FOLLOWS[asked.kind] if is_approval else "什么都不改，店主可以重新申请。",
        number=_once_more(asked, decision),
        is_money=True,
    )


def _line(asked: Asked, names: Names) -> tuple[Cell, ...]:
    note = f"从 {asked.since} 起" if asked.since else ""
    if asked.kind == Kind.OWNER:
        note = names.text(asked.owner) + ("，已同意" if asked.is_agreed else "，还没有同意")
    return (
        Cell(names.text(asked.store), href=asked.href),
        Cell(asked.words, note=note),
        Cell(real(asked.asked_at)),
        Cell(asked.reason),
        asked.cell,
        Cell(asked.officer, note=asked.answer),
    )
