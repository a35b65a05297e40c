"""One event in, the state and what moved out; a refusal changes nothing (I-19)."""

import pytest

from gongxiang.base.money import FEN, YUAN
from gongxiang.economy import machine
from gongxiang.economy.events import ClockMoved, Injected, Refunded, Sold, Withdrawn
from gongxiang.economy.movement import CashWithdrawn, Escrowed, Settled
from gongxiang.economy.refusal import (
    BalanceTooSmall,
    RefundExceedsOrder,
    SaleExceedsHolding,
)
from gongxiang.economy.state import opened
from tests.economy.watched import SEED_1, Watched, at_random, order, picture


def test_what_moved_is_told_in_order() -> None:
    watched = Watched()
    watched.apply(order("o1", due_at=10))
    watched.apply(order("o2", due_at=10))
    moved = watched.apply(ClockMoved(10))
    assert [one.paid.order for one in moved if isinstance(one, Settled)] == ["o1", "o2"]
    moved = watched.apply(order("o3", due_at=10))
    assert [type(one) for one in moved] == [Escrowed, Settled]


@pytest.mark.parametrize("seed", range(15))
def test_where_nobody_listens_the_state_is_the_same(seed: int) -> None:
    heard, unheard = at_random(seed), at_random(seed)
    for watched in (heard, unheard):
        for number in range(8):
            at = watched.state.clock + number
            paid = order(f"o-{number}", 999 * YUAN, due_at=at, terms=watched.terms)
            injected = Injected(f"i-{number}", 77 * YUAN)
            if watched is heard:
                watched.apply(paid)
                watched.apply(injected)
            else:
                machine.fold(watched.state, paid, None)
                machine.fold(watched.state, injected, None)
    assert picture(heard.state) == picture(unheard.state)


def test_cash_is_withdrawn_up_to_the_last_micro_yuan_and_no_further() -> None:
    watched = Watched()
    watched.apply(order("o1", rewards=(("direct", "d", 30),)))
    watched.refuse(Withdrawn("w1", "d", 3 * YUAN + 1), BalanceTooSmall, match="3000000 µ¥ on")
    watched.refuse(Withdrawn("w1", "nobody", 1), BalanceTooSmall, match="0 µ¥ on")
    (withdrawn,) = watched.apply(Withdrawn("w1", "d", 3 * YUAN))
    assert isinstance(withdrawn, CashWithdrawn)
    assert watched.state.cash["d"] == 0
    assert watched.state.channel == 997 * YUAN


@pytest.mark.parametrize("seed", range(25))
def test_every_refusal_leaves_any_state_as_it_was(seed: int) -> None:
    watched = at_random(seed)
    state = watched.state
    for member in [*state.holdings, "nobody"]:
        held = sum(lot.left for lot in state.holdings.get(member, ()))
        watched.refuse(Sold("x", member, held + 1), SaleExceedsHolding)
        watched.refuse(Sold("x", member, 0), SaleExceedsHolding)
    for name, amount in list(state.cash.items()):
        watched.refuse(Withdrawn("w", name, amount + 1), BalanceTooSmall)
    for paid in state.waiting.values():
        watched.refuse(Refunded("r", paid.order, paid.spend + FEN), RefundExceedsOrder)


def test_the_clock_alone_moves_nothing_where_nothing_is_due() -> None:
    watched = Watched()
    before = picture(watched.state)
    assert watched.apply(ClockMoved(5)) == []
    assert picture(watched.state) == before | {"clock": 5}


def test_a_platform_opens_with_its_genesis_holding_and_nothing_else() -> None:
    state = opened(SEED_1)
    assert (state.money, state.circulating, state.capital) == (100_000, 10**11, 100_000)
    assert (state.channel, state.escrow, state.platform, state.unspent, state.step) == (0,) * 5
