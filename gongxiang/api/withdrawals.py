"""Withdrawals of the member: a quote, asking with what was shown as condition, how they stand.

Units: fen. Source: P4, I-18; design/ui/faces.md 7 (d); docs/adr/0036.
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
    Myriad,
    PayFen,
    QuoteFen,
    Text,
    Told,
    maybe_moment,
    moment,
)
from gongxiang.base.money import FEN
from gongxiang.queries import cash as queries
from gongxiang.queries.cash_data import Withdrawal
from gongxiang.queries.withdrawal_desk import WithdrawalDesk, withdrawal_desk
from gongxiang.refusals import why_no_cash
from gongxiang.treasury.models import PayoutState

router: Final = Router(tags=["cash"], auth=READ)
_WITHDRAWALS: Final = "withdrawals"


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
    """How much."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount_fen: QuoteFen


class WithdrawalShownTold(Told):
    """What a withdrawal names as its condition, unchanged, when it is asked for."""

    tax_fen: Fen = Field(description="income tax, computed by the rules")
    pays_fen: Fen = Field(description="what arrives")
    payee: Text = Field(description="the account it goes to, masked")


class WithdrawalQuoteTold(Told):
    """What a withdrawal would be at this moment; nothing is charged for it."""

    amount_fen: Fen
    shown: WithdrawalShownTold
    is_withheld: bool = Field(description="is the tax kept back, or only shown")
    tax_free_fen: Fen = Field(description="of one withdrawal, so much is not taxed")
    tax_rate: Myriad
    rules_version: Count
    provider: Text = Field(description="wechat: to be confirmed within a day; alipay: sent at once")
    payee_name: Text = Field(description="whose account it is, masked")
    free_after_fen: Fen
    left_today_after_fen: Fen


class WithdrawalShown(Asked):
    """What the quote showed."""

    tax_fen: Annotated[int, Field(ge=0, le=SAFE_MAX)]
    pays_fen: Annotated[int, Field(ge=0, le=SAFE_MAX)]
    payee: Text


class WithdrawalAsked(Asked):
    """How much is to be withdrawn, and what was shown for it, if anything was."""

    amount_fen: PayFen = Field(examples=[10_000])
    shown: WithdrawalShown | None = None


@router.get(
    "/quotes/withdrawal",
    response=WithdrawalQuoteTold,
    operation_id="withdrawal_quote",
    summary="核对提现",
)
def quote(request: HttpRequest, asked: Query[WithdrawalQuoteAsked]) -> WithdrawalQuoteTold:
    """Tell the tax, what arrives and where, and what stays, or why it cannot be withdrawn now."""
    desk = withdrawal_desk(member=member_of(request))
    amount = asked.amount_fen * FEN
    with refusing():
        _refuse(desk, amount)
    rules, own = desk.rules, desk.own
    return WithdrawalQuoteTold(
        amount_fen=asked.amount_fen,
        shown=WithdrawalShownTold(
            tax_fen=rules.tax(amount) // FEN,
            pays_fen=(amount - rules.withheld(amount)) // FEN,
            payee=own.account,
        ),
        is_withheld=rules.is_withheld,
        tax_free_fen=rules.tax_free // FEN,
        tax_rate=rules.tax_rate,
        rules_version=desk.version,
        provider=own.provider,
        payee_name=own.shown_name,
        free_after_fen=(desk.purse.free - amount) // FEN,
        left_today_after_fen=(desk.rest - amount) // FEN,
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
    """Ask for cash under a key, if what was shown still holds; settled in turn, then reviewed."""
    member = member_of(request)
    with refusing():
        recorded = withdraw(
            key=fact_key(member=member, what="withdraw", key=key),
            member=member,
            amount_fen=body.amount_fen,
            shown=_shown(body.shown),
        )
    return Status(202, _one(member, recorded.number))


@router.get(
    "/withdrawals/{number}", response=WithdrawalTold, operation_id="withdrawal", summary="一笔提现"
)
def withdrawal(request: HttpRequest, number: Annotated[IdAsked, Path()]) -> WithdrawalTold:
    """Tell how a withdrawal of the member stands."""
    return _one(member_of(request), int(number))


def _refuse(desk: WithdrawalDesk, amount: int) -> None:
    """Raise what the act would refuse it with."""
    if not desk.own.is_ready:
        raise NotVerified
    free, rest = desk.purse.free, desk.rest
    refusal = why_no_cash(amount=amount, free=free, rest=rest, rules=desk.rules, now=desk.now)
    if refusal is not None:
        raise refusal


def _shown(body: WithdrawalShown | None) -> Shown | None:
    if body is None:
        return None
    return Shown(tax=body.tax_fen * FEN, pays=body.pays_fen * FEN, payee=body.payee)


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
