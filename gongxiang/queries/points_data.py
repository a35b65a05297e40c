"""What the pages of points are made of: plain frozen values, no model instance, no text.

Units: money in µ¥, points in atoms, prices in ten-thousandths of a yuan, moments in microseconds.
Source: E8, E11-E13; design/ui/faces.md 3.2 (words of a lot), 6.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from gongxiang.economy.lot import Lot
from gongxiang.economy.movement import Piece


class LotState(Enum):
    """Where a lot stands; the value is the word that its owner reads."""

    LOCKED = "锁定中"
    HELD = "持有中"
    PARTLY_SOLD = "卖出一部分"
    SOLD = "已卖完"
    CAPPED = "已到封顶线结清"
    TAKEN_BACK = "随退款收回"


class Held(NamedTuple):
    """A lot of the member, with what its page names beside it."""

    lot: Lot
    version: int
    paid_at: int
    vouchers: int
    exited_step: int | None
    store: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A paid order that has not settled: its points are an estimate (E7)."""

    order: int
    store: str
    spend: int
    paid_at: int
    due_at: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A sale that was recorded, and what became of it; `is_done` None while it is looked at."""

    number: int
    at: int
    points: int
    shown: int | None
    is_done: bool | None
    reason: str
    net: int
    value: int
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFace:
    """One lot as it is printed."""

    number: int
    state: LotState
    store: str
    spend: int
    paid_at: int
    points: int
    minted: int
    sold: int
    value: int
    gross: int
    net: int
    vouchers: int
    cap: int
    cap_left: int
    pays_at_cap: int
    exit_price: int
    share: str
    unlock_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceFace:
    """What one lot gives in a sale."""

    store: str
    spend: int
    paid_at: int
    points: int
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a sale would pay at this moment; the three shown amounts add up.

    `net` is exact, `pays` cut to fen, `value` to the nearest fen, `stays` what is between.
    """

    points: int
    lots: Sequence[Held]
    sold: Sequence[Piece]
    price: int
    value: int
    stays: int
    pays: int
    net: int

    @property
    def taken(self) -> tuple[tuple[Held, int], ...]:
        """Give the lots that it touches, as they stand, and how many points of each."""
        return tuple(
            (held, piece.points) for held, piece in zip(self.lots, self.sold, strict=False)
        )

    @property
    def pieces(self) -> tuple[PieceFace, ...]:
        """Give what is taken of each lot, as it is printed."""
        return tuple(
            PieceFace(
                store=held.store,
                spend=held.lot.spend,
                paid_at=held.paid_at,
                points=points,
                is_last=points == held.lot.left,
            )
            for held, points in self.taken
        )

    @property
    def spend(self) -> int:
        """Give what was spent for the lots that it touches."""
        return sum(held.lot.spend for held, _ in self.taken)

    @property
    def ends_lots(self) -> bool:
        """Tell whether every lot that it touches ends with it."""
        return all(points == held.lot.left for held, points in self.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A choice of how much to sell."""

    word: str
    href: str
    chosen: bool
