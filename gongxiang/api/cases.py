"""Refunds after settlement: the payer asks, two officers decide, here is where it stands.

Units: fen. Source: E16; I-18; design/ui/faces.md 3.2.
"""

import hashlib
from enum import Enum
from typing import Final

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import Field

from gongxiang.acts.open_refund_case import open_refund_case
from gongxiang.api.keys import Key, fact_key
from gongxiang.api.orders import Number, own_order
from gongxiang.api.refused import refusing
from gongxiang.api.token import PAY, READ
from gongxiang.api.wire import Asked, Fen, Id, Moment, PayFen, Text, Told, moment
from gongxiang.base.money import FEN
from gongxiang.ledger import raw
from gongxiang.settlement.cases import Case, cases_of_order, one_case
from gongxiang.treasury.models import CaseState as Stands

router: Final = Router(tags=["orders"])


class CaseState(Enum):
    """Where a case stands: `funds` waits for its store, `placed` is on its way back."""

    REVIEW = "review"
    FUNDS = "funds"
    PLACED = "placed"
    GRANTED = "granted"
    DECLINED = "declined"


_STATES: Final = {each: CaseState[each.name] for each in Stands}


class CaseAsked(Asked):
    """How much is asked back, and why."""

    amount_fen: PayFen = Field(examples=[3_600])
    reason: str = Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x20][^\x00-\x1f]*$",
        description="begins with no space; officers read it",
        examples=["菜没有上"],
    )


class CaseTold(Told):
    """A case; `sent_fen` is what goes back through the channel, once it is settled.

    Where the channel refused for good it has not come (`is_refused`), until it is sent again.
    """

    number: Id
    order: Text
    state: CaseState
    amount_fen: Fen
    sent_fen: Fen
    is_refused: bool
    reason: Text
    is_by_store: bool
    asked_at: Moment


class CasesTold(Told):
    """The newest cases of an order, newest first."""

    items: list[CaseTold]


@router.get(
    "/orders/{number}/refund-cases",
    response=CasesTold,
    auth=READ,
    operation_id="refund_cases",
    summary="结算后的退款申请",
)
def cases(request: HttpRequest, number: Number) -> CasesTold:
    """List the newest cases of an order of the member."""
    paid = own_order(request, number)
    return cases_told(member=paid.member, order=paid.order)


@router.post(
    "/orders/{number}/refund-cases",
    response={201: CaseTold},
    auth=PAY,
    operation_id="open_refund_case",
    summary="申请结算后退款",
)
def ask(request: HttpRequest, number: Number, body: CaseAsked, key: Key) -> Status[CaseTold]:
    """Ask for money of a settled order, once for a key; nothing moves until it is decided (E16)."""
    paid = own_order(request, number)
    kept = fact_key(member=paid.member, what="case", key=key)
    return opened(body, member=paid.member, order=paid.order, kept=kept, is_by_store=False)


def cases_told(*, member: int, order: int) -> CasesTold:
    """Tell the newest cases of an order, by whomever they were opened."""
    with raw.cursor() as cursor:
        found = cases_of_order(cursor, member=member, order=order)
    return CasesTold(items=[case_told(each) for each in found])


def opened(
    body: CaseAsked, *, member: int, order: int, kept: str, is_by_store: bool
) -> Status[CaseTold]:
    """Open a case, once for the key that is kept, and tell it."""
    with refusing():
        case = open_refund_case(
            key=hashlib.sha256(kept.encode()).hexdigest(),
            member=member,
            order=order,
            amount_fen=body.amount_fen,
            reason=body.reason,
            is_by_store=is_by_store,
        )
    with raw.cursor() as cursor:
        found = one_case(cursor, member=member, case=case.number)
    assert found is not None, "the case was opened just now"
    return Status(201, case_told(found))


def case_told(case: Case) -> CaseTold:
    """Tell a case."""
    return CaseTold(
        number=str(case.number),
        order=case.order_key,
        state=_STATES[case.state],
        amount_fen=case.amount // FEN,
        sent_fen=case.sent // FEN,
        is_refused=case.is_refused,
        reason=case.reason,
        is_by_store=case.is_by_store,
        asked_at=moment(case.opened_at),
    )
