"""Events: what happens to the economy, as plain slotted values.

They are made once for each event, so they are slotted and not frozen (design/speed.md); nobody
changes one after it was handed to the machine, except that `Paid.spend` falls when a part of the
order is refunded while it waits.

Units: money in micro-yuan, points in atoms, rates per myriad, moments in microseconds.
Source: spec/events.md (Lines); E7 (what is frozen when an order is paid).
"""

from dataclasses import dataclass

from gongxiang.economy.terms import Terms

Key = str | int
"""What an order, a member or a store is called: a text in files, a number in the database."""

Reward = tuple[str, Key, int]
"""Who is paid for an order: the role, the person, the rate of the spend (R1)."""


@dataclass(slots=True, eq=False)
class Paid:
    """An order that was paid, with everything that it will be settled with (E7)."""

    order: Key
    member: Key
    store: Key
    spend: int
    commission_rate: int
    rewards: tuple[Reward, ...]
    due_at: int
    terms: Terms


@dataclass(slots=True, eq=False)
class Due:
    """The end of an order's refund window: it settles now (E8)."""

    paid: Paid


@dataclass(slots=True, eq=False)
class ClockMoved:
    """Time that went by: every order whose window has ended settles, oldest first (E8)."""

    at: int


@dataclass(slots=True, eq=False)
class Refunded:
    """Money of an order given back, before its settlement (E7) or after it (E16)."""

    refund: Key
    order: Key
    amount: int
    must_be_covered: bool = False
    """The store must be owed what falls on it (E16); a replay assumes that it paid in."""
    own_rate: int = 0
    """What of the order, per myriad, rewarded the very person who is refunded (E16)."""


@dataclass(slots=True, eq=False)
class Sold:
    """Points that a member sells at the price of the moment (E11)."""

    sale: Key
    member: Key
    points: int
    shown_net: int | None = None
    """What the page said that the sale pays; None where nobody was shown anything."""


@dataclass(slots=True, eq=False)
class Injected:
    """Capital that enters the pool and mints nothing (E18)."""

    injection: Key
    amount: int


@dataclass(slots=True, eq=False)
class Withdrawn:
    """Cash that leaves a member's balance (P4)."""

    withdrawal: Key
    member: Key
    amount: int


@dataclass(slots=True, eq=False)
class WithdrawalReturned:
    """A withdrawal that did not reach the member: his cash again (P4)."""

    returned: Key
    withdrawal: Key
    member: Key
    amount: int


@dataclass(slots=True, eq=False)
class StoreReceived:
    """Money of a store that the channel's bill shows with the store (P2)."""

    received: Key
    store: Key
    amount: int


@dataclass(slots=True, eq=False)
class StorePaidIn:
    """Money that a store put in of its own: a refund that left its account at the channel (P2)."""

    paid_in: Key
    store: Key
    amount: int


CashMoved = Withdrawn | WithdrawalReturned
StoreMoney = StoreReceived | StorePaidIn
Event = Paid | Due | ClockMoved | Refunded | Sold | Injected | CashMoved | StoreMoney
