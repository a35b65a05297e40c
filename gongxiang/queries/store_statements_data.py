"""What a store's statement of a day is made of: plain values, no model.

    difference = (paid - refunded - shared + returned) of ours - the same of the channel's bill
    due of an order = shared of it + awaits its share + carried to the store's next shares

Units: fen, micro-yuan in what is due; days as YYYY-MM-DD.
Source: P2, P3; I-6; design/ui/faces.md 6.3 (statements).
"""

from dataclasses import dataclass
from typing import Final

UNPAID: Final = ("等结算", "wait")
SHARING: Final = ("分账中", "wait")
REFUSED: Final = ("没有分成", "bad")
FREED: Final = ("等账单", "wait")
ARRIVED: Final = ("已到账", "ok")
RETURNED: Final = ("已退款", "")
PAID_IN: Final = ("补款", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What moved on one side of the books on a day."""

    paid: int = 0
    refunded: int = 0
    shared: int = 0
    returned: int = 0

    @property
    def net(self) -> int:
        """Give what the store has of it."""
        return self.paid - self.refunded - self.given

    @property
    def given(self) -> int:
        """Give what went to the platform and did not come back."""
        return self.shared - self.returned

    def __add__(self, other: "Moved") -> "Moved":
        """Add what moved elsewhere."""
        return Moved(
            paid=self.paid + other.paid,
            refunded=self.refunded + other.refunded,
            shared=self.shared + other.shared,
            returned=self.returned + other.returned,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """What orders owe the platform, whenever it is shared; to the micro-yuan, as they settle.

    `carried` is what goes with the store's next shares: parts of a fen, what is over the channel's
    ratio, what it refused; below zero where what earlier ones left went along.
    """

    due: int = 0
    shared: int = 0
    carried: int = 0

    @property
    def awaited(self) -> int:
        """Give what is still to be shared."""
        return self.due - self.shared - self.carried

    def __add__(self, other: "Commission") -> "Commission":
        """Add what others owe."""
        return Commission(
            due=self.due + other.due,
            shared=self.shared + other.shared,
            carried=self.carried + other.carried,
        )


NOTHING_DUE: Final = Commission()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order on a day: ours, the channel's, its fee, and where its money is.

    `commission` is what it owes, on the day on which it was paid alone; `bank_date` the day on
    which its money is expected at the store's bank, where it will get there.
    """

    number: str
    channel: str
    ours: Moved
    theirs: Moved
    fee: int
    state: tuple[str, str]
    has_bill: bool
    commission: Commission
    bank_date: str | None

    @property
    def difference(self) -> int:
        """Give by how much we say more than the bill; nothing while there is none."""
        return self.ours.net - self.theirs.net if self.has_bill else 0

    @property
    def is_off(self) -> bool:
        """Tell whether any of its sums is another one in the bill."""
        return self.has_bill and self.ours != self.theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A store's day, order by order; its sums are those of its lines."""

    day: str
    lines: tuple[Line, ...]
    is_over: bool

    @property
    def ours(self) -> Moved:
        """Add up our side."""
        return sum((line.ours for line in self.lines), Moved())

    @property
    def theirs(self) -> Moved:
        """Add up the bill."""
        return sum((line.theirs for line in self.lines), Moved())

    @property
    def commission(self) -> Commission:
        """Add up what the orders that were paid on this day owe."""
        return sum((line.commission for line in self.lines), NOTHING_DUE)

    @property
    def bank_dates(self) -> tuple[str, ...]:
        """Give the first and the last day on which money of it is expected at the bank."""
        days = {line.bank_date for line in self.lines if line.bank_date}
        return tuple(sorted({min(days), max(days)})) if days else ()

    @property
    def fee(self) -> int:
        """Add up the channel's fees."""
        return sum(line.fee for line in self.lines)

    @property
    def to_bank(self) -> int:
        """Give what the channel pays to the store's bank of this day, its fee taken off."""
        return self.ours.net - self.fee

    @property
    def has_bill(self) -> bool:
        """Tell whether every order has the bill of its channel."""
        return bool(self.lines) and all(line.has_bill for line in self.lines)

    @property
    def off(self) -> tuple[Line, ...]:
        """Give the orders that the bill says otherwise."""
        return tuple(line for line in self.lines if line.is_off)

    @property
    def difference(self) -> int:
        """Add up the differences."""
        return sum(line.difference for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day in the list of statements."""

    day: str
    paid: int
    refunded: int
    given: int
