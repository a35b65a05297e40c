"""How far a store is, in whole numbers: no fraction, no sine, no position kept.

    north = degrees of latitude × 111,195 m
    east  = degrees of longitude × 111,195 m × cos latitude
    distance² = north² + east²

The cosine is Bhaskara's: cos x ≈ (32,400 − 4x²) ∶ (32,400 + x²), x in degrees; it is off by less
than two thousandths, within a city by less than anybody walks.

Units: micro-degrees (millionths of a degree, as a phone tells them: WGS-84); metres, cut.
Source: design/ui/faces.md 6.1 (distance, asked and never forced); STYLE (whole numbers).
"""

from dataclasses import dataclass
from math import isqrt
from typing import Final

DEGREE: Final = 1_000_000
LATITUDE_MAX: Final = 90 * DEGREE
LONGITUDE_MAX: Final = 180 * DEGREE
BAND: Final = 20_000
"""The height of a band of latitude that stores are indexed by: some two kilometres."""
_METRES: Final = 111_195
_QUARTER: Final = 32_400
_FINE: Final = 1_000
"""The cosine is taken at a thousandth of a degree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place on the earth, in micro-degrees."""

    latitude: int
    longitude: int

    def __post_init__(self) -> None:
        """Refuse what lies nowhere."""
        if abs(self.latitude) > LATITUDE_MAX or abs(self.longitude) > LONGITUDE_MAX:
            raise ValueError("a latitude is at most 90 degrees, a longitude at most 180")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The box that everything within some metres of a point lies in, by bands of latitude."""

    bands: tuple[int, ...]
    west: int
    east: int


def metres_east(*, latitude: int) -> int:
    """Give how many metres a degree of longitude is at a latitude.

    >>> metres_east(latitude=0), metres_east(latitude=60 * DEGREE)
    (111195, 55597)
    """
    place = abs(latitude) * _FINE // DEGREE
    square, quarter = place * place, _QUARTER * _FINE * _FINE
    return max(1, _METRES * (quarter - 4 * square) // (quarter + square))


def squared(here: Point, there: Point) -> int:
    """Give the square of a distance: what is compared, as the database computes it, too."""
    north = _cut((there.latitude - here.latitude) * _METRES)
    east = _cut((there.longitude - here.longitude) * metres_east(latitude=here.latitude))
    return north * north + east * east


def metres(*, square: int) -> int:
    """Give a distance by its square, cut."""
    return isqrt(square)


def around(here: Point, *, reach: int) -> Around:
    """Give the box in which everything within `reach` metres of a point lies.

    >>> around(Point(latitude=23_130_000, longitude=113_330_000), reach=1_000).bands
    (1156,)
    """
    high = reach * DEGREE // _METRES + 1
    wide = reach * DEGREE // metres_east(latitude=here.latitude) + 1
    first, last = (_cut_band(here.latitude + side * high) for side in (-1, 1))
    return Around(
        bands=tuple(range(first, last + 1)),
        west=here.longitude - wide,
        east=here.longitude + wide,
    )


def square_of(*, latitude: str, longitude: str) -> str:
    """Give the SQL of the squared distance; it asks latitude, longitude and `metres_east`.

    A database cuts towards zero, as `squared` does.
    """
    north = f"(({latitude} - %(latitude)s::bigint) * {_METRES} / {DEGREE})"
    east = f"(({longitude} - %(longitude)s::bigint) * %(metres_east)s::bigint / {DEGREE})"
    return f"({north} * {north} + {east} * {east})"


def _cut(number: int) -> int:
    """Cut towards zero to whole metres: near and far are shown no farther than they are."""
    return number // DEGREE if number >= 0 else -(-number // DEGREE)


def _cut_band(latitude: int) -> int:
    """Give the band of a latitude, as the database cuts: towards zero."""
    return latitude // BAND if latitude >= 0 else -(-latitude // BAND)
