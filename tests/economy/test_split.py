"""A spend is split into whole parts that sum to it (E6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.base.money import FEN, MYRIAD, YUAN
from gongxiang.economy.split import allows, split
from tests.economy.watched import SEED_1, terms_with

FENS = st.integers(min_value=0, max_value=4 * 10**14)
RATES = st.integers(min_value=0, max_value=MYRIAD)


def test_a_thousand_yuan_at_twenty_per_cent_are_800_20_20_160() -> None:
    parts = split(1_000 * YUAN, commission_rate=2_000, terms=SEED_1)
    assert parts == (800 * YUAN, 20 * YUAN, 20 * YUAN, 160 * YUAN)


def test_the_smallest_spend_at_odd_rates_rounds_nothing() -> None:
    terms = terms_with(platform_rate=123, distribution_rate=77)
    assert split(FEN, commission_rate=1_999, terms=terms) == (8_001, 123, 77, 1_799)


@given(fen=FENS, rates=st.tuples(RATES, RATES, RATES))
def test_the_parts_of_any_spend_sum_to_it(fen: int, rates: tuple[int, int, int]) -> None:
    platform, fees, commission = sorted(rates)
    terms = terms_with(platform_rate=platform, distribution_rate=fees - platform)
    parts = split(fen * FEN, commission_rate=commission, terms=terms)
    assert sum(parts) == fen * FEN
    assert min(parts) >= 0
    assert parts.platform * MYRIAD == fen * FEN * platform
    assert parts.distribution * MYRIAD == fen * FEN * (fees - platform)


@given(rate=st.integers(min_value=-5, max_value=MYRIAD + 5))
def test_a_store_gives_at_least_the_fees_and_at_most_the_whole(rate: int) -> None:
    assert allows(rate, terms=SEED_1) == (400 <= rate <= MYRIAD)


def test_a_commission_below_the_fees_is_never_split() -> None:
    with pytest.raises(AssertionError, match="does not cover platform and distribution"):
        split(1_000 * YUAN, commission_rate=399, terms=SEED_1)


def test_a_part_of_a_fen_is_never_split() -> None:
    with pytest.raises(AssertionError, match="no whole number of fen"):
        split(FEN + 1, commission_rate=2_000, terms=SEED_1)
