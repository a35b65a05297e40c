"""The page of a store that takes no payment: nobody can mend it here, so it is no form.

Units: none. Source: design/ui/faces.md 4 (store not open, store delisted).
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongxiang import refusals
from gongxiang.merchants.shut import Reason, StoreShut, near
from gongxiang.web.errors import Trouble

_HEADING: Final = "收不了款"


def shut_page(request: HttpRequest, shut: StoreShut, *, store: int, status: int) -> HttpResponse:
    """Say that no money moved, why, and what to do."""
    return render(request, "shared/trouble.html", {"trouble": _said(shut, store)}, status=status)


def _said(shut: StoreShut, store: int) -> Trouble:
    title = refusals.shut(shut)
    if shut.reason is Reason.RESTING:
        return _trouble(title, "钱没有动。可以明天再来，或看看附近的店。", tone="w")
    beside = near(store=store)
    others = f"附近还有 {beside} 家同类的店。" if beside else "可以看看附近的店。"
    if shut.reason is Reason.CLOSED:
        return _trouble(title, f"钱没有动。这家店不再收款。{others}")
    ruling = f"（裁定 {shut.note}）" if shut.note else ""
    return _trouble(title, f"钱没有动。这家店已下架，不能在平台收款{ruling}。{others}", tone="b")


def _trouble(title: str, note: str, *, tone: str = "") -> Trouble:
    return Trouble(
        heading=_HEADING, title=title, note=note, action="看看附近的店", href="/stores", tone=tone
    )
