"""The till: an amount that a store asks for, as a code that one payer takes; looked at, taken back.

Units: fen. Source: P1; I-18; design/ui/faces.md 7 (c) 3; merchants/access.py (who may).
"""

import hashlib
from enum import Enum
from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Path, Router
from ninja.responses import Status
from pydantic import Field

from gongxiang.acts.cancel_charge import cancel_charge
from gongxiang.acts.open_charge import open_charge
from gongxiang.api.keys import Key, fact_key
from gongxiang.api.problems import Refused
from gongxiang.api.refused import refusing
from gongxiang.api.shops import Code, shop_for
from gongxiang.api.token import STORE, member_of
from gongxiang.api.wire import Asked, Fen, Moment, PayFen, Text, Told, moment
from gongxiang.base.money import FEN
from gongxiang.merchants.access import Task
from gongxiang.queries import tills
from gongxiang.queries.stores_data import Shop
from gongxiang.queries.tills import Charge

router: Final = Router(tags=["store"], auth=STORE)
Number = Annotated[str, Path(min_length=1, max_length=16, pattern=r"^[!-~]+$")]


class ChargeState(Enum):
    """How far a charge came."""

    OPEN = "open"
    TAKEN = "taken"
    PAID = "paid"
    CANCELLED = "cancelled"
    OVER = "over"


class ChargeAsked(Asked):
    """How much is asked for."""

    amount_fen: PayFen = Field(examples=[12_800])


class ChargeTold(Told):
    """A charge: `link` is what its code says, `order` the number once somebody has paid."""

    number: Text
    state: ChargeState
    amount_fen: Fen
    ends_at: Moment
    link: Text
    order: Text | None


@router.post(
    "/shops/{code}/charges",
    response={201: ChargeTold},
    operation_id="open_charge",
    summary="收银台收一笔",
)
def charge(request: HttpRequest, code: Code, body: ChargeAsked, key: Key) -> Status[ChargeTold]:
    """Ask for an amount, once for a key, while somebody is on shift."""
    shop = shop_for(request, code, Task.TILL)
    person = member_of(request)
    kept = fact_key(member=person, what="charge", key=key)
    with refusing():
        number = open_charge(
            store=shop.store,
            person=person,
            key=hashlib.sha256(kept.encode()).hexdigest(),
            amount_fen=body.amount_fen,
        )
    return Status(201, _told(shop, _charge(shop, number)))


@router.get(
    "/shops/{code}/charges/{number}",
    response=ChargeTold,
    operation_id="charge",
    summary="收银台的一笔",
)
def look(request: HttpRequest, code: Code, number: Number) -> ChargeTold:
    """Tell how far a charge came."""
    shop = shop_for(request, code, Task.TILL)
    return _told(shop, _charge(shop, number))


@router.delete(
    "/shops/{code}/charges/{number}",
    response=ChargeTold,
    operation_id="cancel_charge",
    summary="取消收银台的一笔",
)
def cancel(request: HttpRequest, code: Code, number: Number) -> ChargeTold:
    """Take a charge back that nobody pays; the second time changes nothing."""
    shop = shop_for(request, code, Task.TILL)
    _charge(shop, number)
    with refusing():
        cancel_charge(store=shop.store, number=number)
    return _told(shop, _charge(shop, number))


def _charge(shop: Shop, number: str) -> Charge:
    found = tills.charge(store=shop.store, number=number)
    if found is None:
        raise Refused("not_found", detail="这家店没有这笔收款码")
    return found


def _told(shop: Shop, found: Charge) -> ChargeTold:
    return ChargeTold(
        number=found.number,
        state=_state(found),
        amount_fen=found.amount // FEN,
        ends_at=moment(found.expires_at),
        link=tills.link(door=shop.door, number=found.number),
        order=found.attempt if found.is_paid else None,
    )


def _state(found: Charge) -> ChargeState:
    if found.is_paid:
        return ChargeState.PAID
    if found.is_cancelled:
        return ChargeState.CANCELLED
    if found.is_taken:
        return ChargeState.TAKEN
    return ChargeState.OPEN if found.can_be_taken else ChargeState.OVER
