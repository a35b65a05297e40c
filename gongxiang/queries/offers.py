"""What a member's lots are worth now, and what selling some of them would pay.

A quote is the economy's own (`economy.sale.offer`) over the member's unlocked lots at the pair of
this moment; nothing here asks the database or the clock.

Units: µ¥, atoms, ten-thousandths of a yuan, microseconds.
Source: E1 (what is cut), E11-E13; design/ui/faces.md 3.3, 5 (lot), 7 (b).
"""

from collections.abc import Iterable, Sequence
from typing import Final

from gongxiang.base import text
from gongxiang.base.money import FEN, floor_share
from gongxiang.economy.lot import Lot, cap_left, is_at_cap
from gongxiang.economy.sale import offer
from gongxiang.queries.points_data import Held, LotFace, LotState, Quote
from gongxiang.queries.pool_data import Pair

_THOUSAND: Final = 1_000


def value_of(points: int, pair: Pair) -> int:
    """Give the market value of points, cut."""
    return points * pair.money // pair.circulating


def sellable(holding: Sequence[Held], *, pair: Pair, now: int) -> list[Held]:
    """Give the lots that can be sold now: open, unlocked, not being closed at their cap."""
    return [each for each in holding if _is_sellable(each.lot, pair, now)]


def all_pays(lots: Iterable[Lot], *, pair: Pair, now: int) -> int:
    """Say what selling all of them that can be sold pays now, in whole fen; 0 for none."""
    sold = [lot for lot in lots if _is_sellable(lot, pair, now)]
    points = sum(lot.left for lot in sold)
    if not points:
        return 0
    pieces = offer(sold, points, clock=now, money=pair.money, circulating=pair.circulating)
    net = sum(piece.net for piece in pieces)
    return net - net % FEN


def quote(lots: Sequence[Held], points: int, *, pair: Pair, now: int) -> Quote:
    """Say what selling of the sellable lots pays; raises the economy's `SaleExceedsHolding`."""
    sold = [each.lot for each in lots]
    pieces = offer(sold, points, clock=now, money=pair.money, circulating=pair.circulating)
    gross = sum(piece.gross for piece in pieces)
    net = sum(piece.net for piece in pieces)
    value = (gross + FEN // 2) // FEN * FEN
    pays = net - net % FEN
    return Quote(
        points=points,
        lots=lots,
        sold=pieces,
        price=pair.price,
        value=value,
        stays=value - pays,
        pays=pays,
        net=net,
    )


def lot_face(held: Held, *, pair: Pair, now: int) -> LotFace:
    """Make one lot as it is printed."""
    lot = held.lot
    rest = cap_left(lot)
    value = value_of(lot.left, pair)
    cap = rest + lot.gross
    most = _THOUSAND - 1 if lot.left else _THOUSAND
    share = min(most, (2 * (lot.gross + value) * _THOUSAND + cap) // (2 * cap)) if cap else 0
    return LotFace(
        number=int(lot.order),
        state=_state(held, now),
        store=held.store,
        spend=lot.spend,
        paid_at=held.paid_at,
        points=lot.left,
        minted=lot.minted,
        sold=lot.sold,
        value=(value + FEN // 2) // FEN * FEN,
        gross=lot.gross,
        net=lot.net,
        vouchers=held.vouchers,
        cap=cap,
        cap_left=rest,
        pays_at_cap=floor_share(rest, lot.terms.payout_rate),
        exit_price=text.price_units(pool=rest, circulating=lot.left) if lot.left else 0,
        share=f"{share // 10}.{share % 10}",
        unlock_at=lot.unlock_at,
    )


def _is_sellable(lot: Lot, pair: Pair, now: int) -> bool:
    return bool(
        lot.left
        and lot.unlock_at <= now
        and not is_at_cap(lot, money=pair.money, circulating=pair.circulating)
    )


def _state(held: Held, now: int) -> LotState:
    lot = held.lot
    if held.exited_step is not None:
        return LotState.CAPPED
    if not lot.left:
        return LotState.SOLD if lot.sold else LotState.TAKEN_BACK
    if lot.unlock_at > now:
        return LotState.LOCKED
    return LotState.PARTLY_SOLD if lot.sold else LotState.HELD
