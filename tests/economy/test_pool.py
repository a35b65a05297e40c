"""The pool is a pair that begins with a locked holding and whose price never falls (E3-E5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.base.money import POINT, YUAN
from gongxiang.economy import machine
from gongxiang.economy.invariants import check
from gongxiang.economy.pool import genesis_points, is_not_below, price_of_point
from tests.economy.watched import Watched, at_random, order, terms_with

AMOUNTS = st.integers(min_value=1, max_value=10**30)


@pytest.mark.parametrize(
    ("money", "price", "atoms"),
    [
        (100_000, YUAN, POINT // 10),
        (1_000 * YUAN, YUAN, 1_000 * POINT),
        (7, 3 * 10**12, 2),
        (7, 10**17, 1),
    ],
)
def test_the_genesis_holding_is_cut_and_at_least_one_atom(
    money: int, price: int, atoms: int
) -> None:
    assert genesis_points(terms_with(genesis_money=money, opening_price=price)) == atoms


@pytest.mark.parametrize(
    ("genesis", "shown"),
    [(100_000, [14_282, 16_801, 18_668]), (1_000 * YUAN, [10_432, 10_825, 11_188])],
)
def test_the_first_three_orders_give_the_prices_of_the_scheme(
    genesis: int, shown: list[int]
) -> None:
    watched = Watched(terms_with(genesis_money=genesis))
    for number, price in enumerate(shown):
        watched.pay(order(f"o{number}", terms=watched.terms))
        money, circulating = watched.pair
        assert (2 * money * POINT * 10_000 // YUAN + circulating) // (2 * circulating) == price


def test_the_first_three_orders_leave_the_pool_of_the_scheme() -> None:
    watched = Watched()
    pairs = []
    for name in ("o1", "o2", "o3"):
        watched.pay(order(name))
        pairs.append(watched.pair)
    assert pairs == [
        (160_100_000, 112_100_000_000_000),
        (320_100_000, 190_520_986_883_198),
        (480_100_000, 257_182_500_569_290),
    ]
    assert price_of_point(*pairs[2]) == 1_866_767


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_prices_are_compared_exactly(money: int, points: int, other: int, others: int) -> None:
    assert is_not_below(money, points, than=(other, others)) == (money * others >= other * points)


@pytest.mark.parametrize("seed", range(25))
def test_everything_holds_along_a_random_history(seed: int) -> None:
    watched = at_random(seed, lines=100)
    watched.replay.finish()
    check(watched.state, terms=watched.terms)


def test_a_fall_of_the_price_stops_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched()
    watched.pay(order("o1"))
    monkeypatch.setattr("gongxiang.economy.settle.mint", lambda *_, **__: 200 * POINT)
    with pytest.raises(AssertionError, match="the price fell"):
        machine.apply(watched.state, order("o2"))
