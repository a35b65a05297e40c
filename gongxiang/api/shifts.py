"""Shifts at a till: taken over with a float, looked at, handed over with what was counted.

A shift needs no key: a person is on one shift at a store, and it is handed over once. The same
again gives the same answer.

Units: fen. Source: I-18; design/ui/faces.md 6.3, 7 (c) 3 and 7; merchants/access.py (who may).
"""

from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Path, Router
from ninja.responses import Status
from pydantic import Field

from gongxiang.acts import close_shift, open_shift
from gongxiang.api.problems import Refused
from gongxiang.api.refused import refusing
from gongxiang.api.shops import Code, shop_for
from gongxiang.api.token import STORE, member_of
from gongxiang.api.wire import Asked, Count, Fen, Id, IdAsked, Moment, Text, Told, maybe_moment
from gongxiang.api.wire import moment as written
from gongxiang.base.money import FEN
from gongxiang.lab.replay import AMOUNT_FEN_MAX
from gongxiang.merchants.access import Task
from gongxiang.queries import tills
from gongxiang.queries.stores_data import Shop
from gongxiang.queries.tills import Shift

router: Final = Router(tags=["store"], auth=STORE)
Number = Annotated[IdAsked, Path()]
Drawer = Annotated[int, Field(ge=0, le=AMOUNT_FEN_MAX, description="fen, 0 for an empty drawer")]


class ShiftAsked(Asked):
    """What is in the drawer at the beginning."""

    float_fen: Drawer = Field(examples=[20_000])


class CountAsked(Asked):
    """What was counted at the end; a difference to the float wants a word."""

    counted_fen: Drawer = Field(examples=[20_000])
    note: str = Field(default="", max_length=200, pattern=r"^[^\x00-\x1f]*$")


class ShiftTold(Told):
    """A shift with its sums until now, or until it was handed over."""

    number: Id
    person: Text
    is_open: bool
    float_fen: Fen
    opened_at: Moment
    closed_at: Moment | None
    counted_fen: Fen | None
    difference_fen: Fen
    note: Text
    payments: Count
    paid_fen: Fen
    refunds: Count
    returned_fen: Fen


@router.post(
    "/shops/{code}/shifts",
    response={201: ShiftTold},
    operation_id="open_shift",
    summary="接班",
)
def take_over(request: HttpRequest, code: Code, body: ShiftAsked) -> Status[ShiftTold]:
    """Take over the till with a float; who is on shift is told of the shift he is on."""
    shop = shop_for(request, code, Task.SHIFT)
    with refusing():
        number = open_shift.open_shift(
            store=shop.store, person=member_of(request), float_fen=body.float_fen
        )
    return Status(201, _told(shop, _shift(shop, number)))


@router.get(
    "/shops/{code}/shifts/current",
    response=ShiftTold,
    operation_id="current_shift",
    summary="现在的班次",
)
def current(request: HttpRequest, code: Code) -> ShiftTold:
    """Tell the shift that is on; a problem `not_found` where nobody took over."""
    shop = shop_for(request, code, Task.SHIFT)
    found = tills.open_shift(store=shop.store)
    if found is None:
        raise Refused("not_found", detail="还没有人接班")
    return _told(shop, found)


@router.get(
    "/shops/{code}/shifts/{number}",
    response=ShiftTold,
    operation_id="shift",
    summary="一个班次",
)
def look(request: HttpRequest, code: Code, number: Number) -> ShiftTold:
    """Tell one shift of a store."""
    shop = shop_for(request, code, Task.SHIFT)
    return _told(shop, _shift(shop, int(number)))


@router.post(
    "/shops/{code}/shifts/{number}/close",
    response={200: ShiftTold},
    operation_id="close_shift",
    summary="交班",
)
def hand_over(request: HttpRequest, code: Code, number: Number, body: CountAsked) -> ShiftTold:
    """Hand over with what was counted, by who is on shift or who manages the cashiers."""
    shop = shop_for(request, code, Task.SHIFT)
    own = _shift(shop, int(number))
    if own.person != member_of(request) and not shop.may(Task.CASHIERS):
        raise Refused("not_allowed", detail=f"没有交班。这是 {own.name} 的班，请他或店长来交")
    with refusing():
        close_shift.close_shift(
            store=shop.store,
            shift=own.number,
            person=member_of(request),
            counted_fen=body.counted_fen,
            note=body.note,
        )
    return _told(shop, _shift(shop, own.number))


def _shift(shop: Shop, number: int) -> Shift:
    found = tills.shift(store=shop.store, number=number)
    if found is None:
        raise Refused("not_found", detail="这家店没有这个班次")
    return found


def _told(shop: Shop, found: Shift) -> ShiftTold:
    sums = tills.sums(store=shop.store, since=found.opened_at, until=found.closed_at)
    return ShiftTold(
        number=str(found.number),
        person=found.name,
        is_open=found.closed_at is None,
        float_fen=found.float // FEN,
        opened_at=written(found.opened_at),
        closed_at=maybe_moment(found.closed_at),
        counted_fen=None if found.counted is None else found.counted // FEN,
        difference_fen=found.difference // FEN,
        note=found.note,
        payments=sums.payments,
        paid_fen=sums.paid // FEN,
        refunds=sums.refunds,
        returned_fen=sums.returned // FEN,
    )
