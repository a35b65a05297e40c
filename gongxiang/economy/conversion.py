"""Points into shares (积分兑换股份): a programme with a ratio, a window and a lock-up.

    points = shares · points_per_share, out of unlocked lots, oldest first
    gross  = floor(points · money / circulating)      net = floor(gross · payout_rate)

The points leave circulation and the pool pays nothing, so the price rises. On its lot a conversion
counts as a sale for `net` (E16), though nobody was paid it: when the order is refunded, its shares
lapse first (`lapse`), and only what they do not cover is kept in money. The entries are a record
of who holds what, not a market. There is no programme unless one was opened: it is off by default.

Units: points in atoms, money in micro-yuan, shares whole, moments in microseconds.
Source: E19, E16, H4; E1 (gross and net round down, shares of orders by largest remainder).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gongxiang.base.money import MYRIAD, ceil_div, largest_remainder
from gongxiang.economy.events import Key
from gongxiang.economy.lot import Lot, cap_left
from gongxiang.economy.refusal import Refused, SaleExceedsHolding


class NoProgramme(Refused):
    """A conversion while no programme is offered (H4: off by default)."""

    reason: ClassVar[str] = "no programme"


class ProgrammeClosed(Refused):
    """A conversion before the programme's window opens or after it has closed."""

    reason: ClassVar[str] = "window"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The offer: so many atoms a share, within `[opens_at, closes_at)`, locked up until then."""

    programme: Key
    points_per_share: int
    opens_at: int
    closes_at: int
    lock_up_until_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the share register; `order` is None for shares that were allotted (配股)."""

    entry: Key
    programme: Key
    member: Key
    order: Key | None
    shares: int
    points: int
    gross: int
    net: int
    lock_up_until_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Shares of an entry that end because its order was refunded, and what they cover."""

    entry: Entry
    shares: int
    points: int
    gross: int
    net: int


def convert(
    *,
    programme: Programme | None,
    entry: Key,
    shares: int,
    lots: Sequence[Lot],
    money: int,
    circulating: int,
    at: int,
) -> tuple[Entry, ...]:
    """Turn points of one member's lots into shares: one register entry a lot, nothing moved yet.

    `lots` are his in order of settlement; `take` then books each entry on its lot.

    Errors: `NoProgramme`, `ProgrammeClosed`, `SaleExceedsHolding` (nothing, or more than held).
    """
    if programme is None:
        raise NoProgramme("no programme turns points into shares at present")
    if not programme.opens_at <= at < programme.closes_at:
        raise ProgrammeClosed(
            f"programme {programme.programme} is open from {programme.opens_at} until"
            f" {programme.closes_at}, not at {at}"
        )
    points = shares * programme.points_per_share
    held = sum(lot.left for lot in lots if lot.unlock_at <= at)
    if not 0 < points <= held:
        most = held // programme.points_per_share
        raise SaleExceedsHolding(
            f"{shares} shares need {points} atoms, {held} held unlocked: at most {most} shares"
        )
    taken = tuple(_oldest_first(lots=lots, points=points, at=at))
    parts = largest_remainder(shares, [taken_points for _, taken_points in taken])
    return tuple(
        _entry(
            programme=programme,
            entry=entry,
            lot=lot,
            points=lot_points,
            shares=part,
            gross=lot_points * money // circulating,
        )
        for (lot, lot_points), part in zip(taken, parts, strict=True)
    )


def take(*, lot: Lot, entry: Entry) -> None:
    """Book an entry on its lot: the points are gone and count as sold (E19)."""
    assert lot.order == entry.order, f"entry {entry.entry} is not of lot {lot.order}"
    assert entry.points <= lot.left, f"lot {lot.order} has less than {entry.points} atoms"
    assert entry.gross <= cap_left(lot), f"lot {lot.order} stood at its cap before (E14)"
    lot.left -= entry.points
    lot.sold += entry.points
    lot.gross += entry.gross
    lot.net += entry.net


def allot(*, entry: Key, programme: Key, member: Key, shares: int, lock_up_until_at: int) -> Entry:
    """Write shares that were given without points, to founders and leaders (配股).

    >>> allot(entry="e", programme="p", member="m", shares=5, lock_up_until_at=0).order is None
    True
    """
    assert shares > 0, f"an allotment of {shares} shares"
    return Entry(
        entry=entry,
        programme=programme,
        member=member,
        order=None,
        shares=shares,
        points=0,
        gross=0,
        net=0,
        lock_up_until_at=lock_up_until_at,
    )


def lapse(*, entries: Iterable[Entry], missing: int) -> tuple[Lapse, ...]:
    """Let shares of a refunded order lapse for its `missing` points (E16), oldest entry first.

    A begun share lapses whole. What the lapses cover is kept from nobody in money: `missing`
    less their points, and the lot's net less their net, is what E16 goes on with.

    >>> bought = Entry(entry="e", programme="p", member="m", order="o", shares=7, points=700,
    ...                gross=1_000, net=800, lock_up_until_at=0)
    >>> [(one.shares, one.points, one.net) for one in lapse(entries=[bought], missing=650)]
    [(7, 650, 742)]
    """
    assert missing >= 0, f"{missing} points missing"
    lapses = []
    for entry in entries:
        points = min(missing, entry.points)
        if points:
            missing -= points
            lapses.append(_lapse(entry=entry, points=points))
    return tuple(lapses)


def remainder(*, lapse: Lapse) -> Entry:
    """Give what is left of an entry after a lapse: its correcting line, not an edit."""
    entry = lapse.entry
    return Entry(
        entry=entry.entry,
        programme=entry.programme,
        member=entry.member,
        order=entry.order,
        shares=entry.shares - lapse.shares,
        points=entry.points - lapse.points,
        gross=entry.gross - lapse.gross,
        net=entry.net - lapse.net,
        lock_up_until_at=entry.lock_up_until_at,
    )


def _oldest_first(*, lots: Sequence[Lot], points: int, at: int) -> Iterator[tuple[Lot, int]]:
    """Go through the unlocked lots and take from each what is still wanted."""
    for lot in lots:
        if not points:
            return
        if lot.left and lot.unlock_at <= at:
            taken = min(points, lot.left)
            points -= taken
            yield lot, taken


def _entry(
    *, programme: Programme, entry: Key, lot: Lot, points: int, shares: int, gross: int
) -> Entry:
    """Write the register entry of one lot."""
    return Entry(
        entry=entry,
        programme=programme.programme,
        member=lot.member,
        order=lot.order,
        shares=shares,
        points=points,
        gross=gross,
        net=gross * lot.terms.payout_rate // MYRIAD,
        lock_up_until_at=programme.lock_up_until_at,
    )


def _lapse(*, entry: Entry, points: int) -> Lapse:
    """Cut an entry: shares round up, what they cover rounds down, so that the pool gains."""
    return Lapse(
        entry=entry,
        shares=ceil_div(entry.shares * points, entry.points),
        points=points,
        gross=entry.gross * points // entry.points,
        net=entry.net * points // entry.points,
    )
