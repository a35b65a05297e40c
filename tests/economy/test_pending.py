"""A paid order waits until its window has passed; until then a refund leaves no trace (E7, E8)."""

import pytest

from gongxiang.base.money import YUAN
from gongxiang.economy.events import ClockMoved, Refunded, Sold
from gongxiang.economy.movement import Returned, Settled
from gongxiang.economy.refusal import RefundExceedsOrder, SaleExceedsHolding
from tests.economy.watched import Watched, at_random, order

GENESIS = (100_000, 100_000_000_000)


def test_a_waiting_order_is_money_in_escrow_and_nothing_else() -> None:
    watched = Watched()
    watched.apply(order("o1", due_at=10))
    state = watched.state
    assert watched.pair == GENESIS
    assert (state.escrow, state.channel, state.orders) == (1_000 * YUAN, 1_000 * YUAN, 0)
    assert not state.lots
    assert not state.stores
    assert not state.vouchers


def test_it_settles_at_the_very_moment_its_window_ends() -> None:
    watched = Watched()
    watched.apply(order("o1", due_at=10))
    assert watched.apply(ClockMoved(9)) == []
    (settled,) = watched.apply(ClockMoved(10))
    assert isinstance(settled, Settled)
    assert watched.state.escrow == 0


def test_orders_settle_by_due_time_then_by_sequence_of_payment() -> None:
    watched = Watched()
    watched.pay(
        order("third", due_at=20),
        order("first", due_at=10),
        order("second", due_at=10),
        order("last", due_at=21),
    )
    watched.apply(ClockMoved(20))
    assert list(watched.state.lots) == ["first", "second", "third"]
    assert list(watched.state.waiting) == ["last"]


def test_a_refund_before_settlement_is_exact() -> None:
    watched = Watched()
    watched.apply(order("o1", due_at=10))
    (returned,) = watched.apply(Refunded("r1", "o1", 300 * YUAN))
    assert isinstance(returned, Returned)
    assert watched.pair == GENESIS
    assert (watched.state.escrow, watched.state.channel) == (700 * YUAN, 700 * YUAN)
    watched.apply(ClockMoved(10))
    assert watched.state.lots["o1"].spend == 700 * YUAN
    assert watched.state.stores == {"s": 560 * YUAN}


def test_an_order_refunded_whole_is_void() -> None:
    watched = Watched()
    watched.apply(order("o1", due_at=10))
    watched.apply(Refunded("r1", "o1", 400 * YUAN))
    watched.apply(Refunded("r2", "o1", 600 * YUAN))
    assert watched.apply(ClockMoved(10)) == []
    assert watched.pair == GENESIS
    assert (watched.state.orders, watched.state.channel, watched.state.escrow) == (0, 0, 0)


def test_more_than_was_paid_is_refused() -> None:
    watched = Watched()
    watched.apply(order("o1", due_at=10))
    watched.apply(Refunded("r1", "o1", 400 * YUAN))
    watched.refuse(Refunded("r2", "o1", 600 * YUAN + 1), RefundExceedsOrder, match="600000000 µ¥")
    watched.refuse(Refunded("r2", "none", 1), RefundExceedsOrder, match="0 µ¥ left")


def test_points_of_a_waiting_order_cannot_be_sold() -> None:
    watched = Watched()
    watched.apply(order("o1", due_at=10))
    watched.refuse(Sold("x", "m", 1), SaleExceedsHolding)


@pytest.mark.parametrize("seed", range(20))
def test_paid_and_refunded_whole_leaves_any_state_as_it_was(seed: int) -> None:
    watched = at_random(seed)
    state = watched.state
    before = (watched.pair, state.channel, state.escrow, dict(state.cash), len(state.lots))
    due_at = state.clock + 1
    watched.apply(order("new", 500 * YUAN, due_at=due_at, terms=watched.terms))
    watched.apply(Refunded("back", "new", 500 * YUAN))
    after = (watched.pair, state.channel, state.escrow, dict(state.cash), len(state.lots))
    assert after == before
