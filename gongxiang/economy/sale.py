"""Selling points (积分卖出): oldest lots first, all at the pair of the moment before (E11, E12).

    gross = floor(points · money / circulating)      net = floor(gross · payout_rate)

The pool pays net, the rest stays (扣留 20 % 回流). A lot younger than `mint_lock` is not sold.

Units: atoms, micro-yuan, microseconds.
Source: E11, E12; both roundings go down, the pool gains (E1).
"""

from collections.abc import Iterable

from gongxiang.base.money import FEN, MYRIAD
from gongxiang.economy.events import Sold
from gongxiang.economy.lot import Lot, cap_left, take
from gongxiang.economy.movement import Piece, PointsSold
from gongxiang.economy.refusal import PayoutMoved, SaleExceedsHolding
from gongxiang.economy.state import State


def offer(
    lots: Iterable[Lot], points: int, *, clock: int, money: int, circulating: int
) -> list[Piece]:
    """Find what each lot would give and bring, looking at no more lots than it needs; no change.

    Raises `SaleExceedsHolding` for nothing, or more than the lots hold unlocked.
    """
    if points <= 0:
        raise SaleExceedsHolding(f"{points} atoms to sell: sell at least 1")
    pieces = []
    wanted = points
    for lot in lots:
        if not wanted:
            break
        if lot.unlock_at > clock:
            continue
        taken = min(wanted, lot.left)
        gross = taken * money // circulating
        assert gross < cap_left(lot), f"lot {lot.order} stood at its cap before a sale (E14)"
        pieces.append(Piece(lot, taken, gross, gross * lot.terms.payout_rate // MYRIAD))
        wanted -= taken
    if wanted:
        held = points - wanted
        raise SaleExceedsHolding(
            f"{points} atoms to sell, {held} held unlocked: sell between 1 and {held}"
        )
    return pieces


def sell(state: State, event: Sold) -> PointsSold:
    """Sell points of a member's unlocked lots, oldest first; the net goes to his cash.

    Raises `SaleExceedsHolding`, or `PayoutMoved` where the page showed other whole fen; nothing
    has changed.
    """
    holding = state.holdings.get(event.member, [])
    money, circulating = state.money, state.circulating
    pieces = offer(holding, event.points, clock=state.clock, money=money, circulating=circulating)
    net = sum(piece.net for piece in pieces)
    if event.shown_net is not None and net // FEN != event.shown_net // FEN:
        raise PayoutMoved(
            f"{event.shown_net} µ¥ were shown, the sale now pays {net} µ¥: look again"
        )
    for piece in pieces:
        _take(state, holding, piece)
    state.money -= net
    state.circulating -= event.points
    state.cash[event.member] += net
    state.paid_to_members += net
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


def _take(state: State, holding: list[Lot], piece: Piece) -> None:
    lot = piece.lot
    take(lot, points=piece.points, gross=piece.gross, net=piece.net)
    if not lot.left:
        holding.remove(lot)
    state.exits.put(lot)
