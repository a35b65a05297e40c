"""Capped exit (封顶收益退出): a lot at its cap is closed by the system (E13, E14, E15).

gross is exactly its cap left, net = floor(gross · payout_rate); all its points leave circulation,
and what it was worth above the cap stays in the pool for the others. Exits run after every event
until no lot is at its cap. A later order starts a new lot (复投, E15).

Units: micro-yuan, atoms.
Source: E13, E14, E15; the rounding goes down, the pool gains (E1).
"""

from gongxiang.base.money import MYRIAD
from gongxiang.economy.lot import Lot, cap_left
from gongxiang.economy.movement import Exited, Movements, Piece
from gongxiang.economy.state import State


def run_exits(state: State, movements: Movements) -> None:
    """Close every lot that is at its cap, in the order of E14, telling what moved."""
    exits = state.exits
    while lot := exits.first_at_cap(money=state.money, circulating=state.circulating):
        exited = _close(state, lot)
        if movements is not None:
            movements.append(exited)


def _close(state: State, lot: Lot) -> Exited:
    gross = cap_left(lot)
    net = gross * lot.terms.payout_rate // MYRIAD
    points = lot.left
    state.money -= net
    state.circulating -= points
    state.cash[lot.member] += net
    state.paid_to_members += net
    lot.sold += points
    lot.left = 0
    lot.gross += gross
    lot.net += net
    state.holdings[lot.member].remove(lot)
    state.exits.put(lot)
    state.exited.append(lot.order)
    state.step += 1
    return Exited(Piece(lot, points, gross, net), state.step, state.money, state.circulating)
