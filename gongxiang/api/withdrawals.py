"""Withdrawals of the member: a quote, asking for cash as it was shown, how far it is.

A withdrawal names what its quote showed: tax, payout, account. It is recorded only if that still
holds.

Units: fen. Source: P4; design/ui/faces.md 7 (d); ADR 0036.
"""

from enum import Enum
from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict, Field

from gongxiang.acts.withdraw import NotVerified, Shown, withdraw
from gongxiang.api import cursors
from gongxiang.api.cursors import CURSOR_MAX, PageAsked
from gongxiang.api.keys import Key, fact_key
from gongxiang.api.pool import FactsTold, facts_told
from gongxiang.api.problems import Refused
from gongxiang.api.refused import refusing
from gongxiang.api.token import READ, WITHDRAW, member_of
from gongxiang.api.wire import (
    INT64_MAX,
    SAFE_MAX,
    Asked,
    Count,
    Fen,
    Id,
    IdAsked,
    Moment,
    PayFen,
    PayFenAsked,
    Text,
    Told,
    maybe_moment,
    moment,
)
from gongxiang.base.money import FEN
from gongxiang.payments.provider import Provider
from gongxiang.queries import cash as queries
from gongxiang.queries.cash_data import Withdrawal
from gongxiang.queries.cash_desk import CashDesk, cash_desk_of
from gongxiang.queries.pool import one_moment
from gongxiang.queries.present import present
from gongxiang.refusals import why_no_cash
from gongxiang.treasury.models import PayoutState

router: Final = Router(tags=["cash"], auth=READ)
_WITHDRAWALS: Final = "withdrawals"
_OFFICERS: Final = 2
"""Who proposes a payout never checks it."""


class WithdrawalState(Enum):
    """How a withdrawal stands."""

    CHECKING = "checking"
    REFUSED = "refused"
    REVIEW = "review"
    SENDING = "sending"
    CONFIRM = "confirm"
    UNKNOWN = "unknown"
    ARRIVED = "arrived"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"
    RECORDED = "recorded"


class WithdrawalTold(Told):
    """A withdrawal and where its payout stands."""

    number: Id
    state: WithdrawalState
    at: Moment
    amount_fen: Fen
    reason: Text
    reviewed_at: Moment | None
    confirm_until: Moment | None
    ended_at: Moment | None
    is_returned: bool


class WithdrawalsTold(Told):
    """Withdrawals, newest first."""

    items: list[WithdrawalTold]
    next: str | None = Field(max_length=CURSOR_MAX)


class WithdrawalQuoteAsked(BaseModel):
    """How much would be withdrawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount_fen: PayFenAsked = Field(examples=[10_000])


class WithdrawalQuoteTold(Told):
    """What a withdrawal would be at this moment; what is `shown_` is what it names as condition."""

    amount_fen: Fen
    fee_fen: Fen = Field(description="always 0: nothing is taken for sending it")
    shown_tax_fen: Fen = Field(description="income tax on it, by the rules in force")
    is_withheld: bool = Field(description="whether the tax is kept back, or shown alone")
    shown_pays_fen: Fen = Field(description="what arrives")
    shown_payee: Text = Field(description="account that it goes to, masked")
    payee_name: Text = Field(description="name of who was verified, masked")
    free_after_fen: Fen = Field(description="what could be withdrawn afterwards")
    today_after_fen: Fen = Field(description="what the day would still allow the person")
    least_fen: Fen = Field(description="least of one withdrawal")
    officers: Count = Field(description="officers of finance who look at it, one after the other")
    is_to_confirm: bool = Field(description="whether the member then confirms it in WeChat")
    rules_version: Count
    facts: FactsTold


class WithdrawalAsked(Asked):
    """How much is to be withdrawn, and what a quote showed for it."""

    amount_fen: PayFen = Field(examples=[10_000])
    shown_tax_fen: int = Field(ge=0, le=SAFE_MAX, examples=[0])
    shown_pays_fen: int = Field(ge=0, le=SAFE_MAX, examples=[10_000])
    shown_payee: str = Field(max_length=100)


@router.get(
    "/quotes/withdrawal",
    response=WithdrawalQuoteTold,
    operation_id="quote_withdrawal",
    summary="提现核对",
)
def quote(request: HttpRequest, asked: Query[WithdrawalQuoteAsked]) -> WithdrawalQuoteTold:
    """Tell tax, payout and account of a withdrawal, and what would be left, before it is so."""
    amount = asked.amount_fen * FEN
    with one_moment():
        desk = cash_desk_of(member=member_of(request))
        facts = present().facts
    _refuse(desk, amount)
    own, rules = desk.own, desk.rules
    return WithdrawalQuoteTold(
        amount_fen=asked.amount_fen,
        fee_fen=0,
        shown_tax_fen=rules.tax(amount) // FEN,
        is_withheld=rules.is_withheld,
        shown_pays_fen=(amount - rules.withheld(amount)) // FEN,
        shown_payee=own.account,
        payee_name=own.shown_name,
        free_after_fen=(desk.purse.free - amount) // FEN,
        today_after_fen=(desk.rest - amount) // FEN,
        least_fen=rules.least // FEN,
        officers=_OFFICERS,
        is_to_confirm=own.provider == Provider.WECHAT.value,
        rules_version=desk.version,
        facts=facts_told(facts),
    )


@router.get(
    "/withdrawals", response=WithdrawalsTold, operation_id="withdrawals", summary="我的提现"
)
def withdrawals(request: HttpRequest, page: Query[PageAsked]) -> WithdrawalsTold:
    """List the member's withdrawals, newest first."""
    upto = (cursors.read(page.cursor, of=_WITHDRAWALS) or (INT64_MAX,))[0]
    found = queries.withdrawals(member=member_of(request), size=page.limit + 1, upto=upto)
    shown = found[: page.limit]
    onward = cursors.written(found[-1].number, of=_WITHDRAWALS) if len(found) > len(shown) else None
    return WithdrawalsTold(items=[_withdrawal(each) for each in shown], next=onward)


@router.post(
    "/withdrawals",
    response={202: WithdrawalTold},
    auth=WITHDRAW,
    operation_id="withdraw",
    summary="提现",
)
def ask_for_cash(request: HttpRequest, body: WithdrawalAsked, key: Key) -> Status[WithdrawalTold]:
    """Ask for cash under a key, if it is still what was shown; answered in its place, reviewed."""
    member = member_of(request)
    with refusing():
        recorded = withdraw(
            key=fact_key(member=member, what="withdraw", key=key),
            member=member,
            amount_fen=body.amount_fen,
            shown=Shown(
                tax=body.shown_tax_fen * FEN,
                pays=body.shown_pays_fen * FEN,
                payee=body.shown_payee,
            ),
        )
    return Status(202, _one(member, recorded.number))


@router.get(
    "/withdrawals/{number}", response=WithdrawalTold, operation_id="withdrawal", summary="一笔提现"
)
def withdrawal(request: HttpRequest, number: Annotated[IdAsked, Path()]) -> WithdrawalTold:
    """Tell how a withdrawal of the member stands."""
    return _one(member_of(request), int(number))


def _refuse(desk: CashDesk, amount: int) -> None:
    with refusing():
        if not desk.own.is_ready:
            raise NotVerified
        refusal = why_no_cash(
            amount=amount,
            free=desk.purse.free,
            rest=desk.rest,
            rules=desk.rules,
            now=desk.now,
        )
        if refusal is not None:
            raise refusal


def _one(member: int, number: int) -> WithdrawalTold:
    found = queries.withdrawal(member=member, number=number)
    if found is None:
        raise Refused("not_found", detail="没有这笔提现")
    return _withdrawal(found)


def _withdrawal(found: Withdrawal) -> WithdrawalTold:
    return WithdrawalTold(
        number=str(found.number),
        state=_state(found),
        at=moment(found.at),
        amount_fen=found.amount // FEN,
        reason=found.reason,
        reviewed_at=maybe_moment(found.reviewed_at),
        confirm_until=maybe_moment(found.confirm_until),
        ended_at=maybe_moment(found.ended_at),
        is_returned=found.is_returned,
    )


def _state(found: Withdrawal) -> WithdrawalState:
    if found.is_taken is None:
        return WithdrawalState.CHECKING
    if not found.is_taken:
        return WithdrawalState.REFUSED
    if found.state is None:
        return WithdrawalState.RECORDED
    return WithdrawalState[PayoutState(found.state).name]
