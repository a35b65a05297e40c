"""A lot that is worth its cap is closed by the system (E13-E15)."""

from random import Random

import pytest

from gongxiang.base.money import POINT, YUAN
from gongxiang.economy.events import Injected, Sold
from gongxiang.economy.exit import run_exits
from gongxiang.economy.lot import cap_left, is_at_cap
from gongxiang.economy.machine import apply
from gongxiang.economy.movement import Exited
from gongxiang.economy.state import opened
from tests.economy.watched import (
    SEED_1,
    Watched,
    WatchedReplay,
    at_random,
    lot_numbers,
    order,
    picture,
    terms_with,
)


def test_the_first_lot_exits_at_order_1138_and_nets_960() -> None:
    state = opened(SEED_1)
    closed: list[Exited] = []
    number = 0
    while not closed:
        number += 1
        _, movements = apply(state, order(f"o{number}", due_at=state.clock))
        closed = [one for one in movements if isinstance(one, Exited)]
    (exited,) = closed
    assert number == 1_138
    assert exited.piece.lot.order == "o1"
    assert (exited.piece.gross, exited.piece.net) == (1_200 * YUAN, 960 * YUAN)
    assert state.cash == {"m": 960 * YUAN}
    assert lot_numbers(state.lots["o1"]) == (
        1_000 * YUAN,
        112 * POINT,
        0,
        112 * POINT,
        1_200 * YUAN,
        960 * YUAN,
    )


def test_a_lot_exits_when_it_is_worth_its_cap_exactly() -> None:
    watched = Watched(terms_with(genesis_money=100 * YUAN, exit_cap=3_200))
    (lot,) = watched.pay(order("o1", terms=watched.terms))
    # 112 of 212 points are worth 320 yuan in a pool of 605.714286.
    money = -(-320 * YUAN * watched.pair[1] // lot.left)
    watched.apply(Injected("i1", money - watched.pair[0] - 1))
    assert not is_at_cap(lot, money=watched.pair[0], circulating=watched.pair[1])
    assert not watched.state.exited
    _, exited = watched.apply(Injected("i2", 1))
    assert isinstance(exited, Exited)
    assert exited.piece.gross == 320 * YUAN


def test_what_a_lot_is_worth_above_its_cap_stays_for_the_others() -> None:
    watched = Watched()
    watched.pay(order("o1"), order("o2", member="n"))
    money, circulating = watched.pair
    _, exited = watched.apply(Injected("i1", 1_800 * YUAN))
    assert isinstance(exited, Exited)
    assert exited.piece.lot.order == "o1"
    assert watched.pair == (money + 1_800 * YUAN - 960 * YUAN, circulating - 112 * POINT)


def test_the_cap_counts_per_lot_and_not_per_member() -> None:
    watched = Watched()
    first, second = watched.pay(order("o1"), order("o2"))
    watched.apply(Injected("i1", 1_800 * YUAN))
    assert watched.state.exited == ["o1"]
    assert (first.left, second.left) == (0, second.minted)


def test_what_was_sold_counts_towards_the_cap() -> None:
    watched = Watched()
    (lot,) = watched.pay(order("o1"))
    watched.apply(Sold("x1", "m", 56 * POINT))
    taken = lot.gross
    assert cap_left(lot) == 1_200 * YUAN - taken
    watched.apply(Injected("i1", 5_000 * YUAN))
    assert (lot.left, lot.gross) == (0, 1_200 * YUAN)
    assert watched.state.cash["m"] == lot.net


def test_an_order_after_an_exit_starts_a_new_lot() -> None:
    watched = Watched()
    watched.pay(order("o1"))
    watched.apply(Injected("i1", 2_000 * YUAN))
    (again,) = watched.pay(order("o2"))
    assert watched.state.holdings["m"] == [again]
    assert cap_left(again) == 1_200 * YUAN


def test_a_lot_whose_cap_is_nothing_exits_with_nothing() -> None:
    watched = Watched(terms_with(exit_cap=1))
    watched.pay(order("o1", 10_000, terms=watched.terms))
    # floor(10,000 · 0.0001) = 1 µ¥: worth more than that at once.
    (lot,) = watched.state.lots.values()
    assert (lot.left, lot.gross, lot.net) == (0, 1, 0)
    assert watched.state.cash == {"m": 0}


def test_one_exit_can_lift_the_next_lot_to_its_cap() -> None:
    watched = Watched()
    lots = watched.pay(*(order(f"o{number}", member=f"m{number}") for number in range(40)))
    assert len(lots) == 40
    # Of this rise alone only the first of them would be at its cap.
    exited = watched.apply(Injected("i1", 1_000_000 * YUAN))[1:]
    assert len(exited) == 40
    pairs = [(one.money, one.circulating) for one in exited if isinstance(one, Exited)]
    prices = [money * 10**24 // circulating for money, circulating in pairs]
    assert prices == sorted(prices)


@pytest.mark.parametrize("seed", range(40))
def test_the_order_of_exits_does_not_matter(seed: int) -> None:
    """Each exit pays a fixed amount, so the set and the end state are the same in any order."""
    ways = [at_random(seed, lines=80) for _ in range(3)]
    rise = 10 ** (6 + seed % 9)
    for place, watched in enumerate(ways):
        watched.state.money += rise
        watched.state.capital += rise
        if place == 0:
            run_exits(watched.state, None)
        else:
            _run_exits_anyhow(watched, Random(place))  # noqa: S311 - chance, not a secret
    ends = [_without_order(watched) for watched in ways]
    assert ends[0] == ends[1] == ends[2]


def _run_exits_anyhow(watched: WatchedReplay, chance: Random) -> None:
    """Close lots that are at their cap in a random order until none is."""
    state = watched.state
    while True:
        pair = {"money": state.money, "circulating": state.circulating}
        at_cap = [lot for lot in state.lots.values() if lot.left and is_at_cap(lot, **pair)]
        if not at_cap:
            return
        lot = chance.choice(at_cap)
        gross = cap_left(lot)
        net = gross * lot.terms.payout_rate // 10_000
        state.money -= net
        state.circulating -= lot.left
        state.cash[lot.member] += net
        state.paid_to_members += net
        lot.sold, lot.left = lot.sold + lot.left, 0
        lot.gross += gross
        lot.net += net
        state.holdings[lot.member].remove(lot)
        state.exited.append(lot.order)
        state.step += 1


def _without_order(watched: WatchedReplay) -> dict[str, object]:
    seen = picture(watched.state)
    seen["exited"] = sorted(seen["exited"])
    return seen
