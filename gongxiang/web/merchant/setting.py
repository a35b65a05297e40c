"""The settings of a store: read from the form, refused in words with what was typed kept.

Units: minutes from midnight, micro-degrees. Source: design/ui/faces.md 6.3, 4.
"""

import re
from collections.abc import Mapping
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from gongxiang.acts.change_settings import Settings, change_settings
from gongxiang.merchants import documents
from gongxiang.merchants.access import State, Task, store_by_code
from gongxiang.merchants.categories import Category
from gongxiang.queries.settings import Set, settings_of
from gongxiang.web.merchant.forms import Unfit
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.shared import kept_form
from gongxiang.web.shared.identity import member_of, member_required

_UNPROCESSABLE: Final = 422
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|(24):(00)", re.ASCII).fullmatch
_DEGREES: Final = re.compile(r"(-?)(\d{1,3})(?:[.](\d{1,6}))?\d*", re.ASCII).fullmatch
_PHONE: Final = re.compile(r"[0-9][0-9 -]{5,18}[0-9]", re.ASCII).fullmatch
_HOUR: Final = 60
_MICRO: Final = 1_000_000
_NORTH_MAX: Final = 90 * _MICRO
_EAST_MAX: Final = 180 * _MICRO
_ADDRESS_MAX: Final = 80
_FIELDS: Final = ("opens", "closes", "phone", "category", "address", "latitude", "longitude")


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@kept_form.keeps(*_FIELDS)
def settings(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is set; a POST sets it."""
    shop = shop_for(request, code, Task.SETTINGS)
    member = member_of(request)
    assert member is not None, "the page is for members only"
    typed, trouble = _typed(settings_of(store=shop.store)) | kept_form.typed(request), None
    if request.method == "POST":
        typed = {field: request.POST.get(field, "").strip() for field in _FIELDS}
        typed |= {field: request.POST.get(field, "") for field in ("sound", "resting")}
        try:
            change_settings(store=shop.store, by=member, settings=_read(typed))
        except Unfit as unfit:
            trouble = unfit
        else:
            return HttpResponseRedirect(
                f"{reverse('merchant:settings', args=[shop.code])}?kept=1", status=303
            )
    context = {
        "shop": shop,
        "here": "more",
        "typed": typed,
        "categories": Category.choices,
        "trouble": trouble,
        "is_kept": "kept" in request.GET,
    }
    status = 200 if trouble is None else _UNPROCESSABLE
    return render(request, "merchant/settings.html", context, status=status)


@require_GET
def photo(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001  the same for everybody
    """Show everybody the front of a store that is open."""
    card = store_by_code(code=code)
    name = "" if card is None else settings_of(store=card.store).photo
    if card is None or card.state is not State.OPEN or not name:
        raise Http404
    return documents.public_answer(name)


def _typed(known: Set) -> dict[str, str]:
    """Write what is set as the form holds it."""
    opens, closes = map(_clock, known.hours) if known.hours else ("", "")
    north, east = map(_degrees, known.place) if known.place else ("", "")
    return {
        "opens": opens,
        "closes": closes,
        "phone": known.phone,
        "category": known.category,
        "address": known.address,
        "latitude": north,
        "longitude": east,
        "sound": "on" if known.has_sound else "",
        "resting": "on" if known.is_resting else "",
    }


def _read(typed: Mapping[str, str]) -> Settings:
    """Read the form; raises `Unfit` with the first field that does not fit."""
    if typed["phone"] and not _PHONE(typed["phone"]):
        raise Unfit("phone", "电话写成数字，例如 13800138000 或 020-88886666")
    if typed["category"] not in Category.values:
        raise Unfit("category", "选一个主营类目")
    if len(typed["address"]) > _ADDRESS_MAX or not typed["address"].isprintable():
        raise Unfit("address", f"地址最多 {_ADDRESS_MAX} 个字")
    return Settings(
        hours=_hours(typed["opens"], typed["closes"]),
        phone=typed["phone"],
        category=typed["category"],
        address=typed["address"],
        place=_place(typed["latitude"], typed["longitude"]),
        has_sound=typed["sound"] == "on",
        is_resting=typed["resting"] == "on",
    )


def _hours(opens: str, closes: str) -> tuple[int, int] | None:
    if not opens and not closes:
        return None
    hours = minute(opens), minute(closes)
    if hours[0] is None or hours[1] is None or hours[0] == hours[1] or hours[0] == 24 * _HOUR:
        raise Unfit("opens", "开门和关门都写成时间，例如 09:00 和 21:30；过了半夜关门写 02:00")
    return hours[0], hours[1] or 24 * _HOUR


def minute(text: str) -> int | None:
    """Read a time of day as minutes from midnight; nothing for what is none.

    >>> minute("09:05"), minute("24:00"), minute("24:01"), minute("9")
    (545, 1440, None, None)
    """
    found = _CLOCK(text)
    if found is None:
        return None
    hour, past, night, _ = found.groups()
    return 24 * _HOUR if night else int(hour) * _HOUR + int(past)


def _place(latitude: str, longitude: str) -> tuple[int, int] | None:
    if not latitude and not longitude:
        return None
    north, east = micro_degrees(latitude), micro_degrees(longitude)
    if north is None or east is None or abs(north) > _NORTH_MAX or abs(east) > _EAST_MAX:
        raise Unfit(
            "latitude", "纬度和经度都写成度数，例如 23.129163 和 113.264435；不知道就都留空"
        )
    return north, east


def micro_degrees(text: str) -> int | None:
    """Read degrees as whole millionths; nothing for what is no number.

    >>> micro_degrees("23.129163"), micro_degrees("-0.5"), micro_degrees("23,1")
    (23129163, -500000, None)
    """
    found = _DEGREES(text)
    if found is None:
        return None
    sign, whole, part = found.groups()
    size = int(whole) * _MICRO + int((part or "").ljust(6, "0"))
    return -size if sign else size


def _clock(at: int) -> str:
    return f"{at // _HOUR:02}:{at % _HOUR:02}"


def _degrees(micro: int) -> str:
    sign, size = "-" if micro < 0 else "", abs(micro)
    return f"{sign}{size // _MICRO}.{size % _MICRO:06}"
