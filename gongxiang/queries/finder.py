"""Finding a store: by division, trade, words or distance, page after page.

A page is one range of one index: of divisions, of trades, of the stores themselves, or a few bands
of latitude around a point. Words are looked for among what the rest leaves over.

Units: micro-degrees, metres, moments in microseconds.
Source: design/ui/faces.md 6.1 (找店); platform.md (Store).
"""

from collections import defaultdict
from typing import Any, Final

from django.core.cache import cache

from gongxiang.ledger import raw
from gongxiang.merchants.access import State
from gongxiang.merchants.categories import Category
from gongxiang.merchants.distance import (
    BAND,
    Point,
    around,
    metres,
    metres_east,
    square_of,
)
from gongxiang.merchants.hours import Hours
from gongxiang.merchants.rates import RATE_NOW
from gongxiang.payments.submerchants import OPEN as OPEN_CHANNELS
from gongxiang.queries.finder_data import Choice, Cursor, Found, Group, Near, Shown, Wanted
from gongxiang.rulebook.divisions import CITY, DISTRICT, PROVINCE, Divisions, divisions

CHOICES_MAX: Final = 120
"""More divisions than these are chosen in two steps."""
_KEPT_SECONDS: Final = 60
_COUNTS_KEY: Final = "finder-stores-of-divisions"
_NO_SQUARE: Final = "0::bigint"
_FIRST: Final = Cursor(square=-1, store=0)
_LISTED: Final = """
SELECT store.store_id, profile.code, coalesce(nullif(store.name, ''), profile.code),
       coalesce(site.category, ''), coalesce(store.division_code, ''), coalesce(site.address, ''),
       profile.opens_minute, profile.closes_minute, profile.rest_date - DATE '1970-01-01',
       {square}
  FROM merchants_store store JOIN merchants_profile profile USING (store_id)
  {join} merchants_site site USING (store_id)
 WHERE profile.state = 'open' AND {where}
 ORDER BY {order} LIMIT %(size)s
"""
_IN_DIVISION: Final = "store.division_code BETWEEN %(first)s AND %(last)s"
_OF_CATEGORY: Final = "site.category = %(category)s"
_WITH_TEXT: Final = """
(strpos(lower(store.name), %(text)s) > 0 OR strpos(lower(coalesce(site.address, '')), %(text)s) > 0)
"""
_AROUND: Final = f"""
site.latitude / {BAND} = ANY(%(bands)s) AND site.longitude BETWEEN %(west)s AND %(east)s
AND {{square}} < %(reach)s::bigint * %(reach)s::bigint
"""
_AFTER: Final = "store.store_id > %(store)s"
_FARTHER: Final = "({square}, store.store_id) > (%(square)s::bigint, %(store)s)"
_SHOWN: Final = f"""
SELECT store.store_id, profile.code, coalesce(nullif(store.name, ''), profile.code),
       profile.state, coalesce(site.category, ''), coalesce(store.division_code, ''),
       coalesce(site.address, ''), site.latitude, site.longitude, profile.phone,
       profile.opens_minute, profile.closes_minute, profile.rest_date - DATE '1970-01-01',
       {RATE_NOW}, (extract(epoch FROM store.opened_at) * 1000000)::bigint,
       EXISTS ({OPEN_CHANNELS})
  FROM merchants_store store JOIN merchants_profile profile USING (store_id)
  LEFT JOIN merchants_site site USING (store_id)
 WHERE store.store_id = %(store)s
"""  # noqa: S608  no value is spliced in
_OFTEN: Final = """
SELECT coalesce(
    (SELECT store.division_code FROM orders_order paid JOIN merchants_store store USING (store_id)
      WHERE paid.member_id = %(member)s ORDER BY paid.id DESC LIMIT 1),
    (SELECT store.division_code FROM members_member bound
       JOIN merchants_store store ON store.store_id = bound.via_store_id
      WHERE bound.member_id = %(member)s), '')
"""
_COUNTS: Final = """
SELECT store.division_code, count(*)
  FROM merchants_store store JOIN merchants_profile profile USING (store_id)
 WHERE profile.state = 'open' AND store.division_code IS NOT NULL
 GROUP BY 1 ORDER BY 1
"""


def find(*, wanted: Wanted, now: int, size: int, after: Cursor | None = None) -> tuple[Found, ...]:
    """Give stores that are wanted, nearest or oldest first, after a place where one is named."""
    square = _square(wanted.near)
    last = _FIRST if after is None else after
    where, values = _conditions(wanted, square)
    query = _LISTED.format(
        square=square,
        join="JOIN" if wanted.near or wanted.category else "LEFT JOIN",
        where=" AND ".join(where),
        order="10, 1" if wanted.near else "1",
    )
    values |= {"square": last.square, "store": last.store, "size": size}
    return tuple(_found(row, wanted.near, now) for row in _rows(query, values))


def shown(*, store: int) -> Shown | None:
    """Give what a store shows outside."""
    rows = _rows(_SHOWN, {"store": store})
    return _shown(rows[0]) if rows else None


def division_of(*, member: int) -> str:
    """Give the division in which a member paid last, else that of the store that bound him.

    Where he stands is asked of nobody: this is where his own orders already are.
    """
    return str(_rows(_OFTEN, {"member": member})[0][0])


def choices(*, chosen: str) -> tuple[Group, ...]:
    """Give the divisions that have stores: all districts, or by larger ones where they are many."""
    counts, known = _counts(), divisions()
    for level in (DISTRICT, CITY, PROVINCE):
        groups = _grouped(counts, known, level, within="")
        if sum(len(group.choices) for group in groups) <= CHOICES_MAX or level == PROVINCE:
            break
    inner = known.get(chosen)
    if level == DISTRICT or inner is None or inner.level == DISTRICT:
        return groups
    within = _grouped(counts, known, inner.level + 1, within=chosen)
    return (*within, *groups)


def is_division(code: str) -> bool:
    """Tell whether a code is a division's."""
    return divisions().get(code) is not None


def name_of(code: str) -> str:
    """Give the name of a division, empty for none."""
    division = divisions().get(code)
    return division.name if division else ""


def title_of(code: str) -> str:
    """Give a division with what it lies in: 广州市天河区."""
    known = divisions()
    division = known.get(code)
    if division is None:
        return ""
    above = known.get(division.parent or "")
    return division.name if above is None or above.level == PROVINCE else above.name + division.name


def _conditions(wanted: Wanted, square: str) -> tuple[list[str], dict[str, Any]]:
    where = [_FARTHER.format(square=square) if wanted.near else _AFTER]
    values: dict[str, Any] = {}
    if wanted.division:
        where.append(_IN_DIVISION)
        values |= _stretch(wanted.division)
    if wanted.category:
        where.append(_OF_CATEGORY)
        values["category"] = wanted.category
    if wanted.text:
        where.append(_WITH_TEXT)
        values["text"] = wanted.text.lower()
    if wanted.near:
        box = around(wanted.near.point, reach=wanted.near.reach)
        where.append(_AROUND.format(square=square))
        values |= {"bands": list(box.bands), "west": box.west, "east": box.east}
        values |= {"reach": wanted.near.reach, **_here(wanted.near.point)}
    return where, values


def _square(near: Near | None) -> str:
    return square_of(latitude="site.latitude", longitude="site.longitude") if near else _NO_SQUARE


def _here(point: Point) -> dict[str, int]:
    return {
        "latitude": point.latitude,
        "longitude": point.longitude,
        "metres_east": metres_east(latitude=point.latitude),
    }


def _stretch(code: str) -> dict[str, str]:
    """Give the stretch of codes within a division: 44 of a province, 4401 of a city.

    >>> _stretch("440000"), _stretch("440106")
    ({'first': '440000', 'last': '449999'}, {'first': '440106', 'last': '440106'})
    """
    known = code[:4].removesuffix("00") if code.endswith("00") else code
    return {"first": code, "last": known.ljust(len(code), "9")}


def _counts() -> dict[str, int]:
    """Count the open stores of every division, again after a minute."""
    found: dict[str, int] | None = cache.get(_COUNTS_KEY)
    if found is None:
        found = dict(_rows(_COUNTS, ()))
        cache.set(_COUNTS_KEY, found, timeout=_KEPT_SECONDS)
    return found


def _grouped(
    counts: dict[str, int], known: Divisions, level: int, *, within: str
) -> tuple[Group, ...]:
    """Count by the divisions of a level, grouped by what they lie in."""
    sums: defaultdict[str, int] = defaultdict(int)
    for code, stores in counts.items():
        at = _at_level(code, known, level)
        if at and (not within or known[at].parent == within):
            sums[at] += stores
    groups: defaultdict[str, list[Choice]] = defaultdict(list)
    for code, stores in sums.items():
        above = known.get(known[code].parent or "")
        choice = Choice(code=code, name=known[code].name, stores=stores)
        groups[above.name if above else ""].append(choice)
    return tuple(Group(name=name, choices=tuple(found)) for name, found in groups.items())


def _at_level(code: str, known: Divisions, level: int) -> str:
    """Give the division of a level that a store's division lies in, or the store's own."""
    division = known.get(code)
    if division is None:
        return ""
    while division.level > level and division.parent:
        division = known[division.parent]
    return division.code


def _found(row: tuple[Any, ...], near: Near | None, now: int) -> Found:
    store, code, name, category, division, address, opens, closes, rest_day, square = row
    hours = Hours(opens=opens, closes=closes, rest_day=rest_day)
    return Found(
        store=store,
        code=code,
        name=name,
        category=Category(category).label if category in Category.values else "",
        division=name_of(division),
        address=address,
        hours=hours,
        is_open=hours.is_open(now=now),
        square=square,
        metres=metres(square=square) if near else None,
    )


def _shown(row: tuple[Any, ...]) -> Shown:
    store, code, name, state, category, division, address, latitude, longitude, *more = row
    phone, opens, closes, rest_day, rate, opened_at, has_channel = more
    return Shown(
        store=store,
        code=code,
        name=name,
        state=State(state),
        category=Category(category) if category in Category.values else None,
        division=title_of(division),
        division_code=division,
        address=address,
        point=None if latitude is None else Point(latitude=latitude, longitude=longitude),
        phone=phone,
        hours=Hours(opens=opens, closes=closes, rest_day=rest_day),
        commission_rate=rate,
        opened_at=opened_at,
        has_channel=has_channel,
    )


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  what the driver takes
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
