"""员工与角色: who of the staff may do what; accounts are opened, changed and disabled here.

Units: none. Source: spec/platform.md (operator staff); reliability 8 (23, 26).
"""

from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.add_officer import NameTaken, NameUnfit, add_officer
from gongxiang.acts.change_officer import (
    LastAdmin,
    OwnAccount,
    WhyMissing,
    change_officer,
)
from gongxiang.acts.reset_factor import reset_factor
from gongxiang.governance.models import Role
from gongxiang.ops.acting.sheet import (
    STEP,
    TYPED,
    Errors,
    Field,
    Form,
    Part,
    Sheet,
    sheet_page,
    typed,
)
from gongxiang.ops.door import Here, here
from gongxiang.ops.page import Done, Page
from gongxiang.ops.roles import may_do
from gongxiang.ops.rows import Row, one, reading, rows
from gongxiang.ops.table import Cell, Column, NotThere, Table

_ROLES: Final = tuple((role.value, role.label) for role in Role)
_STATES: Final = (("on", "启用"), ("off", "停用"))
_COLUMNS: Final = (
    Column("用户名"),
    Column("名字"),
    Column("角色"),
    Column("状态"),
    Column("两步验证"),
)
_FIELDS: Final = """
SELECT account.id, account.username, account.first_name, officer.role, account.is_active,
       coalesce(device.confirmed, false)
  FROM governance_officer officer
  JOIN auth_user account ON account.id = officer.user_id
  LEFT JOIN otp_totp_totpdevice device ON device.user_id = account.id
"""
_ALL: Final = f"{_FIELDS} ORDER BY account.is_active DESC, account.username LIMIT 500"
_ONE: Final = f"{_FIELDS} WHERE account.id = %s"


def page(request: HttpRequest) -> Page:
    """List the staff, and offer to open an account."""
    return _list(request, {})


def one_page(request: HttpRequest, *, number: int) -> Page:
    """Show one of the staff."""
    return _page(request, number, {})


def add(request: HttpRequest, who: Here) -> Page:
    """Open an account; its first password is shown on this one answer."""
    role = typed(request, "role")
    if role not in dict(_ROLES):
        with reading():
            return _list(request, {"role": "选一个角色"})
    name = typed(request, "name")
    try:
        password = add_officer(
            name=name, role=Role(role), shown=typed(request, "shown"), officer=who.name
        )
    except NameTaken:
        error = "这个用户名已经有人用了"
    except NameUnfit:
        error = "用户名只能有文字、数字和 @ . + - _，最多 40 个"
    else:
        words = f"已为 {name} 开户，角色是{Role(role).label}。第一次登录要设置两步验证。"
        return _secret("新建员工账号", password, words)
    with reading():
        return _list(request, {"name": error})


def change(request: HttpRequest, who: Here, *, number: int) -> Page | Done:
    """Change role and state, or reset the second factor."""
    if typed(request, STEP) == "reset":
        return _reset(request, who, number)
    with reading():
        name = _row(number)[1]
    errors = _change_errors(request, who, number, name)
    if errors:
        return _refused(request, number, errors)
    return Done(reverse("admin:officers"), f"{name} 的账号已改，他的登录已全部失效")


def _change_errors(request: HttpRequest, who: Here, number: int, name: str) -> Errors:
    """Change the account, or say what is in the way."""
    role, state = typed(request, "role"), typed(request, "state")
    if role not in dict(_ROLES):
        return {"role": "选一个角色"}
    if state == "off" and typed(request, TYPED) != name:
        return {TYPED: f"停用要写上他的用户名「{name}」"}
    try:
        change_officer(
            user=number,
            role=Role(role),
            is_active=state == "on",
            officer=who.name,
            why=typed(request, "why"),
        )
    except WhyMissing:
        return {"why": "写上为什么改"}
    except OwnAccount:
        return {"role": "不能改自己的账号，请另一位管理员来改"}
    except LastAdmin:
        return {"role": "他是最后一位管理员，先让别人当管理员"}
    return {}


def _reset(request: HttpRequest, who: Here, number: int) -> Page:
    with reading():
        name = _row(number)[1]
    try:
        password = reset_factor(user=number, officer=who.name, why=typed(request, "lost"))
    except WhyMissing:
        return _refused(request, number, {"lost": "写上为什么重置，例如：手机丢了，当面核对过本人"})
    except OwnAccount:
        return _refused(request, number, {"lost": "不能重置自己的，请另一位管理员来做"})
    words = f"{name} 的旧密码、两步验证和恢复码都已失效。他用新密码登录，再设置一次。"
    return _secret("重置两步验证", password, words)


def _secret(title: str, password: str, words: str) -> Page:
    sheet = Sheet(
        sentences=(("wait", words), ("plain", "密码只显示这一次。当面或用加密的方式交给本人。")),
        secret=("密码", password),
    )
    return sheet_page(sheet, title=title, up=("员工与角色", reverse("admin:officers")))


def _refused(request: HttpRequest, number: int, errors: Errors) -> Page:
    with reading():
        return _page(request, number, errors)


def _list(request: HttpRequest, errors: Errors) -> Page:
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(row) for row in rows(_ALL)),
        empty="还没有员工。",
    )
    forms: tuple[Form, ...] = ()
    if may_do(here(request).role, "officers"):
        forms = (_adding(request, errors),)
    sheet = Sheet(parts=(Part(title="员工", table=table),), forms=forms)
    return sheet_page(sheet, title="员工与角色", up=None, is_refused=bool(errors))


def _adding(request: HttpRequest, errors: Errors) -> Form:
    return Form(
        title="新建员工账号",
        button="新建，并显示密码",
        fields=(
            Field(
                name="name",
                title="用户名",
                value=typed(request, "name"),
                error=errors.get("name", ""),
            ),
            Field(name="shown", title="名字", value=typed(request, "shown")),
            Field(
                name="role",
                title="角色",
                kind="choice",
                choices=_ROLES,
                value=typed(request, "role"),
                error=errors.get("role", ""),
            ),
        ),
        note="一笔钱要两个人：制单的不能复核。管理员不动钱，审计只看不改。",
    )


def _page(request: HttpRequest, number: int, errors: Errors) -> Page:
    _, name, shown, role, is_active, has_factor = _row(number)
    heads = (
        ("用户名", Cell(name)),
        ("名字", Cell(shown or "没有写")),
        ("角色", Cell(Role(role).label)),
        ("状态", _state(is_active=is_active)),
        ("两步验证", _factor(has_factor=has_factor)),
    )
    who = here(request)
    forms: tuple[Form, ...] = ()
    sentences: tuple[tuple[str, str], ...] = ()
    if errors or (may_do(who.role, "officer") and who.user != number):
        state = typed(request, "state") or ("on" if is_active else "off")
        chosen = typed(request, "role") or role
        forms = (_changing(request, chosen, state, errors), _resetting(request, errors))
    elif who.user == number:
        sentences = (("plain", "这是你自己的账号，要改请另一位管理员来改。"),)
    sheet = Sheet(heads=heads, sentences=sentences, forms=forms)
    up = ("员工与角色", reverse("admin:officers"))
    return sheet_page(sheet, title=f"员工 {name}", up=up, is_refused=bool(errors))


def _changing(request: HttpRequest, role: str, state: str, errors: Errors) -> Form:
    return Form(
        title="角色与状态",
        button="改账号，并结束他的登录",
        fields=(
            Field(
                name="role",
                title="角色",
                kind="choice",
                choices=_ROLES,
                value=role,
                error=errors.get("role", ""),
            ),
            Field(name="state", title="状态", kind="choice", choices=_STATES, value=state),
            Field(
                name=TYPED,
                title="停用时，写上他的用户名",
                value=typed(request, TYPED),
                error=errors.get(TYPED, ""),
            ),
            Field(
                name="why",
                title="为什么改",
                kind="long",
                value=typed(request, "why"),
                error=errors.get("why", ""),
            ),
        ),
    )


def _resetting(request: HttpRequest, errors: Errors) -> Form:
    return Form(
        title="丢了手机",
        button="重置两步验证和密码",
        tone="bad",
        fields=(
            Field(name=STEP, value="reset", kind="hidden"),
            Field(
                name="lost",
                title="为什么重置",
                kind="long",
                value=typed(request, "lost"),
                error=errors.get("lost", ""),
            ),
        ),
    )


def _row(number: int) -> Row:
    row = one(_ONE, [number])
    if row is None:
        raise NotThere(f"没有编号 {number} 的员工")
    return row


def _line(row: Row) -> tuple[Cell, ...]:
    number, name, shown, role, is_active, has_factor = row
    return (
        Cell(name, href=reverse("admin:officer", args=[number])),
        Cell(shown),
        Cell(Role(role).label),
        _state(is_active=is_active),
        _factor(has_factor=has_factor),
    )


def _state(*, is_active: bool) -> Cell:
    return Cell("启用", tone="ok") if is_active else Cell("停用", tone="plain")


def _factor(*, has_factor: bool) -> Cell:
    return Cell("已设置", tone="ok") if has_factor else Cell("还没有", tone="wait")
