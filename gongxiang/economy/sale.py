"""Selling points (积分卖出): oldest lots first, all at the pair of the moment before (E11, E12).

    gross = floor(points · money / circulating)      net = floor(gross · payout_rate)

The pool pays net, the rest stays (扣留 20 % 回流). A lot younger than `mint_lock` is not sold.

Units: atoms, micro-yuan, microseconds.
Source: E11, E12; both roundings go down, the pool gains (E1).
"""

from gongxiang.base.money import MYRIAD
from gongxiang.economy.events import Key, Sold
from gongxiang.economy.lot import cap_left
from gongxiang.economy.movement import Piece, PointsSold
from gongxiang.economy.refusal import SaleExceedsHolding
from gongxiang.economy.state import State


def unlocked(state: State, member: Key) -> int:
    """Give the atoms that a member may sell now (E12)."""
    clock = state.clock
    return sum(lot.left for lot in state.holdings.get(member, ()) if lot.unlock_at <= clock)


def sell(state: State, event: Sold) -> PointsSold:
    """Sell points of a member's unlocked lots, oldest first; the net goes to his cash.

    Raises `SaleExceedsHolding` for nothing, or more than he holds unlocked; nothing has changed.
    """
    may_sell = unlocked(state, event.member)
    if not 0 < event.points <= may_sell:
        raise SaleExceedsHolding(
            f"{event.points} atoms to sell, {may_sell} held unlocked: sell between 1 and {may_sell}"
        )
    pieces = _take(state, event)
    net = sum(piece.net for piece in pieces)
    state.money -= net
    state.circulating -= event.points
    state.cash[event.member] += net
    state.paid_to_members += net
    for piece in pieces:
        state.exits.put(piece.lot)
    state.holdings[event.member] = [lot for lot in state.holdings[event.member] if lot.left]
    state.step += 1
    return PointsSold(
        event.sale,
        event.member,
        pieces,
        event.points,
        net,
        state.step,
        state.money,
        state.circulating,
    )


def _take(state: State, event: Sold) -> list[Piece]:
    """Take the points out of the lots, each priced at the pair before the sale."""
    pieces = []
    wanted = event.points
    for lot in state.holdings[event.member]:
        if not wanted:
            break
        if lot.unlock_at > state.clock:
            continue
        points = min(wanted, lot.left)
        gross = points * state.money // state.circulating
        assert gross <= cap_left(lot), f"lot {lot.order} stood at its cap before a sale (E14)"
        net = gross * lot.terms.payout_rate // MYRIAD
        lot.left -= points
        lot.sold += points
        lot.gross += gross
        lot.net += net
        wanted -= points
        pieces.append(Piece(lot, points, gross, net))
    return pieces
