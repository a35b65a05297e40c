"""Stores as everybody sees them: name, public code, district, whether open.

Units: per-myriads. Source: design/ui/faces.md 6.1 (stores).
"""

from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from gongxiang.api import cursors
from gongxiang.api.cursors import CURSOR_MAX, PageAsked
from gongxiang.api.problems import Refused
from gongxiang.api.wire import Text, Told
from gongxiang.merchants.access import State
from gongxiang.queries import shown_stores
from gongxiang.queries.shown_stores import ShownStore

router: Final = Router(tags=["stores"])
_STORES: Final = "stores"
_CODE_MAX: Final = 16


class StoresAsked(PageAsked):
    """Which stores."""

    division: str | None = Field(default=None, pattern=r"^[0-9]{6}$", description="GB/T 2260")


class StoreTold(Told):
    """A store."""

    code: str = Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{8}$", examples=["7GKM0211"])
    name: Text
    state: State
    division: str | None = Field(pattern=r"^\d{6}$", description="GB/T 2260")
    place: Text = Field(description="city and district")


class StoresTold(Told):
    """Stores, oldest first."""

    items: list[StoreTold]
    next: str | None = Field(max_length=CURSOR_MAX)


@router.get("/stores", response=StoresTold, operation_id="stores", summary="门店")
def stores(request: HttpRequest, page: Query[StoresAsked]) -> StoresTold:
    """List the stores where one can pay, of one division or of all."""
    del request
    place = cursors.read(page.cursor, of=_STORES) or (0,)
    found = shown_stores.stores(division=page.division, after=place[0], size=page.limit + 1)
    shown = found[: page.limit]
    onward = cursors.written(shown[-1].store, of=_STORES) if len(found) > page.limit else None
    return StoresTold(items=[_told(each) for each in shown], next=onward)


@router.get("/stores/{code}", response=StoreTold, operation_id="store", summary="一家门店")
def store(
    request: HttpRequest, code: Annotated[str, Path(min_length=1, max_length=_CODE_MAX)]
) -> StoreTold:
    """Tell one store by its public code, however it is typed."""
    del request
    found = shown_stores.store(code=code)
    if found is None:
        raise Refused("not_found", detail="没有这家店，可能是旧码，请店家换一张")
    return _told(found)


def _told(store: ShownStore) -> StoreTold:
    return StoreTold(
        code=store.code,
        name=store.name,
        state=store.state,
        division=store.division,
        place=store.place,
    )
