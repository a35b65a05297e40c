"""Amounts are cut exactly, or by a rounding that says who gains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.base.money import (
    FEN,
    MYRIAD,
    POINT,
    YUAN,
    ceil_div,
    floor_share,
    largest_remainder,
    share,
)

AMOUNTS = st.integers(min_value=0, max_value=10**38)
RATES = st.integers(min_value=0, max_value=MYRIAD)


def test_the_units_are_those_of_the_specification() -> None:
    assert (FEN, YUAN, POINT, MYRIAD) == (10_000, 1_000_000, 10**12, 10_000)


@given(fen=st.integers(min_value=-(4 * 10**14), max_value=4 * 10**14), rate=RATES)
def test_every_rate_of_a_fen_amount_is_exact(fen: int, rate: int) -> None:
    assert share(fen * FEN, rate) == fen * rate


@pytest.mark.parametrize(("amount", "rate"), [(1, 1), (9_999, 9_999), (3, 5_000), (-3, 5_000)])
def test_a_share_that_is_not_whole_is_our_mistake(amount: int, rate: int) -> None:
    with pytest.raises(AssertionError, match="is not whole"):
        share(amount, rate)


@given(amount=AMOUNTS, rate=RATES)
def test_a_floor_share_is_the_largest_that_is_not_too_much(amount: int, rate: int) -> None:
    part = floor_share(amount, rate)
    assert part * MYRIAD <= amount * rate < (part + 1) * MYRIAD


@given(amount=AMOUNTS, parts=st.integers(min_value=1, max_value=10**38))
def test_a_ceiling_is_the_smallest_that_is_enough(amount: int, parts: int) -> None:
    most = ceil_div(amount, parts)
    assert (most - 1) * parts < amount <= most * parts


def test_what_has_no_rounding_rule_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="a share of -1"):
        floor_share(-1, 1)
    with pytest.raises(AssertionError, match="a rate of -1"):
        floor_share(1, -1)
    with pytest.raises(AssertionError, match="dividing -1"):
        ceil_div(-1, 1)
    with pytest.raises(AssertionError, match="divided by 0"):
        ceil_div(1, 0)
    with pytest.raises(AssertionError, match="splitting -1"):
        largest_remainder(-1, (1,))
    with pytest.raises(AssertionError, match="a weight is negative"):
        largest_remainder(1, (2, -1))
    with pytest.raises(AssertionError, match="no weight is positive"):
        largest_remainder(1, (0, 0))


def test_nothing_can_be_split_among_nobody() -> None:
    assert largest_remainder(0, ()) == ()
    assert largest_remainder(0, (0, 0)) == (0, 0)


def test_of_equal_remainders_the_earlier_gets_the_unit() -> None:
    assert largest_remainder(2, (1, 1, 1)) == (1, 1, 0)
    assert largest_remainder(1, (1, 2, 2)) == (0, 1, 0)


@given(amount=AMOUNTS, weights=st.lists(st.integers(0, 10**20), min_size=1).filter(any))
def test_parts_sum_to_the_whole_and_are_less_than_a_unit_off(
    amount: int, weights: list[int]
) -> None:
    parts = largest_remainder(amount, weights)
    total = sum(weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        assert abs(part * total - amount * weight) < total
