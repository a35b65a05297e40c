"""What is set of a store, as its settings page shows it.

Units: minutes from midnight in Shanghai; micro-degrees. Source: design/ui/faces.md 6.3.
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.ledger import raw

_SET: Final = """
SELECT profile.opens_minute, profile.closes_minute, profile.phone, profile.has_sound,
       coalesce(profile.rest_date = ((clock_timestamp() + make_interval(secs => offset_seconds))
                                     AT TIME ZONE 'Asia/Shanghai')::date, false),
       coalesce(site.category, ''), coalesce(site.address, ''), site.latitude, site.longitude,
       coalesce(store.division_code, ''), profile.photo
  FROM merchants_store store JOIN merchants_profile profile USING (store_id)
  LEFT JOIN merchants_site site USING (store_id) CROSS JOIN points_horizon
 WHERE store.store_id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """What is set now."""

    hours: tuple[int, int] | None
    phone: str
    has_sound: bool
    is_resting: bool
    category: str
    address: str
    place: tuple[int, int] | None
    division: str
    photo: str
    """The name of the picture of its front; empty where there is none."""


def settings_of(*, store: int) -> Set:
    """Give what is set of a store."""
    with raw.cursor() as cursor:
        cursor.execute(_SET, (store,))
        row = cursor.fetchone()
    assert row is not None, f"store {store} has no profile"
    opens, closes, phone, has_sound, is_resting, category, address, north, east, *more = row
    division, photo = more
    return Set(
        hours=None if opens is None else (opens, closes),
        phone=phone,
        has_sound=has_sound,
        is_resting=is_resting,
        category=category,
        address=address,
        place=None if north is None else (north, east),
        division=division,
        photo=photo,
    )
