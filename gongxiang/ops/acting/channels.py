"""收款账户: a store's accounts at the channels, and how far the channels' admission came (P2).

Units: none. Source: P2; spec/platform.md (Store); design/ui/faces.md 6.5.
"""

from datetime import datetime
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.set_submerchant import NotAnAccount, NumberFixed, set_submerchant
from gongxiang.ops.acting.sheet import (
    Errors,
    Field,
    Form,
    Part,
    Sheet,
    checking,
    is_doing,
    refusals,
    sheet_page,
    typed,
)
from gongxiang.ops.door import Here, here
from gongxiang.ops.moments import real
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Done, Page
from gongxiang.ops.roles import may_do
from gongxiang.ops.rows import one, reading, rows
from gongxiang.ops.table import PAGE, Cell, Column, NotThere, Stretch, Table, address, way_on
from gongxiang.payments.models import SubMerchant
from gongxiang.payments.provider import Provider

State = SubMerchant.State
_BEYOND: Final = 2**62
_LAST: Final = 4
_STATES: Final = {"": "待开通", "frozen": "已冻结", "all": "全部"}
_LISTED: Final = {
    "": [State.SUBMITTED.value, State.VERIFYING.value],
    "frozen": [State.FROZEN.value],
    "all": list(State.values),
}
_TONES: Final = {State.OPEN: "ok", State.FROZEN: "bad", State.NONE: "plain"}
_PROVIDERS: Final = tuple((each.value, each.title) for each in Provider)
_NAMES: Final = ("provider", "number", "authorization", "state", "reason")
_COLUMNS: Final = (
    Column("门店"),
    Column("渠道"),
    Column("子商户号", "mono"),
    Column("状态"),
    Column("变更时间"),
    Column("经办"),
)
_FIELDS: Final = """
SELECT store_id, provider, number, state, changed_at, officer, reason FROM payments_submerchant
"""
_LIST: Final = f"""
{_FIELDS} WHERE (store_id, provider) < (%s, %s) AND state = ANY(%s)
 ORDER BY store_id DESC, provider DESC LIMIT %s
"""
_OF_STORE: Final = f"{_FIELDS} WHERE store_id = %s ORDER BY provider DESC"
_STORE: Final = "SELECT name FROM merchants_store WHERE store_id = %s"


class Account(NamedTuple):
    """One account."""

    store: int
    provider: str
    number: str
    state: str
    changed_at: datetime
    officer: str
    reason: str


def page(request: HttpRequest) -> Page:
    """List the accounts on their way, the frozen ones, or all; newest store first."""
    where = address(request, "state")
    states = (where.choice("state", "状态", _STATES),)
    place = where.place(1)
    below = (place[0] if place else _BEYOND, "")
    listed = [Account(*row) for row in rows(_LIST, [*below, _LISTED[where.get("state")], PAGE + 1])]
    shown, stretch = listed[:PAGE], Stretch(next=None)
    if len(listed) > PAGE:
        # A store has at most two accounts: the last one of a page is left to the next whole.
        shown = [each for each in shown if each.store != listed[PAGE].store]
        stretch = Stretch(next=(shown[-1].store,))
    table = Table(columns=_COLUMNS, rows=_lines(shown), empty="这里现在没有账户。", filters=states)
    return Page(title="收款账户", face=way_on(table, stretch, where))


def one_page(request: HttpRequest, *, number: int) -> Page:
    """Show a store's accounts, and the form for who may change them."""
    may = may_do(here(request).role, "channel")
    return _page(number, (_form({}, {}),) if may else ())


def change(request: HttpRequest, who: Here, *, number: int) -> Page | Done:
    """Check and then write down how a store stands at a channel."""
    with reading():
        _name(number)
    told = {name: typed(request, name) for name in _NAMES}
    errors = _missing(told)
    if errors:
        return _again(number, _form(told, errors))
    last = _once_more(told)
    if is_doing(request):
        errors = refusals(request, who, number=last, is_money=True)
        if not errors:
            return _changed(number, who, told)
    return _again(number, _check(request, number, told, last, errors))


def _missing(told: dict[str, str]) -> dict[str, str]:
    """Say what was not told."""
    errors = {}
    if told["provider"] not in dict(_PROVIDERS):
        errors["provider"] = "选一个渠道"
    if told["state"] not in State.values:
        errors["state"] = "选一个状态"
    if not told["reason"]:
        errors["reason"] = "写上为什么改"
    return errors


def _once_more(told: dict[str, str]) -> str:
    """Give what is typed once more before a store can take money, or no longer can."""
    is_weighty = told["state"] in {State.OPEN, State.FROZEN}
    return told["number"][-_LAST:] if is_weighty else ""


def _changed(store: int, who: Here, told: dict[str, str]) -> Page | Done:
    provider, state = Provider(told["provider"]), State(told["state"])
    try:
        set_submerchant(
            store=store,
            provider=provider,
            number=told["number"],
            authorization=told["authorization"],
            state=state,
            reason=told["reason"],
            officer=who.name,
        )
    except NotAnAccount:
        words = "号码不对：微信 10 位、1 开头，支付宝 16 位、2088 开头；支付宝开通还要授权"
        return _again(store, _form(told, {"number": words}))
    except NumberFixed:
        words = "这家店在这个渠道已有别的号码，它下面发起过付款，不能换"
        return _again(store, _form(told, {"number": words}))
    words = f"{provider.title}收款账户：{state.label}"
    return Done(reverse("admin:channel", args=[store]), words)


def _again(store: int, form: Form) -> Page:
    with reading():
        return _page(store, (form,))


def _name(store: int) -> str:
    row = one(_STORE, [store])
    if row is None:
        raise NotThere(f"没有编号 {store} 的门店")
    return str(row[0])


def _page(store: int, forms: tuple[Form, ...]) -> Page:
    name = _name(store)
    found = [Account(*row) for row in rows(_OF_STORE, [store])]
    table = Table(columns=_COLUMNS, rows=_lines(found), empty="还没有收款账户。")
    sheet = Sheet(
        heads=(("门店", Cell(name, href=reverse("admin:store", args=[store]))),),
        forms=forms,
        parts=(Part(title="现在的账户", table=table),),
    )
    is_refused = any(form.errors for form in forms)
    up = ("收款账户", reverse("admin:channels"))
    return sheet_page(sheet, title=f"{name}的收款账户", up=up, is_refused=is_refused)


def _lines(found: list[Account]) -> tuple[tuple[Cell, ...], ...]:
    names = names_of(each.store for each in found)
    return tuple(
        (
            Cell(names.text(each.store), href=reverse("admin:channel", args=[each.store])),
            Cell(Provider(each.provider).title),
            Cell(each.number or "还没有"),
            Cell(State(each.state).label, tone=_TONES.get(State(each.state), "wait")),
            Cell(real(each.changed_at)),
            Cell(each.officer, note=each.reason),
        )
        for each in found
    )


def _form(told: dict[str, str], errors: Errors) -> Form:
    fields = (
        ("provider", "渠道", "choice", "", _PROVIDERS),
        ("number", "子商户号", "text", "渠道给这家店的号码；还没有就空着", ()),
        ("authorization", "授权", "text", "店家给平台的支付宝应用授权；微信空着", ()),
        ("state", "状态", "choice", "", tuple(State.choices)),
        ("reason", "原因", "long", "渠道的通知、店家签约的日期", ()),
    )
    return Form(
        title="改一个账户",
        button="下一步：核对",
        fields=tuple(
            Field(
                name=name,
                title=title,
                kind=kind,
                hint=hint,
                value=told.get(name, ""),
                choices=choices,
                error=errors.get(name, ""),
            )
            for name, title, kind, hint, choices in fields
        ),
        note="钱直接进店家自己的账户；号码下发起过付款就不能再换；门店换了店主，号码会清空，等新店主的。",
    )


def _check(
    request: HttpRequest, store: int, told: dict[str, str], last: str, errors: Errors
) -> Form:
    provider, state = Provider(told["provider"]), State(told["state"])
    return checking(
        request,
        title=f"核对：{provider.title} {told['number'] or '还没有号码'}",
        button=f"改为「{state.label}」",
        kept=told,
        back=("先不改", reverse("admin:channel", args=[store])),
        errors=errors,
        tone="bad" if state is State.FROZEN else "",
        note=f"{told['reason']}。经办人是你，记在审计日志里。",
        number=last,
        is_money=True,
    )
