"""Each invariant notices the state that breaks it: a check without power proves nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from gongxiang.base.money import POINT, YUAN
from gongxiang.economy.events import Injected, Refunded, Sold
from gongxiang.economy.invariants import check, check_movements
from gongxiang.economy.movement import (
    CapitalInjected,
    Exited,
    Movement,
    PointsSold,
    RefundedByCase,
    Settled,
)
from gongxiang.economy.split import Split
from gongxiang.economy.state import State
from tests.economy.watched import SEED_1, Watched, order


def lived() -> Watched:
    """Give an economy with an order of every state: waiting, settled, sold, exited, refunded."""
    watched = Watched()
    watched.pay(order("exited"), order("open", member="n"))
    watched.apply(Injected("i1", 1_800 * YUAN))
    watched.pay(order("new", member="n", rewards=(("direct", "d", 30),)))
    watched.apply(Sold("x1", "n", POINT))
    watched.apply(Refunded("r1", "new", 100 * YUAN))
    watched.apply(order("waiting", due_at=10))
    return watched


Spoil = Callable[[Any], object]


def add(name: str, change: int) -> Spoil:
    """Add to a number of the state."""
    return lambda state: setattr(state, name, getattr(state, name) + change)


def add_to_lot(name: str, change: int) -> Spoil:
    """Add to a number of the lot `new`."""
    return lambda state: add(name, change)(state.lots["new"])


def move_cash(state: State) -> None:
    """Give one member more than another has."""
    state.cash["d"] -= 10 * YUAN
    state.cash["n"] += 10 * YUAN


SPOILED: list[tuple[str, Spoil]] = [
    ("I-2", add("circulating", 1)),
    ("I-2", add_to_lot("left", -1)),
    ("I-9", lambda state: setattr(state, "money", -1)),
    ("I-5", add("escrow", -1)),
    ("I-5", lambda state: state.waiting.clear()),
    ("I-12", add("money", 1)),
    ("I-12", add("platform", -1)),
    ("I-12", add("channel", 1)),
    ("I-7", move_cash),
    ("I-14", lambda state: state.lots.update(waiting=state.lots.pop("new"))),
    ("I-14", add("orders", 1)),
    ("I-14", add_to_lot("spend", 200 * YUAN)),
    ("more than its cap", add_to_lot("gross", 2_000 * YUAN)),
    ("below zero", add_to_lot("net", -(10**12))),
    ("not held once", lambda state: state.holdings["n"].clear()),
    ("not held once", lambda state: state.holdings["n"].append(state.lots["new"])),
    ("more points than were minted", add_to_lot("minted", -(10**18))),
    ("not due", lambda state: state.due.clear()),
    ("spend is not", add("spend", 1)),
    ("payouts are not", add("paid_to_members", 1)),
    ("not E9's", lambda state: state.vouchers.update(n=1)),
]


@pytest.mark.parametrize(("name", "spoil"), SPOILED, ids=range(len(SPOILED)))
def test_a_spoiled_state_is_noticed_by_name(name: str, spoil: Spoil) -> None:
    watched = lived()
    check(watched.state, terms=SEED_1)
    spoil(watched.state)
    with pytest.raises(AssertionError, match=name):
        check(watched.state, terms=SEED_1)


def test_a_lot_left_at_its_cap_is_noticed() -> None:
    watched = Watched()
    watched.pay(order("o1"))
    watched.state.money += 5_000 * YUAN
    watched.state.capital += 5_000 * YUAN
    with pytest.raises(AssertionError, match="stands at its cap"):
        check(watched.state, terms=SEED_1)


def last(watched: Watched, kind: type[Movement]) -> tuple[Movement, tuple[int, int]]:
    """Give the last movement of a kind and the pair before it."""
    pair = (100_000, POINT // 10)
    found = None
    for movement in watched.moved:
        if isinstance(movement, kind):
            found = (movement, pair)
        if isinstance(movement, Settled | PointsSold | Exited | RefundedByCase | CapitalInjected):
            pair = (movement.money, movement.circulating)
    assert found is not None
    return found


def widen_budget(one: Settled) -> None:
    """Let the parts sum to more than the spend."""
    parts = one.parts
    one.parts = Split(parts.merchant, parts.platform, parts.distribution + 1, parts.inflow)


def overpay(one: PointsSold) -> None:
    """Let a piece bring more than it is worth."""
    one.pieces[0].net += 10**9
    one.net += 10**9


WRONG: list[tuple[str, type[Movement], Spoil]] = [
    ("I-17", Settled, widen_budget),
    ("I-1", Settled, add("unspent", 1)),
    ("I-10", Settled, lambda one: add("minted", POINT)(one.lot)),
    ("I-8", Settled, lambda one: add("circulating", 9 * one.circulating)(one)),
    ("pieces are not the points", PointsSold, add("points", -1)),
    ("pieces are not the net", PointsSold, add("net", -1)),
    ("I-11", PointsSold, overpay),
    ("I-13", Exited, lambda one: setattr(one.piece, "points", 1)),
    ("I-13", Exited, lambda one: setattr(one.piece, "net", one.piece.gross)),
    ("I-15", RefundedByCase, add("pays", 10**12)),
    ("I-15", RefundedByCase, lambda one: setattr(one, "burned", 0)),
    ("E16", RefundedByCase, lambda one: setattr(one, "kept", one.amount + 1)),
    ("E18", CapitalInjected, add("amount", 1)),
]


@pytest.mark.parametrize(("name", "kind", "spoil"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_movement_is_noticed_by_name(name: str, kind: type[Movement], spoil: Spoil) -> None:
    movement, before = last(lived(), kind)
    check_movements([movement], before=before)
    spoil(movement)
    with pytest.raises(AssertionError, match=name):
        check_movements([movement], before=before)
