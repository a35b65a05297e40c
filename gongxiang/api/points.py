"""Points of the member: what he holds, a quote, a sale with its payout as condition.

A quote is good for its own figures alone: a sale names the payout that was shown, and is done only
if it is still the same to the fen at its place in the sequence (E11).

Units: atoms, µ¥. Source: E11-E13, H2; design/ui/faces.md 7 (b).
"""

from enum import Enum
from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict

from gongxiang.acts.sell_points import sell_points
from gongxiang.api.keys import Key, fact_key
from gongxiang.api.pool import FactsTold, facts_told
from gongxiang.api.problems import Refused
from gongxiang.api.refused import refusing
from gongxiang.api.token import READ, SELL, member_of
from gongxiang.api.wire import (
    Asked,
    AskedMicro,
    Atoms,
    Id,
    IdAsked,
    Micro,
    Moment,
    SellAtoms,
    Text,
    Told,
    moment,
)
from gongxiang.base import text
from gongxiang.base.money import FEN
from gongxiang.economy.refusal import SaleExceedsHolding
from gongxiang.queries import offers
from gongxiang.queries import points as queries
from gongxiang.queries.desk import Desk, desk_of
from gongxiang.queries.points_data import Held, Quote
from gongxiang.queries.points_data import LotState as Stands
from gongxiang.queries.points_data import Sale as Recorded
from gongxiang.queries.pool import one_moment
from gongxiang.refusals import Moment as At
from gongxiang.refusals import over_the_day, why_not

router: Final = Router(tags=["points"])
_MOVED: Final = "刚刚又结算了一笔订单，金额已更新，请再看一眼"


class LotState(Enum):
    """How a lot stands."""

    LOCKED = "locked"
    HELD = "held"
    PARTLY_SOLD = "partly_sold"
    SOLD = "sold"
    CAPPED = "capped"
    TAKEN_BACK = "taken_back"


class LotTold(Told):
    """The points of one order."""

    number: Id
    store: Text
    state: LotState
    spend: Micro
    points: Atoms
    minted: Atoms
    value: Micro
    net: Micro
    cap_left: Micro
    payout_at_cap: Micro
    unlocked_at: Moment


class PointsTold(Told):
    """What the member holds, what can be sold now, what stands beside a price."""

    held: Atoms
    sellable: Atoms
    lots: list[LotTold]
    facts: FactsTold


class QuoteAsked(BaseModel):
    """How many points."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points: SellAtoms


class QuoteTold(Told):
    """What a sale would pay at this moment; `shown_net` is what a sale names as its condition."""

    points: Atoms
    price: Text
    value: Micro
    stays: Micro
    pays: Micro
    shown_net: Micro
    facts: FactsTold


class SaleAsked(Asked):
    """Points to sell, and the payout that was shown for them."""

    points: SellAtoms
    shown_net: AskedMicro


class SaleState(Enum):
    """How a sale stands."""

    CHECKING = "checking"
    SOLD = "sold"
    NOT_SOLD = "not_sold"


class SaleTold(Told):
    """A sale: offered at once, answered at its place in the sequence."""

    number: Id
    state: SaleState
    at: Moment
    points: Atoms
    shown_net: Micro | None
    value: Micro
    net: Micro
    reason: Text


@router.get("/points", response=PointsTold, auth=READ, operation_id="points", summary="我的积分")
def points(request: HttpRequest) -> PointsTold:
    """Tell every open lot and the newest closed ones, oldest first."""
    with one_moment():
        desk = desk_of(member=member_of(request))
    return PointsTold(
        held=str(sum(each.lot.left for each in desk.holding)),
        sellable=str(desk.most),
        lots=[_lot(each, desk) for each in desk.holding],
        facts=facts_told(desk.present.facts),
    )


@router.get("/quotes/sale", response=QuoteTold, auth=READ, operation_id="quote", summary="卖出报价")
def quote(request: HttpRequest, asked: Query[QuoteAsked]) -> QuoteTold:
    """Tell what selling so many points would pay now."""
    with one_moment():
        desk = desk_of(member=member_of(request))
    found = _quote(desk, int(asked.points))
    return QuoteTold(
        points=asked.points,
        price=text.price(units=found.price),
        value=str(found.value),
        stays=str(found.stays),
        pays=str(found.pays),
        shown_net=str(found.net),
        facts=facts_told(desk.present.facts),
    )


@router.post(
    "/sales", response={202: SaleTold}, auth=SELL, operation_id="sell_points", summary="卖出积分"
)
def sell(request: HttpRequest, body: SaleAsked, key: Key) -> Status[SaleTold]:
    """Offer points for sale under a key, if they still pay what was shown."""
    member = member_of(request)
    fact = fact_key(member=member, what="sell", key=key)
    with one_moment():
        desk = desk_of(member=member)
        is_known = queries.recorded(member=member, key=fact) is not None
    if not is_known and _quote(desk, int(body.points)).net // FEN != int(body.shown_net) // FEN:
        raise Refused("payout_changed", detail=_MOVED, status=409)
    with refusing(at=_at(desk)):
        recorded = sell_points(
            key=fact, member=member, points=int(body.points), shown_net=int(body.shown_net)
        )
    return Status(202, _sale(member, recorded.number))


@router.get(
    "/sales/{number}", response=SaleTold, auth=READ, operation_id="sale", summary="一笔卖出"
)
def sale(request: HttpRequest, number: Annotated[IdAsked, Path()]) -> SaleTold:
    """Tell what became of a sale of the member."""
    return _sale(member_of(request), int(number))


def _sale(member: int, number: int) -> SaleTold:
    found = queries.sale(member=member, number=number)
    if found is None:
        raise Refused("not_found", detail="没有这笔卖出")
    return _told(found)


def _told(sale: Recorded) -> SaleTold:
    states = {None: SaleState.CHECKING, True: SaleState.SOLD, False: SaleState.NOT_SOLD}
    return SaleTold(
        number=str(sale.number),
        state=states[sale.is_done],
        at=moment(sale.at),
        points=str(sale.points),
        shown_net=None if sale.shown is None else str(sale.shown),
        value=str(sale.value),
        net=str(sale.net),
        reason=sale.reason,
    )


def _quote(desk: Desk, points: int) -> Quote:
    """Quote what can be sold now; raises `Refused` for what cannot."""
    with refusing(at=_at(desk)):
        try:
            found = desk.quote(points)
        except SaleExceedsHolding as error:
            raise why_not(desk) from error
        if points > desk.most:
            raise over_the_day(desk)
    return found


def _at(desk: Desk) -> At:
    return At(now=desk.present.pool.now, terms=desk.present.terms)


def _lot(held: Held, desk: Desk) -> LotTold:
    pool = desk.present.pool
    face = offers.lot_face(held, pair=pool.pair, now=pool.now)
    return LotTold(
        number=str(face.number),
        store=face.store,
        state=LotState[Stands(face.state).name],
        spend=str(face.spend),
        points=str(face.points),
        minted=str(face.minted),
        value=str(face.value),
        net=str(face.net),
        cap_left=str(face.cap_left),
        payout_at_cap=str(face.pays_at_cap),
        unlocked_at=moment(face.unlock_at),
    )
