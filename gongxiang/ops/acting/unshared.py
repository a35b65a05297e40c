"""没有分成: shares of payments that a channel refused for good, and the way on.

The platform's part of such a payment is carried to the store's next payments by itself. Where the
store takes none any more, an officer of the finances mends what the channel said with the store,
and sends the share again under a further number.

Units: fen as kept, yuan as shown. Source: E6; P2, P4; design/ui/faces.md 6.5 (对账).
"""

from datetime import datetime
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.reopen_share import reopen_share
from gongxiang.acts.send_share_again import (
    MayStillShare,
    NoShareRefused,
    ShareNotOver,
    ShareReasonMissing,
    ShareTooLate,
    send_share_again,
)
from gongxiang.base import money, text
from gongxiang.ops.acting import resent
from gongxiang.ops.acting.sheet import (
    Errors,
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
from gongxiang.payments.provider import Provider

_COLUMNS: Final = (
    Column("分账单号", "mono"),
    Column("发起时间"),
    Column("渠道"),
    Column("门店"),
    Column("没有分成（元）", "n"),
    Column("现在能再分（元）", "n"),
    Column("渠道说的", "w"),
)
_FIELDS: Final = f"""
SELECT share.number, share.provider, share.amount_fen,
       least(share.amount_fen, greatest(0, coalesce(account.carried, 0) / {money.FEN})),
       share.reason, share.created_at, share.store_id, share.attempt_number,
       share.last_at <= clock_timestamp()
  FROM payments_share share LEFT JOIN payments_submerchant account USING (store_id, provider)
 WHERE share.state = 'failed'
"""  # noqa: S608  no value is spliced in
_LIST: Final = f"""
{_FIELDS} AND (share.created_at, share.number) > (%s, %s)
 ORDER BY share.created_at, share.number LIMIT %s
"""
_ONE: Final = f"{_FIELDS} AND share.number = %s"
_MAY_STILL: Final = "渠道现在没有确认旧单号没分成，可能还会分出去。没有发起，过一会儿再试"
_NOT_OVER: Final = "渠道现在说旧单号已经分了，或者还在分。没有再发起，改回查询中"
_TOO_LATE: Final = "这笔付款太久了，渠道不再分账。没分的会并入这家店以后的付款"
_WORDS: Final[dict[type[Exception], str]] = {
    MayStillShare: _MAY_STILL,
    ShareNotOver: _MAY_STILL,
    ShareTooLate: _TOO_LATE,
    NoShareRefused: "已经有人重新发起了，看新的分账单号",
    ShareReasonMissing: "写上问题怎么解决了，为什么这次能分成",
}


class Found(NamedTuple):
    """One share that was refused; `left_fen` of it no later share has taken."""

    number: str
    provider: str
    amount_fen: int
    left_fen: int
    reason: str
    created_at: datetime
    store: int
    paid_by: str
    is_late: bool

    @property
    def href(self) -> str:
        """Give the address of its page."""
        return reverse("admin:share", args=[self.number])


def page(request: HttpRequest) -> Page:
    """List what was refused, the oldest first."""
    return resent.listed(
        request,
        _LIST,
        Found,
        title="没有分成的分账",
        columns=_COLUMNS,
        line=lambda each, store: (
            Cell(Provider(each.provider).title),
            store,
            Cell(_yuan(each.amount_fen)),
            Cell(_yuan(each.left_fen)),
            Cell(each.reason or "没有写原因"),
        ),
        empty="没有。渠道不肯分的会停在这里：先和店家解决渠道说的问题，再重新发起。",
    )


def one_page(request: HttpRequest, *, number: str) -> Page:
    """Show one share, and the form where it may be sent again."""
    found = _found(number)
    may = not found.is_late and may_do(here(request).role, "share")
    return _page(found, (_form("", ""),) if may else ())


def again(request: HttpRequest, who: Here, *, number: str) -> Page | Done:
    """Send it again, after a look at it."""
    with reading():
        found = _found(number)
    why = typed(request, "why")
    if not why:
        return _refused(found, why, _WORDS[ShareReasonMissing])
    errors = refusals(request, who, is_money=True) if is_doing(request) else {}
    if errors or not is_doing(request):
        with reading():
            return _page(found, (_check(request, found, why, errors),))
    try:
        further = send_share_again(number=found.number, officer=who.name, why=why)
    except (MayStillShare, ShareTooLate, NoShareRefused, ShareReasonMissing) as refusal:
        if isinstance(refusal, ShareNotOver) and reopen_share(
            number=found.number, officer=who.name, why=why
        ):
            return Done(reverse("admin:shares"), f"{found.number}：{_NOT_OVER}")
        return _refused(found, why, _WORDS[type(refusal)])
    return Done(reverse("admin:shares"), f"已重新发起，新的分账单号 {further}")


def _found(number: str) -> Found:
    return resent.found(_ONE, number, Found, missing="没有没分成的分账")


def _refused(found: Found, why: str, error: str) -> Page:
    """Show the form again with what was typed and what was wrong; nothing was done."""
    with reading():
        return _page(found, (_form(why, error),))


def _page(found: Found, forms: tuple[Form, ...]) -> Page:
    names = names_of([found.store])
    heads = (
        ("渠道", Cell(Provider(found.provider).title)),
        ("门店", names.cell(found.store)),
        ("付款单号", Cell(found.paid_by)),
        ("没有分成", Cell(f"{_yuan(found.amount_fen)} 元")),
        ("现在能再分", Cell(f"{_yuan(found.left_fen)} 元", note="其余已并入这家店后来的分账")),
        ("发起时间", Cell(real(found.created_at))),
        ("渠道说的", Cell(found.reason or "没有写原因")),
        *((("下一步", Cell(_TOO_LATE)),) if found.is_late else ()),
    )
    sheet = Sheet(heads=heads, text=("分账单号", found.number), forms=forms)
    up = ("没有分成的分账", reverse("admin:shares"))
    is_refused = any(form.errors for form in forms)
    title = f"{_yuan(found.amount_fen)} 元没有分成"
    return sheet_page(sheet, title=title, up=up, is_refused=is_refused)


def _form(why: str, error: str) -> Form:
    words = "旧单号已确定没有分成，不会再动；用新单号发起，只分还没并入后来付款的部分。"
    return resent.form(done="分成", why=why, error=error, words=words)


def _check(request: HttpRequest, found: Found, why: str, errors: Errors) -> Form:
    sends = f"分 {_yuan(found.left_fen)} 元"
    return resent.check(request, found, done="分成", sends=sends, why=why, errors=errors)


def _yuan(fen: int) -> str:
    return text.yuan(amount=fen * money.FEN)
