"""A case that waits for its store: what is lacking and why, and paying it in.

    GET  /store/<code>/cases/<number>      who pays what, what is lacking, what was paid in
    POST /store/<code>/cases/<number>      one payment for the form's key, then /orders/<no>/wait

Units: fen in forms, micro-yuan in data. Source: E16; P1; design/ui/faces.md 4.
"""

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from gongxiang.acts.open_pay_in import (
    LackChanged,
    NothingLacks,
    UnknownCase,
    open_pay_in,
)
from gongxiang.acts.open_payment import ChannelClosed, ChannelDeclined, KeyTaken
from gongxiang.base.money import FEN
from gongxiang.economy.refusal import RefundExceedsOrder
from gongxiang.ledger import raw
from gongxiang.merchants.access import NotAllowed, Task
from gongxiang.payments import gateway
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import open_channels_of
from gongxiang.queries.stores_data import Shop
from gongxiang.refusals import NO_CHANNEL, NOT_ALLOWED, channel_closed, lack_changed, told
from gongxiang.settlement import cases, pay_ins
from gongxiang.settlement.cases import Case
from gongxiang.settlement.pay_ins import Lack, PayIn
from gongxiang.treasury.models import CaseState
from gongxiang.web.merchant.forms import NO_KEY, SEE_OTHER, UNPROCESSABLE, fresh_once, is_once
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.shared import inside
from gongxiang.web.shared.address import address_of
from gongxiang.web.shared.identity import member_of, member_required

_METHODS: Final = ["GET", "HEAD", "POST"]
_ADDRESS_MAX: Final = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A case as its store sees it; `lack` is none where less is left of the order than it asks."""

    case: Case
    lack: Lack | None
    paid: tuple[PayIn, ...]
    providers: tuple[Provider, ...]

    @property
    def waits(self) -> bool:
        """Tell whether it waits for its store."""
        return self.case.state is CaseState.FUNDS

    @property
    def open(self) -> PayIn | None:
        """Give the payment that may be finished now."""
        return pay_ins.the_open_one(self.paid)

    @property
    def lacks_fen(self) -> int:
        """Give what is lacking, in whole fen."""
        return self.lack.fen if self.lack is not None and self.waits else 0

    @property
    def lacks(self) -> int:
        """Give the same in micro-yuan, as pages write it."""
        return self.lacks_fen * FEN

    @property
    def is_asked(self) -> bool:
        """Tell whether a payment may be begun here."""
        return bool(self.lacks_fen) and self.open is None

    @property
    def asks_fen(self) -> int:
        """Give what one payment is."""
        return self.lack.asks_fen if self.lack is not None and self.waits else 0

    @property
    def asks(self) -> int:
        """Give the same in micro-yuan."""
        return self.asks_fen * FEN

    @property
    def came(self) -> int:
        """Give what was paid in for the case."""
        return sum(each.amount for each in self.paid if each.is_paid)


@member_required
@require_http_methods(_METHODS)
def case(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a case of the store; a POST opens the payment of what it lacks."""
    shop = shop_for(request, code, Task.PAY_IN)
    if request.method != "POST":
        return _page(request, shop, number)
    try:
        payment = _pay(request, shop, number)
    except inside.PayerUnknown:
        return inside.unknown_page(request, onward=request.path)
    except UnknownCase as error:
        raise Http404 from error
    except _Refusal as refusal:
        return _page(request, shop, number, refusal=str(refusal))
    return HttpResponseRedirect(f"/orders/{payment}/wait", status=SEE_OTHER)


class _Refusal(Exception):
    """Why nothing was opened, in the words of the page."""


def _pay(request: HttpRequest, shop: Shop, number: int) -> str:
    """Open the payment, and give its number."""
    once, shown, person = (
        request.POST.get("once", ""),
        request.POST.get("lacks", ""),
        member_of(request),
    )
    open_now = {each.value: each for each in inside.offered(request, gateway.providers())}
    provider = open_now.get(request.POST.get("provider", ""))
    if not is_once(once) or not (shown.isascii() and shown.isdigit()) or person is None:
        raise _Refusal(NO_KEY)
    if provider is None:
        raise _Refusal(NO_CHANNEL)
    try:
        return open_pay_in(
            key=f"case-{once}",
            person=person,
            store=shop.store,
            case=number,
            provider=provider,
            shown_fen=int(shown[:18]),
            payer_address=address_of(request)[:_ADDRESS_MAX],
            payer=inside.payer(request, provider),
        ).number
    except LackChanged as error:
        raise _Refusal(lack_changed(lacks_fen=error.lacks_fen)) from error
    except ChannelClosed as error:
        raise _Refusal(channel_closed(channel=provider.title)) from error
    except NothingLacks as error:
        raise _Refusal(told(error).sentence) from error
    except NotAllowed as error:
        raise _Refusal(NOT_ALLOWED) from error
    except KeyTaken as error:
        raise _Refusal(NO_KEY) from error
    except (ChannelDeclined, NoChannel) as error:
        raise _Refusal(NO_CHANNEL) from error


def _page(request: HttpRequest, shop: Shop, number: int, *, refusal: str = "") -> HttpResponse:
    face = _face(request, shop, number)
    away = inside.ask(request, face.providers) if face.is_asked and not refusal else None
    if away is not None:
        return away
    context = {
        "shop": shop,
        "now": shop.asked_at,
        "face": face,
        "refusal": refusal,
        "once": fresh_once(),
        "here": "orders",
    }
    status = UNPROCESSABLE if refusal else 200
    return render(request, "merchant/case.html", context, status=status)


def _face(request: HttpRequest, shop: Shop, number: int) -> Face:
    with raw.cursor() as cursor:
        found = cases.case_of_store(cursor, store=shop.store, case=number)
        if found is None:
            raise Http404
        try:
            lack = pay_ins.lack(cursor, found) if found.is_open else None
        except RefundExceedsOrder:
            lack = None
        accounts = open_channels_of(cursor, store=shop.store)
        return Face(
            case=found,
            lack=lack,
            paid=pay_ins.of_case(cursor, found),
            providers=tuple(
                each for each in inside.offered(request, gateway.providers()) if each in accounts
            ),
        )
