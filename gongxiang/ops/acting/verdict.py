"""One withdrawal: its payee's history, and the verdict that two officers give (I-26).

Units: µ¥. Source: P4; reliability I-26; design/ui/faces.md 3.2, 4, 6.5.
"""

from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.acts.review_withdrawal import (
    MakerIsChecker,
    NotInReview,
    ReviewMoved,
    review_withdrawal,
)
from gongxiang.ops.acting import turns, withdrawals
from gongxiang.ops.acting.sheet import Form, Part, Sheet, sheet_page
from gongxiang.ops.acting.turns import Review, Stand, Words
from gongxiang.ops.acting.withdrawals import Withdrawal
from gongxiang.ops.door import Here
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Done, Page
from gongxiang.ops.standing import standing
from gongxiang.treasury.models import PayoutState, Verdict

_WORDS: Final = Words(
    choices={Verdict.APPROVE: "通过，打款", Verdict.DECLINE: "退回，钱回到零钱"},
    reason="原因",
    hint="退回时必须写，会员看得到",
    missing={Verdict.DECLINE: "写上退回的原因，会员看得到"},
    note="两位同事意见一致才执行；不一致时回到初审。",
    first={Verdict.APPROVE: "提交初审：通过", Verdict.DECLINE: "提交初审：退回"},
    last={
        Verdict.APPROVE: "复核通过，打款 {yuan} 元",
        Verdict.DECLINE: "退回，{yuan} 元回到零钱",
    },
    noted="已提交初审「{verdict}」，{yuan} 元等另一位同事复核",
    differs="意见不同，{yuan} 元的提现回到初审",
    executed="{yuan} 元的提现：{state}",
)


def page(request: HttpRequest, *, member: int, number: int) -> Page:
    """Show one withdrawal, its payee's history, and the form of whose turn it is."""
    return turns.page(_REVIEW, request, member=member, number=number)


def review(request: HttpRequest, who: Here, *, member: int, number: int) -> Page | Done:
    """Check and then note or execute an officer's verdict."""
    return turns.review(_REVIEW, request, who, member=member, number=number)


def _found(member: int, number: int) -> Withdrawal:
    return withdrawals.found(member=member, number=number)


def _stand(each: Withdrawal) -> Stand:
    return Stand(
        home=each.member,
        number=each.number,
        yuan=each.yuan,
        href=each.href,
        is_in_review=each.state is PayoutState.REVIEW,
        maker=each.maker,
        verdict=each.verdict,
    )


def _act(each: Withdrawal, who: Here, verdict: Verdict, reason: str, shown_maker: str) -> str:
    state = review_withdrawal(
        member=each.member,
        withdrawal=each.number,
        officer=who.name,
        verdict=verdict,
        reason=reason,
        shown_maker=shown_maker,
    )
    return str(state.label)


def _page(each: Withdrawal, forms: tuple[Form, ...], refusal: str) -> Page:
    now, names = standing(), names_of([each.member])
    past = withdrawals.history(each, names=names, now=now)
    sheet = Sheet(
        heads=withdrawals.heads(each, names=names, now=now),
        sentences=(("wait", refusal),) if refusal else (),
        forms=forms,
        parts=(Part(title="他以前的提现", table=past),),
    )
    up = ("提现复核", reverse("admin:withdrawals"))
    is_refused = any(form.errors for form in forms)
    return sheet_page(sheet, title=f"提现 {each.yuan} 元", up=up, is_refused=is_refused)


_REVIEW: Final = Review(
    words=_WORDS,
    back_to="admin:withdrawals",
    numbered=frozenset({Verdict.DECLINE}),
    find=_found,
    stand=_stand,
    show=_page,
    act=_act,
    moved=(MakerIsChecker, NotInReview, ReviewMoved),
)
