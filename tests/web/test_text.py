"""Numbers read as the pages promise: cut where they are paid, rounded where they are only shown.

Source: design/ui/faces.md 3.3.
"""

import pytest

from gongxiang.base import clock, text
from gongxiang.base.money import POINT, YUAN
from tests.web import world

NOW = world.NOW


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "0.00"),
        (9_999, "0.00"),
        (-9_999, "0.00"),
        (-10_000, "−0.01"),
        (70_269_999, "70.26"),
        (2_486_500_000, "2,486.50"),
        (4 * 10**14 * 10_000, "4,000,000,000,000.00"),
    ],
)
def test_yuan_are_cut_to_the_fen(amount: int, written: str) -> None:
    assert text.yuan(amount=amount) == written


def test_a_market_value_is_rounded_and_its_payout_cut() -> None:
    value, payout = 209_084_966, 167_267_972
    assert text.yuan_nearest(amount=value) == "209.08"
    assert text.yuan_nearest(amount=209_085_000) == "209.09"
    assert text.yuan(amount=payout) == "167.26"


def test_points_are_cut_to_four_decimals() -> None:
    assert text.points(atoms=178_661_599_999_999) == "178.6615"
    assert text.points(atoms=POINT - 1) == "0.9999"
    assert text.points(atoms=0) == "0.0000"
    assert text.points(atoms=-112 * POINT) == "−112.0000"


def test_the_price_is_rounded_half_up_and_the_payout_cut() -> None:
    pair = world.PAIR
    assert text.price(units=pair.price) == "1.8668"
    assert text.price(units=pair.payout(terms=world.TERMS)) == "1.4934"
    assert text.price_units(pool=150, circulating=POINT) == 2
    assert text.price_units(pool=149, circulating=POINT) == 1
    assert text.payout_units(pool=199, circulating=POINT, payout_rate=10_000) == 1


@pytest.mark.parametrize(
    ("rate", "written"),
    [(0, "0%"), (1, "0.01%"), (30, "0.3%"), (266, "2.66%"), (2_000, "20%"), (10_000, "100%")],
)
def test_rates_are_as_short_as_exact(rate: int, written: str) -> None:
    assert text.rate(per_myriad=rate) == written


def test_shares_of_a_whole_have_two_decimals() -> None:
    assert [text.percent(per_myriad=rate) for rate in (0, 253, 10_000)] == [
        "0.00",
        "2.53",
        "100.00",
    ]


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "0"), (99, "99"), (100, "100"), (104, "100"), (105, "110"), (8_999, "9,000")],
)
def test_estimates_keep_two_digits(number: int, written: str) -> None:
    assert text.about(number=number) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0 秒"), (60, "1 分钟"), (5_400, "90 分钟"), (86_400, "24 小时"), (172_800, "2 天")],
)
def test_lengths_of_time_use_their_largest_whole_unit(seconds: int, written: str) -> None:
    assert text.span(seconds=seconds) == written


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (0, "今天 20:36"),
        (1, "明天 20:36"),
        (2, "11-24 20:36"),
        (-1, "11-21 20:36"),
        (60, "2027-01-21 20:36"),
    ],
)
def test_moments_are_told_in_shanghai(days: int, written: str) -> None:
    assert text.moment(at=NOW + days * clock.DAY, now=NOW) == written


def test_the_day_of_shanghai_begins_eight_hours_early() -> None:
    at = clock.parse_at("2026-11-21T16:00:00Z")
    assert text.moment(at=at, now=NOW) == "今天 00:00"
    assert text.stamp(at=at - 1, now=NOW) == "11-21 23:59"


def test_a_movement_has_its_sign() -> None:
    assert text.yuan_moved(amount=160 * YUAN) == "+160.00"
    assert text.yuan_moved(amount=-960 * YUAN) == "−960.00"
    assert text.yuan_moved(amount=0) == "0.00"
    assert text.points_moved(atoms=-POINT) == "−1.0000"


def test_what_is_left_is_cut_to_its_largest_unit() -> None:
    assert text.left(microseconds=7 * clock.DAY - 1) == "6 天"
    assert text.left(microseconds=clock.DAY - 1) == "23 小时"
    assert text.left(microseconds=59 * clock.SECOND) == "不到 1 分钟"
