"""Who runs a store says when it is open, how it is reached, and how its till sounds.

    today is a day off     payments are refused until midnight
    hours, phone, address  what people find; a place on the map or none

Units: minutes from midnight in Shanghai; micro-degrees. Source: design/ui/faces.md 6.3 (settings).
"""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.merchants.access import Task, require

_PROFILE: Final = """
UPDATE merchants_profile
   SET opens_minute = %s, closes_minute = %s, phone = %s, has_sound = %s, rest_date =
       CASE WHEN %s THEN ((clock_timestamp() + make_interval(secs => offset_seconds))
                          AT TIME ZONE 'Asia/Shanghai')::date END
  FROM points_horizon
 WHERE store_id = %s
"""
_SITE: Final = """
INSERT INTO merchants_site (store_id, category, address, latitude, longitude)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (store_id) DO UPDATE
   SET category = excluded.category, address = excluded.address, latitude = excluded.latitude,
       longitude = excluded.longitude
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is set of a store; hours and place are whole or none."""

    hours: tuple[int, int] | None
    phone: str
    category: str
    address: str
    place: tuple[int, int] | None
    has_sound: bool
    is_resting: bool


def change_settings(*, store: int, by: int, settings: Settings) -> None:
    """Set everything as the form says it; raises `access.NotAllowed`."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        require(cursor, store=store, by=by, task=Task.SETTINGS)
        hours, place = settings.hours or (None, None), settings.place or (None, None)
        more = (settings.phone, settings.has_sound, settings.is_resting)
        cursor.execute(_PROFILE, (*hours, *more, store))
        assert cursor.rowcount == 1, f"store {store} has no profile"
        cursor.execute(_SITE, (store, settings.category, settings.address, *place))
