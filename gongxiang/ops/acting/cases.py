"""结算后退款: cases in review, each with the whole sum of who pays what; two officers decide (E16).

The sums are of this moment; what is then done is computed again at its place in the sequence.

Units: µ¥. Source: E16; reliability I-26; design/ui/faces.md 4, 6.5.
"""

from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.review_refund_case import (
    CaseMoved,
    CaseNotInReview,
    MakerIsChecker,
    review_refund_case,
)
from gongxiang.base import text
from gongxiang.base.money import FEN
from gongxiang.economy.refusal import RefundExceedsOrder
from gongxiang.ledger import raw
from gongxiang.ops.acting import turns
from gongxiang.ops.acting.sheet import Form, Part, Sheet, sheet_page
from gongxiang.ops.acting.turns import Review, Stand, Words
from gongxiang.ops.door import Here
from gongxiang.ops.figures import exact_yuan
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Done, Page
from gongxiang.ops.rows import rows
from gongxiang.ops.standing import standing
from gongxiang.ops.table import PAGE, Cell, Column, NotThere, Stretch, Table, address, way_on
from gongxiang.payments.models import ChannelRefund
from gongxiang.payments.provider import Provider
from gongxiang.settlement import cases, pay_ins
from gongxiang.settlement.cases import Case
from gongxiang.settlement.trial import try_refund
from gongxiang.treasury.models import CaseState, Verdict

_WORDS: Final = Words(
    choices={Verdict.APPROVE: "通过，退款", Verdict.DECLINE: "不通过"},
    reason="理由",
    hint="通过也要写，会员和店家看得到",
    missing=dict.fromkeys(Verdict, "写上理由，通过也要写"),
    note="两位同事意见一致才执行；门店应得不够时，等门店补款，不会先垫。",
    first={Verdict.APPROVE: "提交初审：通过", Verdict.DECLINE: "提交初审：不通过"},
    last={Verdict.APPROVE: "复核通过，退 {yuan} 元", Verdict.DECLINE: "复核不通过"},
    noted="退款 {yuan} 元：初审「{verdict}」已提交，等另一位同事复核",
    differs="意见不同，{yuan} 元的退款回到初审",
    executed="退款 {yuan} 元：{state}",
)
_COLUMNS: Final = (
    Column("申请", "mono"),
    Column("申请时间"),
    Column("会员"),
    Column("门店"),
    Column("要退（元）", "n"),
    Column("状态"),
    Column("初审"),
    Column("复核"),
)
_SUMS: Final = (Column("谁出"), Column("金额（元）", "n"))
_PAY_INS: Final = (
    Column("付款单号", "mono"),
    Column("金额（元）", "n"),
    Column("状态"),
    Column("渠道"),
    Column("发起时间"),
    Column("到账时间"),
)
_BACKS: Final = (
    Column("退款单号", "mono"),
    Column("金额（元）", "n"),
    Column("状态"),
    Column("渠道"),
    Column("发起时间"),
    Column("渠道说的原因", "w"),
)
_SENT: Final = """
SELECT back.number, back.provider, back.amount_fen, back.state, back.is_replaced, back.reason,
       (extract(epoch FROM back.created_at) * 1000000)::bigint
  FROM treasury_refundcase "case"
  JOIN payments_channelrefund back USING (refund_id)
 WHERE ("case".member_id, "case".id) = (%s, %s)
 ORDER BY back.created_at DESC, back.number DESC
"""
_TONES: Final = {"done": "ok", "failed": "bad"}


def page(request: HttpRequest) -> Page:
    """List what is not at its end: reviews first, oldest first."""
    where = address(request)
    with raw.cursor() as cursor:
        found = cases.open_cases(cursor, count=PAGE + 1, after=where.place(2) or (0, 0))
    shown = found[:PAGE]
    now = standing()
    names = names_of(party for case in shown for party in (case.member, case.store))
    table = Table(
        columns=_COLUMNS,
        rows=tuple(
            (
                Cell(str(case.number), href=_href(case)),
                Cell(text.stamp(at=case.opened_at, now=now.now)),
                names.cell(case.member),
                names.cell(case.store),
                Cell(text.yuan(amount=case.amount)),
                Cell(case.word, tone=case.tone),
                Cell(case.maker, note=_verdict(case)),
                Cell(case.checker),
            )
            for case in shown
        ),
        empty="现在没有结算后的退款在办。",
        on_title="下一页",
    )
    last = shown[-1] if len(found) > PAGE else None
    stretch = Stretch(next=None if last is None else (last.state.value, last.number))
    return Page(title="结算后退款", face=way_on(table, stretch, where))


def one_page(request: HttpRequest, *, member: int, number: int) -> Page:
    """Show one case, who would pay what, and the form of whose turn it is."""
    return turns.page(_REVIEW, request, member=member, number=number)


def review(request: HttpRequest, who: Here, *, member: int, number: int) -> Page | Done:
    """Check and then note or execute an officer's verdict."""
    return turns.review(_REVIEW, request, who, member=member, number=number)


def _found(member: int, number: int) -> Case:
    with raw.cursor() as cursor:
        case = cases.one_case(cursor, member=member, case=number)
    if case is None:
        raise NotThere(f"没有编号 {number} 的结算后退款")
    return case


def _page(case: Case, forms: tuple[Form, ...], refusal: str) -> Page:
    names, now = names_of([case.member, case.store]), standing()
    order = reverse("admin:order", args=[case.member, case.order])
    heads = (
        ("订单", Cell(case.order_key, href=order)),
        ("会员", names.cell(case.member)),
        ("门店", names.cell(case.store)),
        ("要退", Cell(f"{text.yuan(amount=case.amount)} 元")),
        ("当时付了", Cell(f"{text.yuan(amount=case.paid)} 元")),
        ("谁提出", Cell("店家" if case.is_by_store else "会员", note=case.reason)),
        ("申请时间", Cell(text.stamp(at=case.opened_at, now=now.now))),
        ("状态", Cell(case.word, tone=case.tone)),
        ("初审", Cell(case.maker or "还没有", note=_verdict(case))),
        ("复核", Cell(case.checker or "还没有", note=case.checker_reason)),
    )
    sums = (Part(title="这一刻办，谁出多少", table=_sums(case)),) if case.is_open else ()
    parts = (*sums, _pay_ins(case), _backs(case))
    is_refused = any(form.errors for form in forms)
    sentences = (("wait", refusal),) if refusal else ()
    if case.is_refused:
        sentences = (("bad", "渠道没有退成，付款人还没收到钱。从下面的退款单号进去重新发起。"),)
    sheet = Sheet(heads=heads, sentences=sentences, forms=forms, parts=parts)
    up = ("结算后退款", reverse("admin:cases"))
    title = f"退款 {text.yuan(amount=case.amount)} 元"
    return sheet_page(sheet, title=title, up=up, is_refused=is_refused)


def _sums(case: Case) -> Table:
    """Tell who would pay what at this moment, to the micro-yuan."""
    try:
        with raw.cursor() as cursor:
            trial = try_refund(cursor, member=case.member, order=case.order, amount=case.amount)
    except RefundExceedsOrder:
        return Table(columns=_SUMS, rows=(), empty="这笔订单剩下的不够退这么多。")
    told = (
        ("盈利池", trial.pool_pays),
        ("平台", trial.platform),
        ("未发分销", trial.unspent),
        ("会员退回他自己名下得的奖励", trial.returned),
        ("门店", trial.store_pays),
        ("合计", trial.amount),
        ("其中扣回：已卖积分到手的钱", trial.kept),
        ("会员实得", trial.to_member),
        ("门店现在应得", trial.store_owed),
        ("门店还差", trial.lacks),
    )
    lines = tuple((Cell(words), Cell(exact_yuan(amount=amount))) for words, amount in told)
    return Table(columns=_SUMS, rows=lines, empty="")


def _pay_ins(case: Case) -> Part:
    """List what the store paid in for it, or was going to, newest first."""
    with raw.cursor() as cursor:
        found = pay_ins.of_case(cursor, case)
    lines = tuple(
        (
            Cell(each.number),
            Cell(text.yuan(amount=each.amount)),
            Cell(each.word, tone=each.tone),
            Cell(Provider(each.channel).title),
            Cell(_real(each.opened_at)),
            Cell("" if each.came_at is None else text.stamp(at=each.came_at, now=standing().now)),
        )
        for each in found
    )
    return Part(title="门店补款", table=Table(columns=_PAY_INS, rows=lines, empty="没有补过款。"))


def _backs(case: Case) -> Part:
    """List what was sent to the channel for it, newest first; what was refused leads to its act."""
    lines = []
    for number, provider, fen, state, is_replaced, reason, at in rows(
        _SENT, [case.member, case.number]
    ):
        is_refused = state == ChannelRefund.State.FAILED
        word = "没有退成，已重新发起" if is_replaced else ChannelRefund.State(state).label
        lines.append(
            (
                Cell(number, href=reverse("admin:refund", args=[number]) if is_refused else ""),
                Cell(text.yuan(amount=fen * FEN)),
                Cell(word, tone="quiet" if is_replaced else _TONES.get(state, "wait")),
                Cell(Provider(provider).title),
                Cell(_real(at)),
                Cell(reason or ("没有写原因" if is_refused else "")),
            )
        )
    table = Table(columns=_BACKS, rows=tuple(lines), empty="还没有交给渠道。")
    return Part(title="渠道退款", table=table)


def _real(at: int) -> str:
    """Write a moment of the real clock, which channels live by."""
    return text.stamp(at=at, now=at)


def _verdict(case: Case) -> str:
    if case.verdict is None:
        return ""
    return f"{Verdict(case.verdict).label}：{case.maker_reason}"


def _href(case: Case) -> str:
    return reverse("admin:case", args=[case.member, case.number])


def _stand(case: Case) -> Stand:
    return Stand(
        home=case.member,
        number=case.number,
        yuan=text.yuan(amount=case.amount),
        href=_href(case),
        is_in_review=case.state is CaseState.REVIEW,
        maker=case.maker,
        verdict=None if case.verdict is None else Verdict(case.verdict),
    )


def _act(case: Case, who: Here, verdict: Verdict, reason: str, shown_maker: str) -> str:
    state = review_refund_case(
        member=case.member,
        case=case.number,
        officer=who.name,
        verdict=verdict,
        reason=reason,
        shown_maker=shown_maker,
    )
    return str(state.label)


_REVIEW: Final = Review(
    words=_WORDS,
    back_to="admin:cases",
    numbered=frozenset(Verdict),
    find=_found,
    stand=_stand,
    show=_page,
    act=_act,
    moved=(CaseMoved, CaseNotInReview, MakerIsChecker),
)
