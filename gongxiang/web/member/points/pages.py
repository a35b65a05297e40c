"""The pages of points: what I hold, what selling pays, selling, one sale, one lot.

A form changes something once: its key is recorded with the sale, so a second tap is the same sale.

Units: none. Source: design/ui/faces.md 6.2, 7 (b); E11, H2.
"""

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.acts.sell_points import sell_points
from gongxiang.base import text
from gongxiang.base.money import FEN, MYRIAD
from gongxiang.economy.refusal import SaleExceedsHolding
from gongxiang.economy.terms import Terms
from gongxiang.orders.facts import KeyTaken
from gongxiang.queries import offers
from gongxiang.queries import points as queries
from gongxiang.queries import pool as public
from gongxiang.queries.desk import Desk, desk_and_waiting, desk_of
from gongxiang.queries.kept import kept
from gongxiang.queries.points_data import Held, LotFace, Quote
from gongxiang.queries.pool_data import Span
from gongxiang.queries.why import why
from gongxiang.refusals import KNOWN, Moment, over_the_day, told, why_not
from gongxiang.web.errors import Missing
from gongxiang.web.member.points import faces
from gongxiang.web.member.present import fact_key, fresh_token, page, signed_in
from gongxiang.web.public.curve import curve
from gongxiang.web.public.faces import SPAN_TITLES, Choice, span_of
from gongxiang.web.shared.identity import member_required

_DIGITS_MAX: Final = 30
_REFUSED: Final = 422
LOTS_SHOWN: Final = 10
ALL_LOTS: Final = "all"
KEY_TAKEN: Final = "这张表单已经卖过另一个数，没有再卖。要再卖，核对后再点一次"
NO_NUMBER: Final = "填上要卖的积分，例如 112.0000"


@member_required
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """Print `/points`: the chart of `?range=`, the form of `?part=`, each lot for `?lots=all`."""
    with public.one_moment():
        desk, waiting = desk_and_waiting(member=signed_in(request))
        pool = desk.present.pool
        span = span_of(asked=request.GET.get("range", ""), now=pool)
        price = kept(
            f"price-{span.value}",
            now=pool,
            newest=max(desk.present.versions),
            make=lambda: _price(desk, span),
        )
    lots, part = list(desk.lots), request.GET.get("part", "first")
    chosen = faces.part_of(lots, part, most=desk.most)
    open_lots = [each for each in desk.holding if each.lot.left]
    is_whole = request.GET.get("lots") == ALL_LOTS
    shown = open_lots if is_whole else open_lots[:LOTS_SHOWN]
    printed = _faces(desk, shown)
    together = desk.quote(sum(each.lot.left for each in lots)) if lots else None
    context = {
        **_shared(desk),
        "all": together,
        "held": sum(each.lot.left for each in open_lots),
        "spent": sum(each.lot.spend for each in open_lots),
        "sellable": sum(each.lot.left for each in lots),
        "most": desk.most,
        "part": desk.quote(chosen) if chosen else None,
        "chips": faces.chips(lots, part if part in {"half", "all"} else "first"),
        "lots": printed,
        "rounded": together.value - sum(each.value for each in printed)
        if together and shown == lots
        else 0,
        "lots_count": len(open_lots),
        "lots_hidden": len(open_lots) - len(shown),
        "closed": _faces(desk, [each for each in desk.holding if not each.lot.left]),
        "waiting": waiting,
        "price": mark_safe(price),  # noqa: S308  printed from a template
    }
    return page(request, "points/points.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def sell(request: HttpRequest) -> HttpResponse:
    """Print the check page of a sale, or record the sale that was checked there."""
    if request.method == "POST":
        return _sell(request)
    with public.one_moment():
        desk = _desk(request)
    typed = request.GET.get("points", "")
    wanted = faces.typed_points(typed, desk.lots, most=desk.most)
    if wanted is None:
        return _check_page(request, desk, typed=typed, error=NO_NUMBER)
    try:
        quote = desk.quote(wanted)
    except SaleExceedsHolding:
        return _refused(request, desk, why_not(desk), typed=typed)
    if wanted > desk.most:
        return _refused(request, desk, over_the_day(desk), typed=typed)
    return _check_page(request, desk, quote=quote)


def _sell(request: HttpRequest) -> HttpResponse:
    form, member = request.POST, signed_in(request)
    key = fact_key(member=member, what="sell", token=form.get("key", ""))
    wanted, shown = _number(form, "points"), _number(form, "shown")
    with public.one_moment():
        desk = _desk(request)
        is_known = key is not None and queries.recorded(member=member, key=key) is not None
    if key is None or wanted is None or shown is None:
        return _check_page(request, desk, error=NO_NUMBER)
    try:
        quote = None if is_known else desk.quote(wanted)
        if quote is not None and quote.net // FEN != shown // FEN:
            return _check_page(
                request, desk, quote=quote, moved=True, before=_number(form, "price")
            )
        recorded = sell_points(key=key, member=member, points=wanted, shown_net=shown)
    except SaleExceedsHolding:
        return _refused(request, desk, why_not(desk))
    except KeyTaken:
        return _check_page(request, desk, typed=text.points(atoms=wanted), error=KEY_TAKEN)
    except KNOWN as refusal:
        return _refused(request, desk, refusal)
    return _to_sale(recorded.number)


def _to_sale(number: int) -> HttpResponse:
    """Lead to the page of a sale, also where a form is sent again (303)."""
    return HttpResponse(status=303, headers={"Location": reverse("points:sale", args=[number])})


@member_required
@require_safe
def sale(request: HttpRequest, number: int) -> HttpResponse:
    """Print `/points/sales/<number>`: looked at, sold, or not sold with the new figures."""
    with public.one_moment():
        desk = _desk(request)
        found = queries.sale(member=desk.member, number=number)
    if found is None:
        raise Missing(
            title="没有这笔卖出",
            note="可能是链接旧了，或者用的是另一个账号。",
            action="看我的积分",
            href=reverse("points:points"),
        )
    again = None
    if found.is_done is False:
        try:
            again = desk.quote(found.points)
        except SaleExceedsHolding:
            again = None
    value = (found.value + FEN // 2) // FEN * FEN
    context = {
        **_shared(desk),
        "sale": found,
        "value": value,
        "stays": value - found.net // FEN * FEN,
        "again": again,
    }
    return page(request, "points/sale.html", context)


@member_required
@require_safe
def lot(request: HttpRequest, number: int) -> HttpResponse:
    """Print `/points/lots/<number>`: one lot's life, from its order to its end."""
    with public.one_moment():
        desk = _desk(request)
        found = queries.held(member=desk.member, lot=number, versions=desk.present.versions)
        if found is None:
            raise Missing(
                title="没有这一批",
                note="还没有结算，或者用的是另一个账号。",
                action="看我的积分",
                href=reverse("points:points"),
            )
        minted = public.step(number=found.lot.step)
        ended = public.step(number=found.exited_step) if found.exited_step else None
    terms = found.lot.terms
    context = {
        **_shared(desk),
        "lot": _faces(desk, [found])[0],
        "version": found.version,
        "rate": found.lot.commission_rate,
        "minted": minted,
        "minted_why": why(step=minted, terms=terms) if minted else None,
        "ended": ended,
        "ended_why": why(step=ended, terms=terms) if ended else None,
    }
    return page(request, "points/lot.html", context)


def _refused(
    request: HttpRequest, desk: Desk, refusal: Exception, *, typed: str = ""
) -> HttpResponse:
    """Print the check page with what is wrong, what was typed kept."""
    error = told(refusal, at=Moment(now=desk.present.pool.now, terms=_terms(desk))).sentence
    return _check_page(request, desk, typed=typed, error=error)


def _check_page(
    request: HttpRequest,
    desk: Desk,
    *,
    quote: Quote | None = None,
    typed: str = "",
    error: str = "",
    moved: bool = False,
    before: int | None = None,
) -> HttpResponse:
    """Print the check page: with a quote the confirmation, else the field and what is wrong."""
    context = {
        **_shared(desk),
        "quote": quote,
        "typed": typed,
        "error": error,
        "moved": moved,
        "before": before,
        "key": fresh_token(),
        "most": desk.most,
    }
    status = _REFUSED if error or moved else 200
    return page(request, "points/sell.html", context, status=status)


def _desk(request: HttpRequest) -> Desk:
    return desk_of(member=signed_in(request))


def _shared(desk: Desk) -> dict[str, object]:
    return {
        "facts": desk.present.facts,
        "terms": _terms(desk),
        "stays_rate": MYRIAD - _terms(desk).payout_rate,
        "now": desk.present.pool.now,
        "here": "points",
    }


def _price(desk: Desk, span: Span) -> str:
    """Print the price and its chart, the same for everybody."""
    context = {
        "curve": curve(
            history=public.history(span=span, now=desk.present.pool), terms=desk.present.terms
        ),
        "price": desk.present.facts.price,
        "terms": desk.present.terms,
        "spans": [
            Choice(name=each.value, title=title, chosen=each is span)
            for each, title in SPAN_TITLES.items()
        ],
    }
    return str(render_to_string("points/price.html", context))


def _faces(desk: Desk, lots: Sequence[Held]) -> list[LotFace]:
    pool = desk.present.pool
    return [offers.lot_face(each, pair=pool.pair, now=pool.now) for each in lots]


def _terms(desk: Desk) -> Terms:
    return desk.present.terms


def _number(form: QueryDict, name: str) -> int | None:
    """Read a whole number that the form itself carries."""
    written = form.get(name, "")
    is_number = written.isascii() and written.isdigit() and len(written) <= _DIGITS_MAX
    return int(written) if is_number else None
