"""Points are minted at the pair before the inflow, a large inflow in parts (E8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.base.money import FEN, MYRIAD, POINT, YUAN
from gongxiang.economy.mint import PARTS_MAX, mint, parts
from tests.economy.watched import SEED_1, Watched, order, terms_with

INFLOWS = st.integers(min_value=0, max_value=10**18)
PAIRS = st.tuples(st.integers(1, 10**24), st.integers(1, 10**30))
STEPPED = terms_with(mint_step=100, genesis_money=1_000 * YUAN)


def test_the_first_three_orders_mint_112_78_and_67_points() -> None:
    watched = Watched()
    lots = watched.pay(order("o1"), order("o2"), order("o3"))
    assert [lot.minted for lot in lots] == [
        112 * POINT,
        78_420_986_883_198,
        66_661_513_686_092,
    ]


def test_the_pair_before_the_inflow_counts() -> None:
    # At the pair after it the same inflow would mint 78.4 points instead of 112.
    assert mint(160 * YUAN, money=100_000, circulating=POINT // 10, terms=SEED_1) == 112 * POINT


def test_both_roundings_go_down() -> None:
    terms = terms_with(backing_rate=3_333)
    # floor(10 · 0.3333) = 3, floor(3 · 10 / 7) = 4.
    assert mint(10, money=7, circulating=10, terms=terms) == 4


@pytest.mark.parametrize(
    ("inflow", "count"),
    [(0, 1), (10 * YUAN, 1), (10 * YUAN + 1, 2), (160 * YUAN, 16), (10**18, PARTS_MAX)],
)
def test_an_inflow_above_a_hundredth_of_the_pool_is_minted_in_parts(
    inflow: int, count: int
) -> None:
    assert parts(inflow, money=1_000 * YUAN, terms=STEPPED) == count


def test_without_a_step_there_is_one_part() -> None:
    assert parts(10**18, money=1, terms=SEED_1) == 1


def test_two_parts_are_minted_one_after_the_other() -> None:
    terms = terms_with(mint_step=5_000)
    # 101 fen over half of the pool of 200: parts of 50 and 51, floors in each.
    first = 50 * 7_000 // MYRIAD * 1_000 // 200
    second = 51 * 7_000 // MYRIAD * (1_000 + first) // 250
    assert mint(101, money=200, circulating=1_000, terms=terms) == first + second == 339


def test_one_large_order_mints_hardly_more_than_many_small_ones() -> None:
    start = {"money": 1_000 * YUAN, "circulating": 1_000 * POINT}
    large = mint(16_000 * YUAN, **start, terms=STEPPED)
    whole = mint(16_000 * YUAN, **start, terms=SEED_1)
    money, circulating = start.values()
    for _ in range(10_000):
        points = mint(1_600_000, money=money, circulating=circulating, terms=SEED_1)
        money, circulating = money + 1_600_000, circulating + points
    small = circulating - 1_000 * POINT
    assert small < large < small * 1_005 // 1_000
    assert whole > 178 * small // 100


@given(inflow=INFLOWS, pair=PAIRS, step=st.integers(1, MYRIAD), rate=st.integers(0, MYRIAD))
def test_what_is_minted_is_worth_at_most_the_backing(
    inflow: int, pair: tuple[int, int], step: int, rate: int
) -> None:
    money, circulating = pair
    # At most fifty parts, so that many cases can be tried.
    step = max(step, -(-inflow * MYRIAD // (money * 50)))
    for mint_step in (0, step):
        terms = terms_with(mint_step=mint_step, backing_rate=rate)
        minted = mint(inflow, money=money, circulating=circulating, terms=terms)
        assert 0 <= minted * money * MYRIAD <= inflow * rate * circulating


@given(fen=st.integers(1, 10**9))
def test_a_spend_of_whole_fen_is_backed_exactly(fen: int) -> None:
    inflow = fen * FEN * 16 // 100
    assert mint(inflow, money=1, circulating=1, terms=SEED_1) == fen * 1_120
