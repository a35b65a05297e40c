"""没有退成: refunds that a channel refused for good, or of which it has said nothing for an hour.

Of the first the money is still with the store or in the share: an officer of the finances sees what
the channel said, mends it with the store, and sends the refund again under a further number. The
second may still be paid: nobody can send it again, the channel is asked until it knows.

Units: fen as kept, yuan as shown. Source: E16; P2, P4; design/ui/faces.md 6.5 (对账).
"""

from datetime import datetime
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.reopen_refund import reopen_refund
from gongxiang.acts.send_refund_again import (
    MayStillPay,
    NothingRefused,
    NotOver,
    ReasonMissing,
    send_refund_again,
)
from gongxiang.base import money, text
from gongxiang.ops.acting import resent
from gongxiang.ops.acting.sheet import (
    Errors,
    Field,
    Form,
    Sheet,
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
from gongxiang.ops.rows import reading
from gongxiang.ops.table import (
    Cell,
    Column,
)
from gongxiang.payments.clock import LATE
from gongxiang.payments.provider import Provider

_COLUMNS: Final = (
    Column("退款单号", "mono"),
    Column("发起时间"),
    Column("渠道"),
    Column("门店"),
    Column("要退（元）", "n"),
    Column("状态"),
    Column("渠道说的", "w"),
)
_FIELDS: Final = f"""
SELECT back.number, back.provider, back.amount_fen, back.reason, back.created_at, back.is_replaced,
       back.state = 'failed', attempt.store_id, attempt.number, coalesce(attempt.member_id, 0),
       coalesce(attempt.order_id, 0)
  FROM payments_channelrefund back
  JOIN payments_transaction money USING (provider, transaction_id)
  JOIN payments_attempt attempt ON attempt.number = money.attempt_number
 WHERE back.state <> 'done'
       AND (back.state = 'failed' OR back.created_at < {LATE})
"""  # noqa: S608  no value is spliced in
_LIST: Final = f"""
{_FIELDS} AND NOT back.is_replaced AND (back.created_at, back.number) > (%s, %s)
 ORDER BY back.created_at, back.number LIMIT %s
"""
_ONE: Final = f"{_FIELDS} AND back.number = %s"


_WAIT: Final = (
    "不能重新发起，可能还会到账。后台会一直查；微信写 ABNORMAL 的，付款人的卡收不了，"
    "请让店家在微信商户平台处理异常退款"
)
_MAY_STILL_PAY: Final = "渠道现在没有确认旧单号没退成，可能还会到账。没有发起，过一会儿再试"
_NOT_OVER: Final = (
    "渠道现在说旧单号已经退了，或者还在退。没有再发起，改回查询中，查到结果后付款人会看到"
)


class Found(NamedTuple):
    """One refund that was refused, or has no result yet."""

    number: str
    provider: str
    amount_fen: int
    reason: str
    created_at: datetime
    is_replaced: bool
    is_refused: bool
    store: int
    paid_by: str
    member: int
    order: int

    @property
    def href(self) -> str:
        """Give the address of its page."""
        return reverse("admin:refund", args=[self.number])

    @property
    def yuan(self) -> str:
        """Write what the payer waits for."""
        return text.yuan(amount=self.amount_fen * money.FEN)

    @property
    def said(self) -> str:
        """Give what the channel said, or that it said nothing."""
        return self.reason or ("没有写原因" if self.is_refused else "还没有答复")

    @property
    def state(self) -> Cell:
        """Say whether it was refused, has no result, or was sent again."""
        if self.is_replaced:
            return Cell("已重新发起", tone="ok")
        if self.is_refused:
            return Cell("没有退成", tone="bad")
        return Cell("没有结果", tone="wait")


def page(request: HttpRequest) -> Page:
    """List what was refused and not sent again, or has no result, the oldest first."""
    return resent.listed(
        request,
        _LIST,
        Found,
        title="没有退成",
        columns=_COLUMNS,
        line=lambda each, store: (
            Cell(Provider(each.provider).title),
            store,
            Cell(each.yuan),
            each.state,
            Cell(each.said),
        ),
        empty="没有。渠道不肯退的，和一小时没有结果的，会停在这里，等人处理。",
    )


def one_page(request: HttpRequest, *, number: str) -> Page:
    """Show one refund, and the form where it may be sent again."""
    found = _found(number)
    may = found.is_refused and not found.is_replaced and may_do(here(request).role, "refund")
    return _page(found, (_form("", ""),) if may else ())


def again(request: HttpRequest, who: Here, *, number: str) -> Page | Done:
    """Send it again, after a look at it."""
    with reading():
        found = _found(number)
    why = typed(request, "why")
    if not why or found.is_replaced or not found.is_refused:
        return _refused(found, why)
    errors = refusals(request, who, is_money=True) if is_doing(request) else {}
    if errors or not is_doing(request):
        with reading():
            return _page(found, (_check(request, found, why, errors),))
    try:
        further = send_refund_again(number=found.number, officer=who.name, why=why)
    except MayStillPay as refusal:
        if isinstance(refusal, NotOver) and reopen_refund(
            number=found.number, officer=who.name, why=why
        ):
            return Done(reverse("admin:refunds"), f"{found.number}：{_NOT_OVER}")
        return _refused(found, why, _MAY_STILL_PAY)
    except (NothingRefused, ReasonMissing):
        with reading():
            found = _found(number)
        return _refused(found, why)
    return Done(reverse("admin:refunds"), f"已重新发起，新的退款单号 {further}")


def _found(number: str) -> Found:
    return resent.found(_ONE, number, Found, missing="没有没退成的退款")


def _refused(found: Found, why: str, error: str = "") -> Page:
    """Show the form again with what was typed and what was wrong; nothing was done."""
    form = _form(why, error if why else "写上问题怎么解决了，为什么这次能退成")
    if found.is_replaced:
        refusal = Field(name="why", kind="hidden", error="已经有人重新发起了，看新的退款单号")
        form = Form(title="没有执行", button="", fields=(refusal,))
    elif not found.is_refused:
        refusal = Field(name="why", kind="hidden", error=_MAY_STILL_PAY)
        form = Form(title="没有执行", button="", fields=(refusal,))
    with reading():
        return _page(found, (form,))


def _page(found: Found, forms: tuple[Form, ...]) -> Page:
    names = names_of([found.store])
    order = reverse("admin:order", args=[found.member, found.order]) if found.order else ""
    heads = (
        ("渠道", Cell(Provider(found.provider).title)),
        ("门店", names.cell(found.store)),
        ("付款单号", Cell(found.paid_by, href=order)),
        ("要退给付款人", Cell(f"{found.yuan} 元")),
        ("发起时间", Cell(real(found.created_at))),
        ("渠道说的", Cell(found.said)),
        ("状态", found.state),
        *(() if found.is_refused else (("下一步", Cell(_WAIT)),)),
    )
    sheet = Sheet(heads=heads, text=("退款单号", found.number), forms=forms)
    up = ("没有退成", reverse("admin:refunds"))
    is_refused = any(form.errors for form in forms)
    return sheet_page(
        sheet, title=f"{found.yuan} 元{found.state.text}", up=up, is_refused=is_refused
    )


def _form(why: str, error: str) -> Form:
    words = "旧单号已确定没有退成，不会再动；用新单号发起，金额和付款人不变。"
    asks = "问题怎么解决了，为什么这次能退成"
    return resent.form(asks=asks, why=why, error=error, words=words)


def _check(request: HttpRequest, found: Found, why: str, errors: Errors) -> Form:
    sends = f"退 {found.yuan} 元"
    return resent.check(request, found, done="退成", sends=sends, why=why, errors=errors)
