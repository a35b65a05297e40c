"""Saying where stores are, what they are for and when they are open.

Units: micro-degrees. Source: spec/platform.md (Store); design/ui/faces.md 6.1 (finder).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.merchants.categories import Category
from gongxiang.merchants.distance import Point
from gongxiang.merchants.hours import Hours

_PLACE = """
INSERT INTO merchants_site (store_id, category, address, latitude, longitude)
SELECT party.party_id, placed.category, placed.address, placed.latitude, placed.longitude
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::int[])
       AS placed (key, category, address, latitude, longitude)
  JOIN members_partykey party ON (party.key, party.kind) = (placed.key, 2)
ON CONFLICT (store_id) DO UPDATE
   SET (category, address, latitude, longitude)
     = (excluded.category, excluded.address, excluded.latitude, excluded.longitude)
"""

_OPEN = """
UPDATE merchants_profile SET (opens_minute, closes_minute) = (placed.opens, placed.closes)
  FROM unnest(%s::text[], %s::smallint[], %s::smallint[]) AS placed (key, opens, closes)
  JOIN members_partykey party ON (party.key, party.kind) = (placed.key, 2)
 WHERE merchants_profile.store_id = party.party_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a store is: trade, street and number, the point on the map if known, its hours."""

    category: Category
    address: str
    point: Point | None
    hours: Hours


def place_stores(*, locations: Mapping[str, Location]) -> int:
    """Place stores by their keys; give how many are known."""
    points = [each.point for each in locations.values()]
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(
            _PLACE,
            (
                list(locations),
                [each.category.value for each in locations.values()],
                [each.address for each in locations.values()],
                [point and point.latitude for point in points],
                [point and point.longitude for point in points],
            ),
        )
        placed = cursor.rowcount
        hours = [each.hours for each in locations.values()]
        opens, closes = [each.opens for each in hours], [each.closes for each in hours]
        cursor.execute(_OPEN, (list(locations), opens, closes))
    return placed
