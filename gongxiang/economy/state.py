"""The state of the economy: what the fold carries from event to event.

One mutable, slotted object that only the fold owns; `machine.apply` hands it back, and nobody
else writes to it. A settler loads a part of it from the database (the lots that a stretch of the
sequence can touch), a replay keeps all of it: the rules do not know the difference.

Units: money in micro-yuan, points in atoms, moments in microseconds.
Source: E3, E4, E7, E8; design/speed.md (one mutable state behind a pure interface).
"""

from collections import defaultdict
from dataclasses import dataclass, field

from gongxiang.base.clock import BEGINNING
from gongxiang.economy.events import Key, Paid
from gongxiang.economy.exit_queue import ExitQueue
from gongxiang.economy.lot import Lot
from gongxiang.economy.pool import genesis_points
from gongxiang.economy.terms import Terms


def _amounts() -> defaultdict[Key, int]:
    return defaultdict(int)


def _roles() -> defaultdict[str, int]:
    return defaultdict(int)


@dataclass(slots=True, eq=False)
class State:
    """Pool, orders, lots and balances."""

    money: int
    circulating: int
    clock: int = BEGINNING
    step: int = 0

    waiting: dict[Key, Paid] = field(default_factory=dict)
    due: list[tuple[int, int, Paid]] = field(default_factory=list)
    lots: dict[Key, Lot] = field(default_factory=dict)
    holdings: dict[Key, list[Lot]] = field(default_factory=dict)
    exits: ExitQueue = field(default_factory=ExitQueue)
    exited: list[Key] = field(default_factory=list)

    channel: int = 0
    capital: int = 0
    escrow: int = 0
    platform: int = 0
    unspent: int = 0
    cash: defaultdict[Key, int] = field(default_factory=_amounts)
    stores: defaultdict[Key, int] = field(default_factory=_amounts)
    vouchers: defaultdict[Key, int] = field(default_factory=_amounts)
    rewards: defaultdict[str, int] = field(default_factory=_roles)

    orders: int = 0
    paid: int = 0
    paid_to_members: int = 0
    spend: int = 0


def opened(terms: Terms) -> State:
    """Give the state of a platform that has only its genesis holding (E4)."""
    return State(
        money=terms.genesis_money,
        circulating=genesis_points(terms),
        capital=terms.genesis_money,
    )
