"""A dividend is split by shares and time, to the last micro-yuan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.base.clock import DAY, SECOND
from gongxiang.economy.dividend import NobodyHoldsShares, Stake, dividend, seconds_held

MONTH = 30 * DAY
AMOUNTS = st.integers(min_value=0, max_value=10**18)
STAKES = st.builds(
    Stake,
    holder=st.sampled_from("abcdef"),
    shares=st.integers(min_value=0, max_value=10**9),
    start_at=st.integers(min_value=-MONTH, max_value=2 * MONTH),
    end_at=st.none() | st.integers(min_value=-MONTH, max_value=2 * MONTH),
)


def amounts(amount: int, *stakes: Stake) -> dict[object, int]:
    parts = dividend(amount=amount, stakes=stakes, start_at=0, end_at=MONTH)
    return {part.holder: part.amount for part in parts}


def whole_month(holder: str, shares: int) -> Stake:
    return Stake(holder=holder, shares=shares, start_at=0)


def test_equal_shares_get_equal_parts_and_the_first_named_the_odd_unit() -> None:
    people = [whole_month(holder, 1) for holder in "cab"]
    assert amounts(100, *people) == {"c": 34, "a": 33, "b": 33}


def test_the_largest_remainder_gets_the_last_unit() -> None:
    assert amounts(10, whole_month("a", 3), whole_month("b", 1)) == {"a": 8, "b": 2}
    assert amounts(11, whole_month("a", 3), whole_month("b", 1)) == {"a": 8, "b": 3}


def test_time_counts_like_shares() -> None:
    half = Stake(holder="b", shares=2, start_at=0, end_at=MONTH // 2)
    assert amounts(1_000, whole_month("a", 1), half) == {"a": 500, "b": 500}


def test_several_stakes_of_one_holder_are_added() -> None:
    first = Stake(holder="a", shares=1, start_at=0, end_at=10 * DAY)
    second = Stake(holder="a", shares=1, start_at=10 * DAY)
    assert amounts(1_000, first, second, whole_month("b", 1)) == {"a": 500, "b": 500}


def test_shares_held_outside_the_period_count_nothing() -> None:
    before = Stake(holder="b", shares=9, start_at=-MONTH, end_at=0)
    after = Stake(holder="c", shares=9, start_at=MONTH)
    assert amounts(1_000, whole_month("a", 1), before, after) == {"a": 1_000}


def test_a_dividend_that_nobody_earned_is_refused() -> None:
    with pytest.raises(NobodyHoldsShares, match="nobody held a share"):
        amounts(1_000, Stake(holder="a", shares=5, start_at=MONTH))
    with pytest.raises(NobodyHoldsShares, match="nobody held a share"):
        amounts(1_000)


def test_every_part_carries_the_weight_that_explains_it() -> None:
    part = dividend(amount=7, stakes=[whole_month("a", 5)], start_at=0, end_at=MONTH)[0]
    assert part.weight == 5 * MONTH // SECOND


@given(stake=STAKES)
def test_nobody_holds_for_less_than_nothing_or_longer_than_the_period(stake: Stake) -> None:
    assert 0 <= seconds_held(stake=stake, start_at=0, end_at=MONTH) <= MONTH // SECOND


@given(amount=AMOUNTS, stakes=st.lists(STAKES, max_size=12))
def test_parts_sum_to_the_amount_and_are_less_than_a_unit_off(
    amount: int, stakes: list[Stake]
) -> None:
    try:
        parts = dividend(amount=amount, stakes=stakes, start_at=0, end_at=MONTH)
    except NobodyHoldsShares:
        return
    assert sum(part.amount for part in parts) == amount
    total = sum(part.weight for part in parts)
    for part in parts:
        assert part.weight > 0
        assert abs(part.amount * total - amount * part.weight) < total
