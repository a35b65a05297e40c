"""Stores are placed by their keys; a second time moves them, nowhere is no place.

Source: spec/platform.md (Store).
"""

import psycopg
import pytest

from gongxiang.acts.place_stores import Location, place_stores
from gongxiang.merchants.categories import Category
from gongxiang.merchants.distance import Point
from gongxiang.merchants.hours import Hours
from tests.acts import town
from tests.conftest import Database

SITES = "SELECT category, address, latitude, longitude FROM merchants_site ORDER BY store_id"
POINT = Point(latitude=23_132_400, longitude=113_329_800)


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    assert database.name
    town.open_town()


def location(address: str, point: Point | None = POINT) -> Location:
    hours = Hours(opens=630, closes=1_320)
    return Location(category=Category.FOOD, address=address, point=point, hours=hours)


def test_a_store_is_placed_and_moved() -> None:
    assert place_stores(locations={"fang": location("甲路 1 号"), "nobody": location("x")}) == 1
    assert town.query(SITES) == [("food", "甲路 1 号", 23_132_400, 113_329_800)]
    hours = "SELECT opens_minute, closes_minute FROM merchants_profile ORDER BY store_id"
    assert town.query(hours) == [(630, 1_320), (None, None)]
    assert place_stores(locations={"fang": location("乙路 2 号", None)}) == 1
    assert town.query(SITES) == [("food", "乙路 2 号", None, None)]


def test_half_a_point_is_refused_by_the_database() -> None:
    place_stores(locations={"fang": location("甲路 1 号")})
    for half in ("latitude = NULL", "latitude = 90000001"):
        with pytest.raises(psycopg.errors.CheckViolation):
            town.query(f"UPDATE merchants_site SET {half}")
