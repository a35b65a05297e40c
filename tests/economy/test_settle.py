"""Settlement splits the money, mints one lot and pays who was frozen (E6-E9, R1)."""

from dataclasses import replace

import pytest

from gongxiang.base.money import MYRIAD, POINT, YUAN
from gongxiang.economy import machine
from gongxiang.economy.events import ClockMoved, Due
from gongxiang.economy.movement import Escrowed, Settled
from tests.economy.watched import SEED_1, Watched, at_random, lot_numbers, order

REWARDS = (("direct", "d", 30), ("indirect", "i", 20), ("recruiter", "r", 50))


def test_an_order_of_a_thousand_yuan_moves_what_the_scheme_says() -> None:
    watched = Watched()
    escrowed, settled = watched.apply(order("o1", rewards=REWARDS))
    state = watched.state
    assert isinstance(escrowed, Escrowed)
    assert isinstance(settled, Settled)
    assert lot_numbers(settled.lot) == (1_000 * YUAN, 112 * POINT, 112 * POINT, 0, 0, 0)
    assert state.stores == {"s": 800 * YUAN}
    assert state.platform == 20 * YUAN
    assert state.unspent == 10 * YUAN
    assert state.cash == {"d": 3 * YUAN, "i": 2 * YUAN, "r": 5 * YUAN}
    assert state.rewards == {"direct": 3 * YUAN, "indirect": 2 * YUAN, "recruiter": 5 * YUAN}
    assert state.vouchers == {"m": 2_000 * YUAN}
    assert (state.escrow, state.channel, state.orders, state.step) == (0, 1_000 * YUAN, 1, 1)


def test_one_person_in_several_roles_is_paid_for_each() -> None:
    watched = Watched()
    watched.apply(order("o1", rewards=(("direct", "x", 30), ("recruiter", "x", 50))))
    assert watched.state.cash == {"x": 8 * YUAN}


def test_each_order_makes_a_lot_of_its_own() -> None:
    watched = Watched()
    first, second = watched.pay(order("o1"), order("o2"))
    assert watched.state.holdings["m"] == [first, second]
    assert (first.step, second.step) == (1, 2)


def test_what_is_minted_to_nothing_is_a_lot_that_nobody_holds() -> None:
    watched = Watched()
    (lot,) = watched.pay(order("o1", commission_rate=400))
    assert lot_numbers(lot) == (1_000 * YUAN, 0, 0, 0, 0, 0)
    assert "m" not in watched.state.holdings
    assert watched.state.stores == {"s": 960 * YUAN}


@pytest.mark.parametrize("seed", range(20))
def test_settling_adds_exactly_its_parts_to_any_state(seed: int) -> None:
    watched = at_random(seed)
    state, terms = watched.state, watched.terms
    before = (state.platform, state.unspent, state.escrow, state.spend, state.orders)
    rewards = (("direct", "somebody", terms.direct),)
    paid = order("new", 77_777 * YUAN, rewards=rewards, due_at=state.clock, terms=terms)
    settled = watched.apply(paid)[1]
    assert isinstance(settled, Settled)
    after = (state.platform, state.unspent, state.escrow, state.spend, state.orders)
    assert [new - old for new, old in zip(after, before, strict=True)] == [
        paid.spend * terms.platform_rate // MYRIAD,
        paid.spend * (terms.distribution_rate - terms.direct) // MYRIAD,
        0,
        paid.spend,
        1,
    ]


def test_a_frozen_order_does_not_feel_new_rules() -> None:
    watched = Watched()
    old = order("o1", rewards=REWARDS, due_at=10)
    watched.apply(old)
    later = replace(SEED_1, backing_rate=1, platform_rate=0, payout_rate=1, exit_cap=1)
    watched.apply(order("o2", terms=later, due_at=20))
    watched.apply(ClockMoved(10))
    assert lot_numbers(watched.state.lots["o1"])[:2] == (1_000 * YUAN, 112 * POINT)
    assert watched.state.platform == 20 * YUAN


def test_a_due_event_settles_an_order_that_waited_elsewhere() -> None:
    watched = Watched()
    paid = order("o1")
    watched.state.escrow += paid.spend
    watched.state.channel += paid.spend
    (settled,) = machine.apply(watched.state, Due(paid))[1]
    assert isinstance(settled, Settled)
    assert watched.pair == (160_100_000, 112_100_000_000_000)
    assert watched.state.escrow == 0


def test_rewards_above_the_budget_stop_the_machine() -> None:
    watched = Watched()
    with pytest.raises(AssertionError, match="exceed the distribution budget"):
        machine.apply(watched.state, order("o1", rewards=(("direct", "d", 201),)))
