"""Invariants: what must hold of every state, and of everything that moved.

The machine keeps the cheap ones at every event by its own assertions (the price never falls, a
cap is never exceeded, parts sum to the whole). Here all that the engine can know are counted out
afresh from lots, orders and balances: under test after every event, in an audit once at its end.

    channel + capital = pool + escrow + platform + unspent + Σ cash + Σ stores

Units: money in micro-yuan, points in atoms.
Source: reliability I-2, I-5, I-7 to I-17; E3-E5, E8, E11, E13, E14, E16.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from gongxiang.base.money import MYRIAD
from gongxiang.economy.accounts import unit_of
from gongxiang.economy.events import Key
from gongxiang.economy.lot import Lot, cap_left, is_at_cap
from gongxiang.economy.movement import (
    CapitalInjected,
    Exited,
    Movement,
    PointsSold,
    RefundedByCase,
    Settled,
)
from gongxiang.economy.pool import genesis_points, is_not_below
from gongxiang.economy.split import split
from gongxiang.economy.state import State
from gongxiang.economy.terms import Terms
from gongxiang.economy.voucher import vouchers

Pair = tuple[int, int]
"""Money and circulating points of the pool (E3)."""


def check(state: State, *, terms: Terms) -> None:
    """Check everything that must hold of a whole state that began with `terms`.

    Raises `AssertionError` naming the invariant.
    """
    _check_pool(state, terms)
    _check_money(state)
    _check_orders(state)
    for lot in state.lots.values():
        _check_lot(state, lot)
    _check_totals(state)


def check_movements(movements: Iterable[Movement], *, before: Pair) -> Pair:
    """Check what moved, one after the other from the pair before it; give the pair after it.

    Raises `AssertionError` naming the invariant.
    """
    for movement in movements:
        _check_balance(movement)
        look = _LOOKS.get(type(movement))
        if look is not None:
            look(movement, before)
            assert isinstance(
                movement, Settled | PointsSold | Exited | RefundedByCase | CapitalInjected
            )
            after = (movement.money, movement.circulating)
            assert is_not_below(*after, than=before), f"the price fell (I-8): {movement}"
            before = after
    return before


def _check_pool(state: State, terms: Terms) -> None:
    genesis = genesis_points(terms)
    held = sum(lot.left for lot in state.lots.values())
    assert state.circulating == held + genesis, "circulating is not what is held and genesis (I-2)"
    assert state.money >= 0, "the pool owes money (I-9)"
    assert state.circulating >= genesis > 0, "the genesis holding was touched (I-9)"


def _check_money(state: State) -> None:
    waiting = sum(paid.spend for paid in state.waiting.values())
    assert state.escrow == waiting, "escrow is not what waits (I-5)"
    held = state.money + state.escrow + state.platform + state.unspent
    held += sum(state.cash.values()) + sum(state.stores.values())
    assert state.channel + state.capital == held, "money came from nowhere, or went there (I-12)"
    assert min(state.cash.values(), default=0) >= 0, "a member's cash is below zero (I-7)"


def _check_orders(state: State) -> None:
    assert not state.waiting.keys() & state.lots.keys(), "an order waits and is settled (I-14)"
    assert len(state.lots) == state.orders, "an order settled twice (I-14)"
    assert all(paid.spend > 0 for paid in state.waiting.values()), "a void order waits (E7)"
    due = [entry[2].order for entry in state.due if entry[2].order in state.waiting]
    assert sorted(map(str, due)) == sorted(map(str, state.waiting)), "a waiting order is not due"


def _check_lot(state: State, lot: Lot) -> None:
    name = f"lot {lot.order}"
    assert 0 <= lot.spend <= lot.settled_spend, f"{name}: more refunded than paid (I-14)"
    assert min(lot.left, lot.sold, lot.gross, lot.net) >= 0, f"{name} is below zero"
    assert lot.left + lot.sold <= lot.minted, f"{name} has more points than were minted"
    assert cap_left(lot) >= 0, f"{name} took more than its cap (I-13)"
    if lot.spend == lot.settled_spend:
        assert lot.net * MYRIAD <= lot.gross * lot.terms.payout_rate, f"{name}: net (I-13)"
    if lot.left:
        pair = {"money": state.money, "circulating": state.circulating}
        assert not is_at_cap(lot, **pair), f"{name} stands at its cap (E14)"
    held = state.holdings.get(lot.member, [])
    assert held.count(lot) == (1 if lot.left else 0), f"{name} is not held once while it is open"


def _check_totals(state: State) -> None:
    lots = state.lots.values()
    assert state.spend == sum(lot.spend for lot in lots), "spend is not that of the lots"
    assert state.paid_to_members == sum(lot.net for lot in lots), "payouts are not the lots' net"
    granted: defaultdict[Key, int] = defaultdict(int)
    for lot in lots:
        rate, terms = lot.commission_rate, lot.terms
        granted[lot.member] += vouchers(lot.spend, commission_rate=rate, terms=terms)
    for member in granted.keys() | state.vouchers.keys():
        given = state.vouchers.get(member, 0)
        assert given == granted.get(member, 0), f"vouchers of {member} are not E9's"
    first = state.exits.first_at_cap(money=state.money, circulating=state.circulating)
    assert first is None, "the exit queue was not emptied (E14)"


def _check_balance(movement: Movement) -> None:
    sums: defaultdict[int, int] = defaultdict(int)
    for _, account, _, amount in movement.postings():
        sums[unit_of(account)] += amount
    assert not any(sums.values()), f"postings do not sum to 0 (I-1): {movement}"


def _look_at_settled(one: Settled, before: Pair) -> None:
    terms, spend = one.paid.terms, one.lot.settled_spend
    parts = one.parts
    assert sum(parts) == spend, "the parts are not the spend (I-17)"
    rewarded = sum(spend * rate // MYRIAD for _, _, rate in one.paid.rewards)
    assert rewarded + one.unspent == parts.distribution, "rewards are not the budget's (I-17)"
    money, circulating = before
    limit = terms.backing_rate * parts.inflow * circulating
    assert one.lot.minted * money * MYRIAD <= limit, "more was minted than the inflow backs (I-10)"


def _look_at_sale(one: PointsSold, before: Pair) -> None:
    money, circulating = before
    assert one.points == sum(piece.points for piece in one.pieces), "pieces are not the points"
    assert one.net == sum(piece.net for piece in one.pieces), "pieces are not the net"
    for piece in one.pieces:
        limit = piece.lot.terms.payout_rate * piece.points * money
        assert piece.net * circulating * MYRIAD <= limit, "a sale pays more than its worth (I-11)"


def _look_at_exit(one: Exited, before: Pair) -> None:
    piece = one.piece
    assert piece.points * before[0] >= piece.gross * before[1], "an exit above its worth (I-13)"
    assert piece.net * MYRIAD <= piece.gross * piece.lot.terms.payout_rate, "an exit's net (I-13)"


def _look_at_refund(one: RefundedByCase, before: Pair) -> None:
    money, circulating = before
    lot = one.lot
    part = split(one.amount, commission_rate=lot.commission_rate, terms=lot.terms).inflow
    assert one.pays <= part, "the pool pays back more than came in (I-15)"
    worth = one.burned * money // circulating
    assert one.pays <= worth + one.kept, "the pool pays more than what comes back to it (I-15)"
    assert 0 <= one.kept <= one.amount, "more is kept than is refunded (E16)"


def _look_at_injection(one: CapitalInjected, before: Pair) -> None:
    assert (one.money, one.circulating) == (before[0] + one.amount, before[1]), "injection (E18)"


_LOOKS: Final[dict[type, Callable[..., None]]] = {
    Settled: _look_at_settled,
    PointsSold: _look_at_sale,
    Exited: _look_at_exit,
    RefundedByCase: _look_at_refund,
    CapitalInjected: _look_at_injection,
}
"""What is looked at in each movement of the pool; the others leave the pair as it was (I-16)."""
