"""没有分成: shares of payments that a channel refused for good, and the way on.

The platform's part of such a payment is carried to the store's next payments by itself. Where the
store takes none any more, an officer of the finances mends what the channel said with the store,
and sends the share again under a further number; or gives it up, and the payment is freed to the
store, which goes on owing the platform's part.

Units: fen as kept, yuan as shown. Source: E6; P2, P4; design/ui/faces.md 6.5 (对账).
"""

from datetime import datetime
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.end_share import EndReasonMissing, ShareEndedAlready, end_share
from gongxiang.acts.reopen_share import reopen_share
from gongxiang.acts.send_share_again import ShareReasonMissing, ShareTooLate, send_share_again
from gongxiang.base import money, text
from gongxiang.ops.acting import resent
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
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Done, Page
from gongxiang.ops.roles import may_do
from gongxiang.ops.rows import reading
from gongxiang.ops.table import (
    Cell,
    Column,
)
from gongxiang.payments.provider import Provider
from gongxiang.payments.refused_shares import MayStillShare, NoShareRefused, ShareNotOver

_COLUMNS: Final = (
    Column("分账单号", "mono"),
    Column("发起时间"),
    Column("渠道"),
    Column("门店"),
    Column("没有分成（元）", "n"),
    Column("还没并入（元）", "n"),
    Column("渠道说的", "w"),
)
_FIELDS: Final = f"""
SELECT share.number, share.provider, share.amount_fen,
       least(share.amount_fen, greatest(0, coalesce(account.carried, 0) / {money.FEN})),
       share.reason, share.created_at, share.store_id, share.attempt_number,
       share.freed_at IS NOT NULL OR share.last_at <= clock_timestamp(), share.freed_at
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
_TOO_LATE: Final = "这笔不再分账，渠道会把货款解冻给门店。没分的会并入这家店以后的付款"
_FREED: Final = "货款已全部解冻给门店。没分的门店还欠着，会并入这家店以后的付款"
_AGAIN: Final = ("again", "重新发起，问题已经解决")
_END: Final = ("end", "不再分账，解冻给门店")
_SILENT: Final = ("end", "渠道不再回答，按已经解冻给门店记账")
_WHY: Final = "为什么这样办：问题怎么解决了，或者为什么分不成"
_WORDS: Final[dict[type[Exception], str]] = {
    MayStillShare: _MAY_STILL,
    ShareTooLate: _TOO_LATE,
    NoShareRefused: "已经有人重新发起了，看新的分账单号",
    ShareEndedAlready: "已经不再分账，或者已经有人重新发起了。没有再办一次",
    ShareReasonMissing: "写上为什么这样办",
    EndReasonMissing: "写上为什么这样办",
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
    freed_at: datetime | None

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Give what can be done with it."""
        if self.freed_at is not None:
            return ()
        return (_SILENT,) if self.is_late else (_AGAIN, _END)

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
            Cell(each.reason or "没有写原因", note="已解冻给门店" if each.freed_at else ""),
        ),
        empty="没有。渠道不肯分的会停在这里：先和店家解决渠道说的问题，再重新发起。",
    )


def one_page(request: HttpRequest, *, number: str) -> Page:
    """Show one share, and the form where it may be sent again or given up."""
    found = _found(number)
    may = bool(found.ways) and may_do(here(request).role, "share")
    return _page(found, (_form(found),) if may else ())


def decide(request: HttpRequest, who: Here, *, number: str) -> Page | Done:
    """Send it again or give it up, after a look at it."""
    with reading():
        found = _found(number)
    if not found.ways:
        return one_page(request, number=number)
    why, way = typed(request, "why"), typed(request, "way")
    is_end = way == _END[0]
    if not why:
        return _refused(found, way, why, _WORDS[ShareReasonMissing])
    errors = refusals(request, who, is_money=True) if is_doing(request) else {}
    if errors or not is_doing(request):
        check = _check_end if is_end else _check
        with reading():
            return _page(found, (check(request, found, why, errors),))
    try:
        told = (_end if is_end else _again)(found, who, why)
    except ShareNotOver:
        if not reopen_share(number=found.number, officer=who.name, why=why):
            return _refused(found, way, why, _MAY_STILL)
        told = f"{found.number}：{_NOT_OVER}"
    except tuple(_WORDS) as refusal:
        return _refused(found, way, why, _WORDS[type(refusal)])
    return Done(reverse("admin:shares"), told)


def _again(found: Found, who: Here, why: str) -> str:
    further = send_share_again(number=found.number, officer=who.name, why=why)
    return f"已重新发起，新的分账单号 {further}"


def _end(found: Found, who: Here, why: str) -> str:
    if end_share(number=found.number, officer=who.name, why=why):
        return f"{found.number}：渠道不再回答，按已经解冻给门店记账"
    return f"{found.number}：不再分账，渠道会把货款解冻给门店"


def _found(number: str) -> Found:
    return resent.found(_ONE, number, Found, missing="没有没分成的分账")


def _refused(found: Found, way: str, why: str, error: str) -> Page:
    """Show the form again with what was typed and what was wrong; nothing was done."""
    with reading():
        return _page(found, (_form(found, way, why, error),))


def _page(found: Found, forms: tuple[Form, ...]) -> Page:
    names = names_of([found.store])
    heads = (
        ("渠道", Cell(Provider(found.provider).title)),
        ("门店", names.cell(found.store)),
        ("付款单号", Cell(found.paid_by)),
        ("没有分成", Cell(f"{_yuan(found.amount_fen)} 元")),
        ("还没并入", Cell(f"{_yuan(found.left_fen)} 元", note="其余已并入这家店后来的分账")),
        ("发起时间", Cell(real(found.created_at))),
        ("渠道说的", Cell(found.reason or "没有写原因")),
        *((("下一步", Cell(_FREED if found.freed_at else _TOO_LATE)),) if found.is_late else ()),
    )
    sheet = Sheet(heads=heads, text=("分账单号", found.number), forms=forms)
    up = ("没有分成的分账", reverse("admin:shares"))
    is_refused = any(form.errors for form in forms)
    title = f"{_yuan(found.amount_fen)} 元没有分成"
    return sheet_page(sheet, title=title, up=up, is_refused=is_refused)


def _form(found: Found, way: str = "", why: str = "", error: str = "") -> Form:
    ways = found.ways
    chosen = Field(name="way", title="怎么办", kind="choice", value=way or ways[0][0], choices=ways)
    return resent.form(
        title="怎么办",
        asks=_WHY,
        why=why,
        error=error,
        words="旧单号没有分成。重新发起用新单号，只分还没并入后来付款的部分；"
        "不再分账就把货款全部解冻给门店，没分的门店还欠着。",
        more=(chosen,),
    )


def _check(request: HttpRequest, found: Found, why: str, errors: Errors) -> Form:
    sends = f"分 {_yuan(found.left_fen)} 元"
    return resent.check(request, found, done="分成", sends=sends, why=why, errors=errors)


def _check_end(request: HttpRequest, found: Found, why: str, errors: Errors) -> Form:
    return checking(
        request,
        title=f"核对：{why}",
        button=found.ways[-1][1],
        kept={"why": why, "way": _END[0]},
        back=("先不办", found.href),
        errors=errors,
        note=f"先问渠道，确定没分成才办。门店还欠的 {_yuan(found.left_fen)} 元会并入它以后的付款；"
        "它不再收款，就要另外去要。经办人是你，记在审计日志里。",
        is_money=True,
    )


def _yuan(fen: int) -> str:
    return text.yuan(amount=fen * money.FEN)
