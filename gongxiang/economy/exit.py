"""Capped exit (封顶收益退出): a lot at its cap is closed by the system (E13, E14, E15).

gross is exactly its cap left, net = floor(gross · payout_rate); all its points leave circulation,
and what it was worth above the cap stays in the pool for the others. Exits run after every event
until no lot is at its cap. A later order starts a new lot (复投, E15).

Units: micro-yuan, atoms.
Source: E13, E14, E15; the rounding goes down, the pool gains (E1).
"""

from gongxiang.base.money import MYRIAD
from gongxiang.economy.lot import Lot, cap_left, take
from gongxiang.economy.movement import Exited, Movements, Piece
from gongxiang.economy.state import State


def run_exits(state: State, movements: Movements) -> None:
    """Close every lot that is at its cap, in the order of E14, telling what moved."""
    exits = state.exits
    while lot := exits.first_at_cap(money=state.money, circulating=state.circulating):
        exited = _close(state, lot)
        if movements is not None:
            movements.append(exited)


def closing(lot: Lot) -> Piece:
    """Give what closing a lot at its cap takes of it, is worth and pays (E13)."""
    gross = cap_left(lot)
    return Piece(lot, lot.left, gross, gross * lot.terms.payout_rate // MYRIAD)


def _close(state: State, lot: Lot) -> Exited:
    piece = closing(lot)
    state.money -= piece.net
    state.circulating -= piece.points
    state.cash[lot.member] += piece.net
    state.paid_to_members += piece.net
    take(lot, points=piece.points, gross=piece.gross, net=piece.net)
    state.holdings[lot.member].remove(lot)
    state.exits.put(lot)
    state.exited.append(lot.order)
    state.step += 1
    return Exited(piece, state.step, state.money, state.circulating)
