"""A cascade of exits that the platform has not written to its end.

A batch may end inside a cascade (E14); the next one goes on with it before anything else. A fold
that runs to the end of it is therefore ahead of the books by some exits, which this takes back.

Units: micro-yuan, atoms.
Source: E10, E14.
"""

from bisect import insort
from collections.abc import Iterable

from gongxiang.economy.movement import Exited
from gongxiang.economy.state import State


def take_back(state: State, exits: Iterable[Exited]) -> None:
    """Undo the last exits of a fold, given in their order."""
    for exited in reversed(list(exits)):
        piece, lot = exited.piece, exited.piece.lot
        lot.left = piece.points
        lot.sold -= piece.points
        lot.gross -= piece.gross
        lot.net -= piece.net
        insort(state.holdings.setdefault(lot.member, []), lot, key=lambda one: one.step)
        state.exits.put(lot)
        state.money += piece.net
        state.circulating += piece.points
        state.cash[lot.member] -= piece.net
        state.paid_to_members -= piece.net
        state.step -= 1
        closed = state.exited.pop()
        assert closed == lot.order, "exits are taken back in the order they were made"
