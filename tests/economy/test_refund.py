"""A refund after settlement is paid by the store; nobody else loses (E16, E17)."""

import pytest

from gongxiang.base.money import FEN, POINT, YUAN
from gongxiang.economy.events import Injected, Refunded, Sold
from gongxiang.economy.movement import RefundedByCase
from gongxiang.economy.refund import Quote
from gongxiang.economy.refusal import RefundExceedsOrder
from tests.economy.watched import Watched, WatchedReplay, at_random, lot_numbers, order, picture

REWARDS = (("direct", "d", 30), ("recruiter", "r", 50))


def refunded(watched: Watched, name: str, amount: int) -> RefundedByCase:
    movement = watched.apply(Refunded(f"r{watched.state.step}", name, amount))[0]
    assert isinstance(movement, RefundedByCase)
    return movement


def test_a_whole_refund_burns_the_points_and_the_store_pays_the_rest() -> None:
    watched = Watched()
    (lot,) = watched.pay(order("o1", rewards=REWARDS))
    case = refunded(watched, "o1", 1_000 * YUAN)
    # All 112 points of 112.1 are worth 159.957181 in the pool of 160.1: less than the inflow.
    assert (case.burned, case.missing, case.kept, case.pays) == (112 * POINT, 0, 0, 159_957_181)
    assert (case.platform, case.unspent) == (20 * YUAN, 12 * YUAN)
    assert case.store_pays == 1_000 * YUAN - 159_957_181 - 32 * YUAN
    assert watched.state.stores == {"s": 800 * YUAN - case.store_pays}
    assert watched.state.channel == 0
    assert lot_numbers(lot) == (0, 112 * POINT, 0, 0, 0, 0)
    assert watched.pair == (142_819, POINT // 10)


def test_rewards_of_others_stay_theirs() -> None:
    watched = Watched()
    watched.pay(order("o1", rewards=REWARDS))
    refunded(watched, "o1", 1_000 * YUAN)
    assert watched.state.cash == {"d": 3 * YUAN, "r": 5 * YUAN, "m": 0}
    assert watched.state.rewards == {"direct": 3 * YUAN, "recruiter": 5 * YUAN}


def test_what_rewarded_the_refunded_person_himself_he_returns_out_of_his_refund() -> None:
    watched = Watched()
    watched.pay(order("o1", rewards=REWARDS))
    case = watched.apply(Refunded("r1", "o1", 500 * YUAN, own_rate=30))[0]
    assert isinstance(case, RefundedByCase)
    # His other account has 3.00 of the 1,000.00: half of it is 1.50, which the store is spared.
    assert (case.returned, case.to_channel) == (1_500_000, 498_500_000)
    assert case.store_pays == 500 * YUAN - case.pays - 16 * YUAN - 1_500_000
    assert watched.state.cash == {"d": 3 * YUAN, "r": 5 * YUAN, "m": 0}


def test_nobody_returns_more_than_what_is_left_of_his_refund() -> None:
    quoted = Quote(burned=0, missing=0, gross_back=0, kept=999_999, pays=0)
    assert quoted.returned(1_000_000, own_rate=30) == 1


def test_what_sold_points_brought_is_kept_back() -> None:
    watched = Watched()
    lot, _ = watched.pay(order("o1"), order("o2", member="n"))
    watched.apply(Sold("x1", "m", 56 * POINT))
    case = refunded(watched, "o1", 500 * YUAN)
    # Due 56 points: half of the lot is sold, so 28 are missing and 28 burned; half the net is kept.
    assert (case.burned, case.missing) == (28 * POINT, 28 * POINT)
    assert case.kept == -(-75_269_817 * 28 // 56) == 37_634_909
    assert case.pays == 80 * YUAN
    assert case.store_pays == 400 * YUAN
    assert lot_numbers(lot) == (
        500 * YUAN,
        112 * POINT,
        28 * POINT,
        28 * POINT,
        94_087_272 - 47_043_636,
        75_269_817 - 37_634_909,
    )


def test_whole_fen_leave_through_the_channel_and_the_rest_stays_as_cash() -> None:
    watched = Watched()
    watched.pay(order("o1"), order("o2", member="n"))
    watched.apply(Sold("x1", "m", 56 * POINT))
    channel, cash = watched.state.channel, watched.state.cash["m"]
    case = refunded(watched, "o1", 500 * YUAN)
    to_member = 500 * YUAN - case.kept
    assert channel - watched.state.channel == to_member - to_member % FEN == 462_360_000
    assert watched.state.cash["m"] - cash == to_member % FEN == 5_091


def test_a_store_owes_visibly_what_a_refund_costs_it_above_its_earnings() -> None:
    watched = Watched()
    watched.pay(order("o1", commission_rate=10_000))
    assert watched.state.stores == {"s": 0}
    case = refunded(watched, "o1", 1_000 * YUAN)
    assert watched.state.stores == {"s": -case.store_pays}
    assert case.store_pays > 0


def test_an_exited_lot_is_refunded_out_of_what_it_brought() -> None:
    watched = Watched()
    (lot,) = watched.pay(order("o1"))
    watched.apply(Injected("i1", 2_000 * YUAN))
    assert lot.net == 960 * YUAN
    case = refunded(watched, "o1", 1_000 * YUAN)
    assert (case.burned, case.missing, case.kept) == (0, 112 * POINT, 960 * YUAN)
    assert case.pays == 160 * YUAN
    assert lot_numbers(lot) == (0, 112 * POINT, 0, 0, 0, 0)
    # He paid 1,000, took 960 and gets 40 back.
    assert watched.state.cash["m"] == 960 * YUAN
    assert 1_000 * YUAN - watched.state.channel == 40 * YUAN


def test_more_than_is_left_is_refused_and_unknown_orders_too() -> None:
    watched = Watched()
    watched.pay(order("o1"))
    refunded(watched, "o1", 400 * YUAN)
    watched.refuse(Refunded("r", "o1", 600 * YUAN + FEN), RefundExceedsOrder, match="600000000 µ¥")
    watched.refuse(Refunded("r", "o9", FEN), RefundExceedsOrder, match="0 µ¥ left")
    refunded(watched, "o1", 600 * YUAN)
    watched.refuse(Refunded("r", "o1", FEN), RefundExceedsOrder)


def test_partial_refunds_never_return_more_than_one_whole_refund() -> None:
    whole, parts = Watched(), Watched()
    for watched in (whole, parts):
        watched.pay(order("o1", member="m"), order("o2", member="n"))
        watched.apply(Sold("x", "m", 10 * POINT))
    refunded(whole, "o1", 1_000 * YUAN)
    for _ in range(10):
        refunded(parts, "o1", 100 * YUAN)
    assert parts.state.lots["o1"].left == whole.state.lots["o1"].left == 0
    assert parts.state.money >= whole.state.money - 10


@pytest.mark.parametrize("seed", range(60))
def test_a_whole_refund_leaves_the_member_no_gain_and_the_others_no_loss(seed: int) -> None:
    watched = at_random(seed, lines=90)
    state = watched.state
    refundable = [lot for lot in state.lots.values() if lot.spend == lot.settled_spend]
    for lot in refundable[:5]:
        paid, net = lot.spend, lot.net
        others = {name: amount for name, amount in state.cash.items() if name != lot.member}
        exited = len(state.exited)
        channel, cash = state.channel, state.cash.get(lot.member, 0)
        refunded(watched, str(lot.order), paid)
        closed = [state.lots[name] for name in state.exited[exited:]]
        to_member = channel - state.channel + state.cash[lot.member] - cash
        to_member -= sum(one.net for one in closed if one.member == lot.member)
        assert net + to_member <= max(paid, net)
        lifted = {one.member for one in closed}
        assert all(state.cash[name] == had for name, had in others.items() if name not in lifted)


@pytest.mark.parametrize("seed", range(30))
def test_a_refused_refund_changes_nothing_in_any_state(seed: int) -> None:
    watched: WatchedReplay = at_random(seed)
    before = picture(watched.state)
    for lot in watched.state.lots.values():
        watched.refuse(Refunded("r", lot.order, lot.spend + FEN), RefundExceedsOrder)
    assert picture(watched.state) == before
