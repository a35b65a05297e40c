"""Agents earn on the stores of their region, one per region at a time (R5)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.economy.agency import Contract, in_office, is_taken, rates
from gongxiang.economy.reward import of_store
from tests.economy.watched import SEED_1, terms_with

FLAT = terms_with(agent_mode="flat", district=10, city=5, province=1, grand_region=1)
PERIODS = st.lists(
    st.tuples(st.integers(0, 20), st.none() | st.integers(0, 20)), min_size=1, max_size=8
)


@pytest.mark.parametrize(
    ("filled", "expected"),
    [
        ((True, True, True, False), (10, 10, 10, 0)),
        ((True, False, True, False), (10, 0, 20, 0)),
        ((False, True, False, False), (0, 20, 0, 0)),
        ((False, False, True, False), (0, 0, 30, 0)),
        ((False, False, False, False), (0, 0, 0, 0)),
    ],
)
def test_each_level_takes_what_the_levels_below_left(
    filled: tuple[bool, ...], expected: tuple[int, ...]
) -> None:
    assert rates(filled, terms=SEED_1) == expected


def test_a_level_whose_rate_is_not_above_the_ones_below_gets_nothing() -> None:
    terms = terms_with(district=40, city=20, province=40, grand_region=45)
    assert rates((True, True, True, True), terms=terms) == (40, 0, 0, 5)


def test_in_flat_mode_each_takes_his_own() -> None:
    assert rates((True, True, True, True), terms=FLAT) == (10, 5, 1, 1)
    assert rates((False, True, False, True), terms=FLAT) == (0, 5, 0, 1)


def test_in_differential_mode_the_highest_filled_rate_is_paid_once() -> None:
    terms = terms_with(district=10, city=35, province=30, grand_region=45)
    for filled in itertools.product((False, True), repeat=4):
        own = [
            rate for rate, is_filled in zip(terms.agent_rates(), filled, strict=True) if is_filled
        ]
        assert sum(rates(filled, terms=terms)) == max(own, default=0)


def test_agents_of_rate_nothing_are_left_out_of_an_order() -> None:
    agents = ("d", "c", "p", "g")
    found = of_store("r", agents, terms=SEED_1)
    assert found == (
        ("recruiter", "r", 50),
        ("district", "d", 10),
        ("city", "c", 10),
        ("province", "p", 10),
    )


def test_a_period_includes_its_start_and_not_its_end() -> None:
    contract = Contract("a", 5, 9)
    assert [in_office([contract], at=at) is contract for at in (4, 5, 8, 9)] == [
        False,
        True,
        True,
        False,
    ]
    assert in_office([Contract("a", 5)], at=10**18) is not None


def test_an_empty_period_is_paid_nothing_and_takes_nothing() -> None:
    empty = [Contract("a", 5, 5), Contract("b", 9, 3)]
    assert not any(in_office(empty, at=at) for at in range(12))
    assert not any(is_taken(empty, start_at=at) for at in range(12))


def test_a_region_is_taken_while_an_agent_has_no_end_or_reaches_beyond_the_start() -> None:
    assert is_taken([Contract("a", 5)], start_at=3)
    assert is_taken([Contract("a", 5)], start_at=100)
    assert is_taken([Contract("a", 5, 9)], start_at=8)
    assert not is_taken([Contract("a", 5, 9)], start_at=9)
    # Even a start before the period: it reaches beyond it.
    assert is_taken([Contract("a", 5, 9)], start_at=2)


@given(PERIODS)
def test_whoever_is_let_in_never_meets_another_in_office(
    wanted: list[tuple[int, int | None]],
) -> None:
    contracts: list[Contract] = []
    for start_at, end_at in wanted:
        if not is_taken(contracts, start_at=start_at):
            contracts.append(Contract(f"a{len(contracts)}", start_at, end_at))
    for at in range(22):
        holding = [
            one
            for one in contracts
            if one.start_at <= at and (one.end_at is None or at < one.end_at)
        ]
        assert len(holding) <= 1
        assert in_office(contracts, at=at) is (holding[0] if holding else None)
