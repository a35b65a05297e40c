"""The page of a store that takes no payment, or cannot yet: nobody mends it here, so no form.

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


def no_channel_page(request: HttpRequest, *, store: int, status: int) -> HttpResponse:
    """Say that no channel takes money for the store yet."""
    note = f"钱没有动。支付渠道还没核好它的商户号。{_others(store)}"
    trouble = _trouble("这家店还没开通收款", note)
    return render(request, "shared/trouble.html", {"trouble": trouble}, status=status)


def _said(shut: StoreShut, store: int) -> Trouble:
    title = refusals.shut(shut)
    if shut.reason is Reason.RESTING:
        return _trouble(title, "钱没有动。可以明天再来，或看看附近的店。", tone="w")
    others = _others(store)
    if shut.reason is Reason.CLOSED:
        return _trouble(title, f"钱没有动。这家店不再收款。{others}")
    ruling = f"（裁定 {shut.note}）" if shut.note else ""
    return _trouble(title, f"钱没有动。这家店已下架，不能在平台收款{ruling}。{others}", tone="b")


def _others(store: int) -> str:
    beside = near(store=store)
    return f"附近还有 {beside} 家同类的店。" if beside else "可以看看附近的店。"


def _trouble(title: str, note: str, *, tone: str = "") -> Trouble:
    return Trouble(
        heading=_HEADING, title=title, note=note, action="看看附近的店", href="/stores", tone=tone
    )
