"""Injected capital raises the price and mints nothing (E18)."""

import pytest

from gongxiang.base.money import POINT, YUAN
from gongxiang.economy.events import Injected
from gongxiang.economy.injection import drip_limit
from gongxiang.economy.movement import CapitalInjected, Exited
from tests.economy.watched import SEED_1, Watched, at_random, order, terms_with


def test_capital_enters_the_pool_and_nobody_gets_points() -> None:
    watched = Watched()
    watched.pay(order("o1"))
    (injected,) = watched.apply(Injected("i1", 40 * YUAN))
    assert isinstance(injected, CapitalInjected)
    assert watched.pair == (200_100_000, 112_100 * POINT // 1_000)
    assert watched.state.capital == 100_000 + 40 * YUAN
    assert watched.state.channel == 1_000 * YUAN


def test_a_large_injection_closes_the_lots_it_lifts_to_their_cap() -> None:
    watched = Watched()
    watched.pay(order("o1"))
    _, exited = watched.apply(Injected("i1", 2_000 * YUAN))
    assert isinstance(exited, Exited)
    assert watched.state.cash == {"m": 960 * YUAN}


def test_a_day_lets_in_half_a_hundredth_of_the_pool() -> None:
    assert drip_limit(1_000_000 * YUAN, terms=SEED_1) == 5_000 * YUAN
    assert drip_limit(199, terms=SEED_1) == 0
    assert drip_limit(10_000, terms=terms_with(injection_drip_max=1)) == 1


@pytest.mark.parametrize("seed", range(20))
def test_no_state_loses_by_an_injection(seed: int) -> None:
    watched = at_random(seed)
    before = {lot.order: lot.left for lot in watched.state.lots.values()}
    exited = len(watched.state.exited)
    watched.apply(Injected("new", 123_456 * YUAN))
    closed = set(watched.state.exited[exited:])
    for lot in watched.state.lots.values():
        assert lot.left == (0 if lot.order in closed else before[lot.order])
