"""The finder and a store's public page: what is near, whether it is open, how paying there works.

A position is asked for by a tap and never forced: without it, or without script, a district is
chosen. It comes in the body of a form, so that it stands in no address and no log, is used for the
one answer and kept nowhere.

Units: micro-degrees, metres. Source: design/ui/faces.md 6.1 (`/stores`), 9 (without script).
"""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.merchants.access import State, store_by_code
from gongxiang.merchants.categories import Category
from gongxiang.merchants.distance import Point
from gongxiang.queries import finder
from gongxiang.queries.finder_data import REACHES, Cursor, Found, Near, Shown, Wanted
from gongxiang.queries.moment import now
from gongxiang.queries.pool import one_moment
from gongxiang.queries.present import present
from gongxiang.web.errors import Missing
from gongxiang.web.public.money_split import money_split
from gongxiang.web.shared.identity import member_of
from gongxiang.web.shared.live import allow_script

ON_A_PAGE: Final = 20
TEXT_MAX: Final = 40
_DIGITS_MAX: Final = 19
_REFUSED: Final = 422
_NO_POSITION: Final = "没有拿到你的位置。选一个区，一样能找"
_POSITION_ALLOWED: Final = "camera=(), geolocation=(self), microphone=(), payment=()"
_SHELLS: Final = {True: "member/shell.html", False: "shared/base.html"}
_METRES: Final = 1_000


@require_safe
def stores(request: HttpRequest) -> HttpResponse:
    """Print `/stores`: by district, trade and words, oldest first."""
    return _list(request, _wanted(request.GET), request.GET.get("after", ""))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def near(request: HttpRequest) -> HttpResponseBase:
    """Print the stores around a position that somebody told, nearest first."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("public:stores"))
    around = _near(request.POST)
    if around is None:
        return _list(request, _wanted(request.POST), "", trouble=_NO_POSITION)
    return _list(request, _wanted(request.POST, around), request.POST.get("after", ""))


@require_safe
def store(request: HttpRequest, code: str) -> HttpResponseBase:
    """Print `/stores/<code>`: where it is, whether it is open, what becomes of what one pays."""
    card = store_by_code(code=code)
    if card is None:
        raise Missing(
            title="没有这家店",
            note="可能是旧码，请店家换一张。",
            action="找别的店",
            href=reverse("public:stores"),
        )
    if card.code != code:
        return HttpResponseRedirect(reverse("public:store", args=[card.code]))
    is_member = member_of(request) is not None
    with one_moment():
        today = present()
        shop = finder.shown(store=card.store)
    assert shop is not None, "a store with a code has a profile"
    context = {
        "shop": shop,
        "standing": _standing(shop, today.pool.now),
        "is_open": shop.state is State.OPEN,
        "split": money_split(terms=today.terms, commission_rate=shop.commission_rate),
        "facts": today.facts,
        "terms": today.terms,
        "place": _place(shop),
        "shell": _SHELLS[is_member],
        "here": "stores",
    }
    return render(request, "public/store.html", context)


def _list(request: HttpRequest, wanted: Wanted, after: str, *, trouble: str = "") -> HttpResponse:
    is_member = member_of(request) is not None
    with one_moment():
        found = finder.find(wanted=wanted, now=now(), size=ON_A_PAGE + 1, after=_cursor(after))
    shown = found[:ON_A_PAGE]
    context = {
        "wanted": wanted,
        "groups": finder.choices(chosen=wanted.division),
        "division": finder.name_of(wanted.division),
        "categories": Category.choices,
        "reaches": [(reach, reach // _METRES) for reach in REACHES],
        "stores": shown,
        "more": _name(shown[-1]) if len(found) > ON_A_PAGE else "",
        "is_first": not after,
        "trouble": trouble,
        "shell": _SHELLS[is_member],
        "here": "stores",
    }
    response = render(request, "public/stores.html", context, status=_REFUSED if trouble else 200)
    response["Permissions-Policy"] = _POSITION_ALLOWED
    return allow_script(request, response)


def _wanted(form: Mapping[str, str], around: Near | None = None) -> Wanted:
    """Read what is looked for; what is no division and no trade is no restriction."""
    division, category = form.get("division", ""), form.get("category", "")
    return Wanted(
        division=division if finder.is_division(division) else "",
        category=category if category in Category.values else "",
        text=form.get("q", "").replace("\0", "").strip()[:TEXT_MAX],
        near=around,
    )


def _near(form: Mapping[str, str]) -> Near | None:
    """Read a position; None for what lies nowhere."""
    latitude, longitude = (_whole(form.get(name, "")) for name in ("latitude", "longitude"))
    reach = _whole(form.get("reach", ""))
    if latitude is None or longitude is None:
        return None
    try:
        point = Point(latitude=latitude, longitude=longitude)
    except ValueError:
        return None
    return Near(point=point, reach=reach if reach in REACHES else REACHES[1])


def _cursor(text: str) -> Cursor | None:
    """Read where the page before ended; what is no place begins anew."""
    square, _, store = text.rpartition("-")
    first, last = _whole(square or "0"), _whole(store)
    if first is None or last is None or not 0 <= first < 2**63 or not 0 <= last < 2**63:
        return None
    return Cursor(square=first, store=last)


def _name(last: Found) -> str:
    return f"{last.square}-{last.store}"


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    is_whole = digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MAX
    return int(text) if is_whole else None


def _standing(shop: Shown, moment: int) -> tuple[str, str]:
    """Give the status word of a store and its tone (faces.md 3.2)."""
    if shop.state is not State.OPEN:
        return str(shop.state.label), "bad"
    return ("营业中", "ok") if shop.hours.is_open(now=moment) else ("休息中", "")


def _place(shop: Shown) -> str:
    """Give the address that a phone's map opens, empty where the point is not known."""
    point = shop.point
    if point is None:
        return ""
    latitude, longitude = (_degrees(each) for each in (point.latitude, point.longitude))
    return f"geo:{latitude},{longitude}?q={latitude},{longitude}"


def _degrees(micro: int) -> str:
    """Write micro-degrees as degrees."""
    sign = "-" if micro < 0 else ""
    whole, rest = divmod(abs(micro), 1_000_000)
    return f"{sign}{whole}.{rest:06}"
