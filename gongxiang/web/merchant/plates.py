"""The page of a store's plate and poster, and the files to print.

Units: pixels. Source: design/ui/faces.md 6.3 (plate and poster), 7 (c) 2.
"""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from PIL.Image import Image

from gongxiang.merchants.access import Task
from gongxiang.queries.stores_data import Shop
from gongxiang.web.merchant.permit import shop_for
from gongxiang.web.merchant.plate import SHEETS, draw, sheet_of, spaced
from gongxiang.web.shared import drawing
from gongxiang.web.shared.identity import member_required

_PREVIEW: Final = "a6"


@member_required
@require_safe
def plate(request: HttpRequest, code: str) -> HttpResponse:
    """Print `/store/<code>/qr`: the code on the phone, the sheets, and how they look."""
    shop = shop_for(request, code, Task.PLATE)
    link = door_of(shop)
    context = {
        "shop": shop,
        "code": drawing.modules(link),
        "number": spaced(shop.door),
        "link": link,
        "sheets": SHEETS,
        "preview": _PREVIEW,
        "here": "today",
    }
    return render(request, "merchant/qr.html", context)


@member_required
@require_safe
def pdf(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Give a sheet to print."""
    shop, picture = _drawn(request, code, name)
    body = drawing.as_pdf(picture, title=f"{shop.name} 收款码")
    return _file(body, kind="application/pdf", name=f"{shop.door}-{name}.pdf")


@member_required
@require_safe
def png(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Give a sheet as a picture."""
    shop, picture = _drawn(request, code, name)
    body = drawing.as_png(picture)
    return _file(body, kind="image/png", name=f"{shop.door}-{name}.png")


def door_of(shop: Shop) -> str:
    """Give the address that a store's code leads to."""
    return f"{settings.PUBLIC_ADDRESS}/s/{shop.door}"


def _drawn(request: HttpRequest, code: str, name: str) -> tuple[Shop, Image]:
    shop = shop_for(request, code, Task.PLATE)
    sheet = sheet_of(name=name)
    if sheet is None:
        raise Http404
    link = door_of(shop)
    return shop, draw(sheet=sheet, link=link, name=shop.name or shop.door, code=shop.door)


def _file(body: bytes, *, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
