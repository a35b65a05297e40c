"""入驻审核: who wants to open a store, and one officer's answer: open it, ask for more, or no.

Papers are private: they are shown on one answer, after a line in the audit log.

Units: rates per myriad. Source: spec/platform.md (Store); R4, E6; H5; faces.md 6.3, 6.5.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.note_officer import note_officer
from gongxiang.acts.review_application import (
    CannotOpen,
    NotInReview,
    ReasonMissing,
    Verdict,
    review_application,
)
from gongxiang.base import text
from gongxiang.governance.models import AuditKind
from gongxiang.merchants import documents
from gongxiang.merchants.applications import ITEMS
from gongxiang.merchants.categories import Category
from gongxiang.merchants.models import Application
from gongxiang.ops.acting.sheet import (
    STEP,
    Errors,
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
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Done, Page
from gongxiang.ops.places import division_name
from gongxiang.ops.roles import may_do
from gongxiang.ops.rows import Row, one, reading, rows
from gongxiang.ops.table import PAGE, Cell, Column, NotThere, Stretch, Table, address, way_on

NAMES: Final[Mapping[str, str]] = {
    "name": "店名",
    "category": "主营类目",
    "phone": "店里电话",
    "division": "地区",
    "address": "地址",
    "rate": "平台抽成",
    "uscc": "统一社会信用代码",
    "licence": "营业执照",
    "storefront": "门头照片",
}
"""What may have to be mended, in words."""
_STATES: Final = {
    "": "待审核",
    "incomplete": "需补充",
    "approved": "已开店",
    "declined": "没有通过",
}
_TONES: Final = {"submitted": "wait", "incomplete": "wait", "approved": "ok", "declined": "bad"}
_COLUMNS: Final = (
    Column("店名"),
    Column("提交时间"),
    Column("申请人"),
    Column("类目"),
    Column("地区"),
    Column("平台抽成", "n"),
    Column("状态"),
)
_FIELDS: Final = """
SELECT id, member_id, state, name, category, phone, division_code, address, commission_rate,
       uscc, recruiter_id, submitted_at, officer, reason, store_id
  FROM merchants_application
"""
_LIST: Final = f"{_FIELDS} WHERE state = %s AND id > %s ORDER BY id LIMIT %s"
_ONE: Final = f"{_FIELDS} WHERE member_id = %s AND id = %s"
_PAPERS: Final = """
SELECT kind, token FROM merchants_document
 WHERE (member_id, application_id) = (%s, %s) ORDER BY kind
"""
_LOOK: Final = "look"


@dataclass(frozen=True, slots=True)
class Asked:
    """One application, as it was handed in last."""

    number: int
    member: int
    state: str
    name: str
    category: str
    phone: str
    division: str
    address: str
    rate: int | None
    uscc: str
    recruiter: int | None
    submitted_at: datetime | None
    officer: str
    reason: str
    store: int | None

    @property
    def href(self) -> str:
        """Give the address of its page."""
        return reverse("admin:application", args=[self.member, self.number])


def page(request: HttpRequest) -> Page:
    """List applications of a state, the longest waiting first."""
    where = address(request, "state")
    states = (where.choice("state", "状态", _STATES),)
    beyond = where.place(1) or (0,)
    state = where.get("state") or Application.State.SUBMITTED.value
    found = [Asked(*row) for row in rows(_LIST, [state, beyond[0], PAGE + 1])]
    names = names_of(each.member for each in found[:PAGE])
    table = Table(
        columns=_COLUMNS,
        rows=tuple(
            (
                Cell(each.name, href=each.href),
                Cell(real(each.submitted_at)),
                names.cell(each.member),
                Cell(_category(each.category)),
                Cell(division_name(each.division)),
                Cell("" if each.rate is None else text.rate(per_myriad=each.rate)),
                _state(each),
            )
            for each in found[:PAGE]
        ),
        empty="这里现在没有申请。",
        filters=states,
        on_title="更晚",
    )
    stretch = Stretch(next=(found[PAGE - 1].number,) if len(found) > PAGE else None)
    return Page(title="入驻审核", face=way_on(table, stretch, where))


def one_page(request: HttpRequest, *, member: int, number: int) -> Page:
    """Show one application, and the form that answers it."""
    each = _found(member, number)
    may = may_do(here(request).role, "application")
    if each.state != Application.State.SUBMITTED or not may:
        return _page(each, ())
    return _page(each, (_looking(), _form(request, {})))


def review(request: HttpRequest, who: Here, *, member: int, number: int) -> Page | Done:
    """Show the papers, or check and then give the answer."""
    with reading():
        each = _found(member, number)
        papers = rows(_PAPERS, [member, number])
    if typed(request, STEP) == _LOOK:
        return _papers(request, who, each, papers)
    verdict = typed(request, "verdict")
    if verdict not in Verdict:
        return _again(request, each, {"verdict": "选一个答复"})
    if not is_doing(request):
        return _check(request, each, Verdict(verdict))
    return _answered(request, who, each, Verdict(verdict))


def _answered(request: HttpRequest, who: Here, each: Asked, verdict: Verdict) -> Page | Done:
    """Give the answer, or show why it was not taken."""
    try:
        store = review_application(
            member=each.member,
            application=each.number,
            officer=who.name,
            verdict=verdict,
            reason=typed(request, "reason"),
            missing={item: typed(request, f"missing-{item}") for item in ITEMS},
        )
    except ReasonMissing:
        return _again(request, each, {"reason": "写上缺什么、为什么，申请人看得到"})
    except CannotOpen:
        words = "申请人已注销、介绍人是他自己的另一个账户，或抽成已不在今天的范围里：要求补充"
        return _again(request, each, {"verdict": words})
    except NotInReview:
        with reading():
            return _page(_found(each.member, each.number), (_late(),))
    words = f"{each.name}：{verdict.label}" + ("，已开店" if store else "")
    return Done(reverse("admin:applications"), words)


def _found(member: int, number: int) -> Asked:
    row: Row | None = one(_ONE, [member, number])
    if row is None or row[2] == Application.State.DRAFT:
        raise NotThere(f"没有编号 {number} 的申请，或它还是草稿")
    return Asked(*row)


def _page(each: Asked, forms: tuple[Form, ...], pictures: tuple[tuple[str, str], ...] = ()) -> Page:
    names = names_of([each.member, each.recruiter])
    store = Cell("还没有") if each.store is None else names_of([each.store]).cell(each.store)
    heads = (
        ("店名", Cell(each.name)),
        ("状态", _state(each)),
        ("申请人", names.cell(each.member)),
        ("介绍人", names.cell(each.recruiter)),
        ("类目", Cell(_category(each.category))),
        ("地区", Cell(division_name(each.division))),
        ("地址", Cell(each.address)),
        ("店里电话", Cell(each.phone)),
        ("统一社会信用代码", Cell(each.uscc)),
        ("平台抽成", Cell("" if each.rate is None else text.rate(per_myriad=each.rate))),
        ("提交时间", Cell(real(each.submitted_at))),
        ("审核", Cell(each.officer or "还没有", note=each.reason)),
        ("门店", store),
    )
    is_refused = any(form.errors for form in forms)
    sheet = Sheet(heads=heads, forms=forms, pictures=pictures)
    up = ("入驻审核", reverse("admin:applications"))
    return sheet_page(sheet, title=each.name or "入驻申请", up=up, is_refused=is_refused)


def _looking() -> Form:
    return Form(
        title="证照",
        button="看证照",
        fields=(Field(name=STEP, value=_LOOK, kind="hidden"),),
        note="证照是个人信息，每看一次记入审计日志。",
    )


def _form(request: HttpRequest, errors: Errors) -> Form:
    items = tuple(
        Field(
            name=f"missing-{item}",
            title=f"要补充：{words}",
            value=typed(request, f"missing-{item}"),
        )
        for item, words in NAMES.items()
    )
    return Form(
        title="答复",
        button="下一步：核对",
        fields=(
            Field(
                name="verdict",
                title="答复",
                kind="choice",
                value=typed(request, "verdict"),
                choices=tuple((each.value, each.label) for each in Verdict),
                error=errors.get("verdict", ""),
            ),
            Field(
                name="reason",
                title="原因",
                kind="long",
                value=typed(request, "reason"),
                hint="不通过时必须写，申请人看得到",
                error=errors.get("reason", ""),
            ),
            *items,
        ),
        note="要求补充时，在要补充的那一项写上为什么，例如：照片看不清。",
    )


def _late() -> Form:
    error = "刚刚有同事答复过，内容已更新"
    return Form(title="没有执行", button="", fields=(Field(name="v", kind="hidden", error=error),))


def _again(request: HttpRequest, each: Asked, errors: Errors) -> Page:
    with reading():
        return _page(each, (_form(request, errors),))


def _check(request: HttpRequest, each: Asked, verdict: Verdict) -> Page:
    missing = {item: typed(request, f"missing-{item}") for item in NAMES}
    reason = typed(request, "reason")
    if (verdict is Verdict.ASK and not any(missing.values())) or (
        verdict is Verdict.DECLINE and not reason
    ):
        return _again(request, each, {"reason": "写上缺什么、为什么，申请人看得到"})
    asked = "；".join(f"{NAMES[item]}：{why}" for item, why in missing.items() if why)
    kept = {f"missing-{item}": why for item, why in missing.items() if why}
    form = checking(
        request,
        title="核对",
        button=_BUTTONS[verdict].format(each.name),
        kept=kept | {"verdict": verdict.value, "reason": reason},
        back=("先不答复", each.href),
        errors={},
        tone="bad" if verdict is Verdict.DECLINE else "",
        note="；".join(words for words in (asked, reason) if words),
    )
    with reading():
        return _page(each, (form,))


_BUTTONS: Final = {
    Verdict.APPROVE: "通过，给「{}」开店",
    Verdict.ASK: "请「{}」补充",
    Verdict.DECLINE: "不通过「{}」",
}


def _papers(request: HttpRequest, who: Here, each: Asked, papers: list[Row]) -> Page:
    """Show the papers on this one answer, after the line that says who looked."""
    note_officer(
        kind=AuditKind.UNMASKED,
        officer=who.name,
        subject=("application", each.number),
        why="看入驻证照",
    )
    pictures = tuple(
        (NAMES.get(kind, kind), f"data:image/jpeg;base64,{base64.b64encode(data).decode()}")
        for kind, data in ((kind, documents.read(token)) for kind, token in papers)
        if data is not None
    )
    is_open = each.state == Application.State.SUBMITTED
    with reading():
        return _page(each, (_form(request, {}),) if is_open else (), pictures)


def _state(each: Asked) -> Cell:
    return Cell(Application.State(each.state).label, tone=_TONES.get(each.state, "plain"))


def _category(value: str) -> str:
    return Category(value).label if value in Category else value
