"""Stores as everybody may see them, from the oldest on.

Units: none. Source: design/ui/faces.md 6.1 (stores); E6.
"""

from dataclasses import dataclass
from typing import Any, Final

from gongxiang.ledger import raw
from gongxiang.merchants.access import State
from gongxiang.merchants.codes import plain
from gongxiang.rulebook.divisions import divisions

_SHOWN: Final = """
SELECT store.store_id, profile.code, coalesce(nullif(store.name, ''), profile.code), profile.state,
       store.division_code
  FROM merchants_store store JOIN merchants_profile profile USING (store_id)
"""
_LIST: Final = f"""{_SHOWN}
 WHERE store.store_id > %(after)s AND profile.state = %(open)s
   AND (%(division)s::text IS NULL OR store.division_code = %(division)s)
 ORDER BY store.store_id LIMIT %(size)s
"""
_ONE: Final = (
    f"{_SHOWN} JOIN merchants_storecode given USING (store_id) WHERE given.code = %(code)s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStore:
    """A store: its public code, its name, how it stands, where it is."""

    store: int
    code: str
    name: str
    state: State
    division: str | None
    place: str


def stores(*, division: str | None, after: int, size: int) -> tuple[ShownStore, ...]:
    """Give open stores beyond a number, of one division or of all."""
    values = {"after": after, "open": State.OPEN.value, "division": division, "size": size}
    return tuple(map(_store, _rows(_LIST, values)))


def store(*, code: str) -> ShownStore | None:
    """Give the store of a public code, however it was typed."""
    own = plain(typed=code)
    rows = _rows(_ONE, {"code": own}) if own else []
    return _store(rows[0]) if rows else None


def place_of(division: str | None) -> str:
    """Write where a store is: its city and its district."""
    place = divisions().place(division)
    codes = [each for each in (place.city, place.district) if each]
    return "".join(divisions()[each].name for each in codes)


def _store(row: tuple[Any, ...]) -> ShownStore:
    number, code, name, state, division = row
    return ShownStore(
        store=number,
        code=code,
        name=name,
        state=State(state),
        division=division,
        place=place_of(division),
    )


def _rows(query: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
