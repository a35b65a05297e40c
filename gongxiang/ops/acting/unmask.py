"""查看个人信息: who a member is, for a reason that is written down first.

Units: none. Source: H5; design/ui/faces.md 6.5.
"""

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.unmask_member import (
    NoSuchMember,
    Unmasked,
    UnmaskReasonMissing,
    unmask_member,
)
from gongxiang.ops.acting.sheet import Field, Form, Sheet, sheet_page, typed
from gongxiang.ops.door import Here
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Page
from gongxiang.ops.table import Cell, NotThere
from gongxiang.payments.provider import Provider


def page(request: HttpRequest, *, number: int) -> Page:
    """Ask for the reason."""
    return _page(request, number, "")


def show(request: HttpRequest, who: Here, *, number: int) -> Page:
    """Write the reason down, then show who it is, on this one answer."""
    try:
        told = unmask_member(member=number, officer=who.name, why=typed(request, "why"))
    except NoSuchMember as missing:
        raise NotThere(f"没有编号 {number} 的会员") from missing
    except UnmaskReasonMissing:
        return _page(request, number, "写上为什么要看，例如：会员来电，核对收款人")
    heads = (
        ("外部编号", Cell(told.key)),
        ("名字", Cell(told.name or "没有开户")),
        ("登录方式", Cell("，".join(told.identities) or "没有")),
        ("真实姓名", Cell(told.real_name or "没有核对过")),
        ("收款账号", Cell(_account(told))),
    )
    sentence = ("wait", "这次查看已记入审计日志。手机号只存指纹，没有人能看到全号。")
    return sheet_page(Sheet(heads=heads, sentences=(sentence,)), title="个人信息", up=_up(number))


def _account(told: Unmasked) -> str:
    return f"{Provider(told.provider).title} {told.account}" if told.provider else "没有填写"


def _page(request: HttpRequest, number: int, error: str) -> Page:
    masked = names_of([number]).text(number)
    field = Field(
        name="why", title="为什么要看", kind="long", value=typed(request, "why"), error=error
    )
    form = Form(
        title=f"查看 {masked} 的个人信息",
        button="写入审计日志，并查看",
        fields=(field,),
        back=("不看了", _up(number)[1]),
    )
    return sheet_page(
        Sheet(forms=(form,)), title="查看个人信息", up=_up(number), is_refused=bool(error)
    )


def _up(number: int) -> tuple[str, str]:
    return "会员", reverse("admin:member", args=[number])
