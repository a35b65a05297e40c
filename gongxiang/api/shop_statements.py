"""A store's statements: its days, and a day order by order beside the channels' bills.

Units: fen, micro-yuan in what is due. Source: P2, P3; I-6; design/ui/faces.md 6.3.
"""

from datetime import date
from enum import Enum
from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field

from gongxiang.api.problems import Refused
from gongxiang.api.shops import Code, shop_for
from gongxiang.api.token import STORE
from gongxiang.api.wire import Fen, Micro, Text, Told
from gongxiang.merchants.access import Task
from gongxiang.queries import store_statements
from gongxiang.queries import store_statements_data as data
from gongxiang.queries.pool import one_moment

router: Final = Router(tags=["store"], auth=STORE)
_DAY: Final = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"
DayAsked = Annotated[str, Path(pattern=_DAY, examples=["2026-11-22"])]
DayText = Annotated[str, Field(pattern=_DAY)]


class Whereabouts(Enum):
    """Where the money of an order is."""

    AWAITS_SETTLEMENT = "awaits_settlement"
    SHARING = "sharing"
    NOT_SHARED = "not_shared"
    AWAITS_BILL = "awaits_bill"
    ARRIVED = "arrived"
    RETURNED = "returned"
    PAID_IN = "paid_in"


_WHEREABOUTS: Final = {
    data.UNPAID: Whereabouts.AWAITS_SETTLEMENT,
    data.SHARING: Whereabouts.SHARING,
    data.REFUSED: Whereabouts.NOT_SHARED,
    data.FREED: Whereabouts.AWAITS_BILL,
    data.ARRIVED: Whereabouts.ARRIVED,
    data.RETURNED: Whereabouts.RETURNED,
    data.PAID_IN: Whereabouts.PAID_IN,
}


class MovedTold(Told):
    """What moved: paid, refunded, shared with the platform, returned by it."""

    paid_fen: Fen
    refunded_fen: Fen
    shared_fen: Fen
    returned_fen: Fen


class CommissionTold(Told):
    """What orders owe the platform, whenever it is shared: `due` is the sum of the others."""

    due: Micro
    shared: Micro
    awaited: Micro = Field(description="still to be shared")
    carried: Micro = Field(description="goes with the store's next shares; below zero: went along")


class OrderLineTold(Told):
    """An order of the day; `bill` and `fee_fen` once its channel's bill is there."""

    number: Text
    channel: Text
    money: Whereabouts
    ours: MovedTold
    bill: MovedTold | None
    fee_fen: Fen | None
    difference_fen: Fen | None
    commission: CommissionTold | None = Field(description="told on the day it was paid alone")
    bank_date: DayText | None = Field(description="when it is expected at the store's bank")


class DayStatementTold(Told):
    """A day; its sums are those of its lines."""

    day: DayText
    is_over: bool
    has_bill: bool = Field(description="whether every order has its channel's bill")
    ours: MovedTold
    bill: MovedTold
    fee_fen: Fen
    to_bank_fen: Fen
    difference_fen: Fen
    commission: CommissionTold = Field(description="of the orders that were paid on this day")
    bank_dates: list[DayText] = Field(description="first and last day expected at the bank")
    lines: list[OrderLineTold]


class DayTold(Told):
    """A day of the list."""

    day: DayText
    paid_fen: Fen
    refunded_fen: Fen
    given_fen: Fen = Field(description="shared with the platform and not returned")


class DaysTold(Told):
    """Days on which anything moved, newest first."""

    items: list[DayTold]


@router.get(
    "/shops/{code}/statements",
    response=DaysTold,
    operation_id="shop_statements",
    summary="门店对账单",
)
def days(request: HttpRequest, code: Code) -> DaysTold:
    """List the days of the last month on which anything moved."""
    shop = shop_for(request, code, Task.STATEMENTS)
    with one_moment():
        found = store_statements.days(store=shop.store)
    return DaysTold(
        items=[
            DayTold(
                day=each.day,
                paid_fen=each.paid,
                refunded_fen=each.refunded,
                given_fen=each.given,
            )
            for each in found
        ]
    )


@router.get(
    "/shops/{code}/statements/{day}",
    response=DayStatementTold,
    operation_id="shop_statement",
    summary="门店一天的对账单",
)
def statement(request: HttpRequest, code: Code, day: DayAsked) -> DayStatementTold:
    """Tell a day order by order: what we recorded, and what the channels' bills say."""
    shop = shop_for(request, code, Task.STATEMENTS)
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise Refused("not_found", detail="没有这一天") from error
    with one_moment():
        found = store_statements.statement(store=shop.store, day=day)
    return DayStatementTold(
        day=found.day,
        is_over=found.is_over,
        has_bill=found.has_bill,
        ours=_moved(found.ours),
        bill=_moved(found.theirs),
        fee_fen=found.fee,
        to_bank_fen=found.to_bank,
        difference_fen=found.difference,
        commission=_commission(found.commission),
        bank_dates=list(found.bank_dates),
        lines=[_line(each) for each in found.lines],
    )


def _line(line: data.Line) -> OrderLineTold:
    return OrderLineTold(
        number=line.number,
        channel=line.channel,
        money=_WHEREABOUTS[line.state],
        ours=_moved(line.ours),
        bill=_moved(line.theirs) if line.has_bill else None,
        fee_fen=line.fee if line.has_bill else None,
        difference_fen=line.difference if line.has_bill else None,
        commission=_commission(line.commission) if line.ours.paid else None,
        bank_date=line.bank_date,
    )


def _commission(owed: data.Commission) -> CommissionTold:
    return CommissionTold(
        due=str(owed.due),
        shared=str(owed.shared),
        awaited=str(owed.awaited),
        carried=str(owed.carried),
    )


def _moved(moved: data.Moved) -> MovedTold:
    return MovedTold(
        paid_fen=moved.paid,
        refunded_fen=moved.refunded,
        shared_fen=moved.shared,
        returned_fen=moved.returned,
    )
