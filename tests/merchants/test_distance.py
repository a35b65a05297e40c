"""How far a store is: whole metres, the same in Python and in the database.

Source: design/ui/faces.md 6.1.
"""

from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.ledger import raw
from gongxiang.merchants.distance import (
    BAND,
    DEGREE,
    Point,
    around,
    metres,
    metres_east,
    square_of,
    squared,
)
from tests.conftest import Database

TIANHE = Point(latitude=23_132_400, longitude=113_329_800)
BEIJING_ROAD = Point(latitude=23_124_900, longitude=113_269_400)
CHINA = st.builds(
    Point,
    latitude=st.integers(18 * DEGREE, 53 * DEGREE),
    longitude=st.integers(74 * DEGREE, 135 * DEGREE),
)


def on_a_sphere(here: Point, there: Point) -> float:
    """Compute a distance as a surveyor would, in metres."""
    first, second = radians(here.latitude / DEGREE), radians(there.latitude / DEGREE)
    wide = radians((there.longitude - here.longitude) / DEGREE)
    square = sin((second - first) / 2) ** 2 + cos(first) * cos(second) * sin(wide / 2) ** 2
    return 2 * 6_371_008 * asin(sqrt(square))


def test_from_tianhe_to_beijing_road_it_is_6_225_metres() -> None:
    assert metres(square=squared(TIANHE, BEIJING_ROAD)) == 6_225


@given(CHINA, st.integers(-90_000, 90_000), st.integers(-90_000, 90_000))
def test_within_ten_kilometres_it_is_off_by_less_than_half_a_hundredth(
    here: Point, north: int, east: int
) -> None:
    there = Point(latitude=here.latitude + north, longitude=here.longitude + east)
    exact = on_a_sphere(here, there)
    assert abs(metres(square=squared(here, there)) - exact) <= exact / 200 + 2


@given(CHINA, st.integers(-9_000, 9_000), st.integers(-9_000, 9_000), st.integers(1, 3_000))
def test_the_box_around_a_point_misses_nothing(
    here: Point, north: int, east: int, reach: int
) -> None:
    there = Point(latitude=here.latitude + north, longitude=here.longitude + east)
    box = around(here, reach=reach)
    if metres(square=squared(here, there)) < reach:
        assert there.latitude // BAND in box.bands
        assert box.west <= there.longitude <= box.east


def test_nothing_lies_beyond_the_pole() -> None:
    with pytest.raises(ValueError, match="at most 90"):
        Point(latitude=91 * DEGREE, longitude=0)
    assert metres_east(latitude=90 * DEGREE) == 1


@pytest.mark.db
def test_the_database_computes_the_same(database: Database) -> None:
    assert database.name
    for there in (BEIJING_ROAD, TIANHE, Point(latitude=-1, longitude=113_329_801)):
        values = {
            "latitude": TIANHE.latitude,
            "longitude": TIANHE.longitude,
            "metres_east": metres_east(latitude=TIANHE.latitude),
        }
        asked = square_of(latitude=f"{there.latitude}::int", longitude=f"{there.longitude}::int")
        with raw.cursor() as cursor:
            cursor.execute(f"SELECT {asked}", values)
            assert cursor.fetchone() == (squared(TIANHE, there),)
