"""What the pages of points print: lots with their bars, quotes that add up, amounts as typed.

A quote is the economy's own (`economy.sale.offer`) over the member's unlocked lots at the pair of
this moment; nothing here asks the database or the clock.

Units: µ¥, atoms, ten-thousandths of a yuan, microseconds.
Source: E1 (what is cut), E11-E13; design/ui/faces.md 3.3, 5 (lot), 7 (b).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

from gongxiang.base import text
from gongxiang.base.money import FEN, POINT, floor_share
from gongxiang.economy.lot import cap_left, is_at_cap
from gongxiang.economy.sale import offer
from gongxiang.web.member.points.data import Chip, Held, LotFace, LotState, PieceFace, Quote
from gongxiang.web.public.data import Pair

_TYPED: Final = re.compile(r"(\d{1,12})(?:\.(\d{1,12}))?", re.ASCII)
_DECIMALS: Final = 12
_SHOWN: Final = POINT // 10_000
_THOUSAND: Final = 1_000


def value_of(points: int, pair: Pair) -> int:
    """Give the market value of points, cut."""
    return points * pair.money // pair.circulating


def sellable(holding: Sequence[Held], *, pair: Pair, now: int) -> list[Held]:
    """Give the lots that can be sold now: open, unlocked, not being closed at their cap."""
    return [
        each
        for each in holding
        if each.lot.left
        and each.lot.unlock_at <= now
        and not is_at_cap(each.lot, money=pair.money, circulating=pair.circulating)
    ]


def quote(holding: Sequence[Held], points: int, *, pair: Pair, now: int) -> Quote:
    """Say what selling pays at the pair; raises the economy's `SaleExceedsHolding`."""
    known = {each.lot.order: each for each in holding}
    lots = [each.lot for each in sellable(holding, pair=pair, now=now)]
    pieces = offer(lots, points, clock=now, money=pair.money, circulating=pair.circulating)
    gross, net = (sum(each) for each in zip(*((p.gross, p.net) for p in pieces), strict=True))
    value = (gross + FEN // 2) // FEN * FEN
    pays = net - net % FEN
    return Quote(
        points=points,
        pieces=tuple(
            PieceFace(
                store=known[piece.lot.order].store,
                spend=piece.lot.spend,
                paid_at=known[piece.lot.order].paid_at,
                points=piece.points,
                is_last=piece.points == piece.lot.left,
            )
            for piece in pieces
        ),
        price=pair.price,
        value=value,
        stays=value - pays,
        pays=pays,
        net=net,
    )


def typed_points(typed: str, lots: Sequence[Held], *, most: int) -> int | None:
    """Read points as a person types them; None for what is no number.

    What a page shows is cut to four decimals: an amount typed as it is shown for the first lots
    together, or for `most` of today, means all of them: nothing too small to see is left.
    """
    match = _TYPED.fullmatch(typed.replace(",", "").strip())
    if match is None:
        return None
    whole, rest = match.group(1), match.group(2) or ""
    points = int(whole) * POINT + int(rest.ljust(_DECIMALS, "0"))
    for together in (most, *_together(lots)):
        if points == together - together % _SHOWN:
            return together
    return points


def chips(lots: Sequence[Held], chosen: str) -> tuple[Chip, ...]:
    """Offer the first lot, half, and everything."""
    return tuple(
        Chip(word=word, href=f"?{urlencode({'part': part})}#sell", chosen=part == chosen)
        for part, word in (("first", "第 1 批"), ("half", "一半"), ("all", "全部"))
        if lots
    )


def part_of(lots: Sequence[Held], part: str, *, most: int) -> int:
    """Give the points that a choice stands for, at most what can be sold today."""
    total = sum(each.lot.left for each in lots)
    if part == "all" or not lots:
        return most
    if part == "half":
        return min(most, total // 2 // _SHOWN * _SHOWN)
    return min(most, lots[0].lot.left)


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


def _state(held: Held, now: int) -> LotState:
    lot = held.lot
    if held.exited_step is not None:
        return LotState.CAPPED
    if not lot.left:
        return LotState.SOLD if lot.sold else LotState.TAKEN_BACK
    if lot.unlock_at > now:
        return LotState.LOCKED
    return LotState.PARTLY_SOLD if lot.sold else LotState.HELD


def _together(lots: Sequence[Held]) -> Iterator[int]:
    total = 0
    for each in lots:
        total += each.lot.left
        yield total
