"""The public pool: the pair, the price, the honest facts, every step.

Units: µ¥, atoms, per-myriads. Source: E3, H2, H7.
"""

from typing import Final

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from gongxiang.api import cursors
from gongxiang.api.cursors import CURSOR_MAX, PageAsked
from gongxiang.api.wire import (
    Atoms,
    Count,
    Micro,
    Moment,
    Myriad,
    Text,
    Told,
    maybe_moment,
)
from gongxiang.base import text
from gongxiang.queries import pool as queries
from gongxiang.queries.facts import Back, Facts, Reach
from gongxiang.queries.present import present

router: Final = Router(tags=["pool"])
SENTENCE: Final = "积分不保本、不保收益"
_STEPS: Final = "steps"


class PairTold(Told):
    """The pool: money and circulating points, the genesis holding included (E3, E4)."""

    money: Micro
    circulating: Atoms


class BackTold(Told):
    """What a tenth of the members has of 100 yuan spent."""

    received: Micro
    by_selling: Micro


class DistanceTold(Told):
    """How far a lot made now is from its cap, if orders go on as they do and nobody sells."""

    reach: Reach
    orders: Count
    days: Count


class FactsTold(Told):
    """What stands beside every price, computed from live data (H2)."""

    sentence: Text = Field(examples=[SENTENCE])
    lots: Count
    lots_capped: Count
    lots_capped_share: Myriad
    spend: Micro
    paid_to_members: Micro
    paid_share: Myriad
    paid_share_limit: Myriad
    payout_of_a_point: Text = Field(description="yuan, what selling one point pays now")
    distance: DistanceTold
    first_tenth: BackTold | None
    last_tenth: BackTold | None


class PoolTold(Told):
    """The pool at this moment."""

    pair: PairTold
    price: Text = Field(description="yuan a point, rounded: for the eye, the pair is exact")
    steps: Count
    rules_version: Count
    behind_since: Moment | None = Field(description="what was due before is settled, if late")
    facts: FactsTold


class StepTold(Told):
    """One step of the pool, as the public feed has it: nothing about anybody."""

    step: Count
    kind: Text = Field(examples=["mint"])
    day: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    lot: str | None = Field(max_length=16, description="public name of the lot; a sale has none")
    amount: Micro
    points: Atoms
    cap: Micro | None = Field(description="of a lot that was minted")
    money: Micro
    circulating: Atoms


class StepsTold(Told):
    """Steps, oldest first."""

    items: list[StepTold]
    next: str | None = Field(max_length=CURSOR_MAX, description="cursor of what follows")


@router.get("/pool", response=PoolTold, operation_id="pool", summary="盈利池")
def pool(request: HttpRequest) -> PoolTold:
    """Tell the pair, the price and the facts of this moment."""
    del request
    with queries.one_moment():
        now = present()
    pair = now.pool.pair
    return PoolTold(
        pair=PairTold(money=str(pair.money), circulating=str(pair.circulating)),
        price=text.price(units=pair.price),
        steps=now.pool.steps,
        rules_version=max(now.versions),
        behind_since=maybe_moment(now.pool.behind_since),
        facts=facts_told(now.facts),
    )


@router.get("/pool/steps", response=StepsTold, operation_id="pool_steps", summary="盈利池的每一步")
def steps(request: HttpRequest, page: Query[PageAsked]) -> StepsTold:
    """List every step of the pool from the first, or from where a page ended."""
    del request
    place = cursors.read(page.cursor, of=_STEPS) or (0,)
    with queries.one_moment():
        lines = queries.feed_page(after=place[0], size=page.limit)
    items = [StepTold.model_validate({"lot": None, "cap": None, **line}) for line in lines]
    # A full page may have more behind it; also an empty one says where to ask again.
    last = items[-1].step if items else place[0]
    return StepsTold(items=items, next=cursors.written(last, of=_STEPS))


def facts_told(facts: Facts) -> FactsTold:
    """Tell the facts of H2."""
    return FactsTold(
        sentence=SENTENCE,
        lots=facts.lots,
        lots_capped=facts.lots_capped,
        lots_capped_share=facts.capped_share,
        spend=str(facts.spend),
        paid_to_members=str(facts.paid),
        paid_share=facts.paid_share,
        paid_share_limit=facts.paid_limit,
        payout_of_a_point=text.price(units=facts.pays),
        distance=DistanceTold(
            reach=facts.distance.reach, orders=facts.distance.orders, days=facts.distance.days
        ),
        first_tenth=_back(facts.first),
        last_tenth=_back(facts.last),
    )


def _back(back: Back | None) -> BackTold | None:
    if back is None:
        return None
    return BackTold(received=str(back.received), by_selling=str(back.by_selling))
