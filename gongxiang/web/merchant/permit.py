"""Which store a page is about, and whether this person may do here what the page does.

For a stranger the store's pages do not exist; who works there and may not do this is told so, and
who works elsewhere what he is there. The
role is asked of the database at every request.

    shop = shop_for(request, code, Task.REFUND)

Units: none. Source: reliability 8 (27, 28, 31); design/ui/faces.md 4 (not the right hat).
"""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from gongxiang.merchants.access import Role, Task, may
from gongxiang.queries import stores
from gongxiang.queries.stores_data import Shop
from gongxiang.web.errors import Missing, Trouble
from gongxiang.web.shared.identity import member_of

_WHO_MAY: Final = {
    True: "这一页只有店主能用",
    False: "这一页只有店主和店长能用",
}


class NotYourTask(PermissionDenied):
    """The person works in the store and may not do this; says who may."""

    def __init__(self, *, shop: Shop, task: Task) -> None:
        """Keep the words of the page."""
        super().__init__(f"{shop.role} of {shop.code} may not: {task.name}")
        is_for_owner = not may(Role.MANAGER, task)
        self.trouble = Trouble(
            heading="不能看",
            title=_WHO_MAY[is_for_owner],
            note=f"你是{shop.name}的{shop.role.label}。要做「{task.value}」，请店主来，或请店主改你的角色。",
            action="去收银台",
            href=f"/store/{shop.code}/cashier",
        )


def shops_for(request: HttpRequest) -> list[Shop]:
    """Give the stores that the signed-in person acts for."""
    member = member_of(request)
    assert member is not None, "the page is for members only"
    return stores.shops_of(member)


def shop_for(request: HttpRequest, code: str, task: Task) -> Shop:
    """Give the store of a page to somebody who may do the task there.

    Raises `Http404` for a stranger, for whoever works elsewhere with the way to his own stores, and
    `NotYourTask` for another role.
    """
    shops = shops_for(request)
    shop = next((one for one in shops if code in {one.code, one.door}), None)
    if shop is None and shops:
        raise Missing(
            title="你在这家店里没有事做",
            note=f"这一页属于那家店的店员。你现在是{shops[0].name}的{shops[0].role.label}。",
            action="换店",
            href=reverse("merchant:stores"),
        )
    if shop is None:
        raise Http404
    if not shop.may(task):
        raise NotYourTask(shop=shop, task=task)
    return shop
