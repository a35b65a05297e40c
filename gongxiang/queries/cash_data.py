"""What the pages of cash are made of: plain frozen values, no model instance, no text.

Units: µ¥, atoms, moments in microseconds since 1970 UTC.
Source: P4, R10; design/ui/faces.md 3.2, 6.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gongxiang.base import clock
from gongxiang.base.money import FEN
from gongxiang.treasury.models import PayoutState

_BILL_DUE: Final = 34 * 3_600 * 1_000_000
"""From the midnight before a transfer to ten o'clock of the next day, when its bill is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """The three pockets: cash, points, vouchers; and what was asked for and not answered yet."""

    cash: int
    points: int
    vouchers: int
    asked: int

    @property
    def free(self) -> int:
        """Give what can be taken out: whole fen of what is not asked for already."""
        rest = max(0, self.cash - self.asked)
        return rest - rest % FEN

    @property
    def balance(self) -> int:
        """Give what is on the balance once everything asked for has left."""
        return max(0, self.cash - self.asked)

    @property
    def debt(self) -> int:
        """Give what is owed: cash is never below zero, so this is 0 as long as the books hold."""
        return max(0, -self.cash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One withdrawal and where its payout stands; `is_taken` None until it was answered.

    `state` is None for one without a payout: it came with an imported history.
    """

    number: int
    at: int
    amount: int
    is_taken: bool | None
    state: PayoutState | None
    reason: str
    reviewed_at: int | None
    confirm_until: int | None
    ended_at: int | None
    is_returned: bool
    provider: str = ""
    payee: str = ""
    tax: int = 0

    @property
    def is_under_way(self) -> bool:
        """Tell whether the cash has left the balance and not arrived."""
        return (
            self.is_taken is not False
            and self.state is not None
            and self.state < PayoutState.ARRIVED
        )

    @property
    def is_to_confirm(self) -> bool:
        """Tell whether it waits for its member to say yes in WeChat."""
        return self.is_taken is not False and self.state is PayoutState.CONFIRM

    @property
    def answer_due(self) -> int:
        """Give when the channel should have told what became of it; 0 before it was reviewed."""
        if self.reviewed_at is None:
            return 0
        return clock.shanghai_midnight(self.reviewed_at) + _BILL_DUE

    @property
    def word(self) -> str:
        """Give the state as its owner reads it."""
        if self.is_taken is False:
            return "没有提出"
        if self.state is not None:
            return str(self.state.label)
        return PayoutState.FAILED.label if self.is_returned else PayoutState.ARRIVED.label

    @property
    def tone(self) -> str:
        """Give the colour: ok, wait, bad, or plain."""
        if self.is_taken is False or self.state is PayoutState.DECLINED:
            return "bad"
        if self.is_under_way:
            return "wait"
        return "ok" if self.state in {None, PayoutState.ARRIVED} and not self.is_returned else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry stands in the ledger: its batch, its event, its leg."""

    batch: int
    event: int
    leg: int

    @property
    def name(self) -> str:
        """Write it as addresses have it."""
        return f"{self.batch}-{self.event}-{self.leg}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the member's cash: what for, how much, what it left.

    `money` and `circulating` are the pair before the step that it belongs to, 0 where there is
    none; `payer` and `order` name the order of a reward or of a lot; `payout` and `provider` say
    how a withdrawal stands and which channel it takes.
    """

    place: Place
    purpose: str
    at: int
    amount: int
    balance: int
    points: int
    money: int
    circulating: int
    moved: int
    step: int
    payer: int
    order: int
    payout: str
    provider: str

    @property
    def is_explained(self) -> bool:
        """Tell whether the line belongs to a step of the pool."""
        return self.step > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherOrigin:
    """Vouchers of one store: how many orders brought them."""

    store: str
    orders: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What one purpose moved in a month."""

    purpose: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A month of the member's cash: it begins, moves by kind, ends; the parts add up."""

    opening: int
    sums: tuple[Sum, ...]
    closing: int

    @property
    def below_a_fen(self) -> int:
        """Give the whole fen that the printed figures, each cut to the fen, lack together.

        >>> thirds = Sum(purpose="direct", count=2, amount=6_666)
        >>> Statement(opening=3_334, sums=(thirds,), closing=10_000).below_a_fen
        10000
        """
        return missing((self.opening, *(one.amount for one in self.sums)), of=self.closing)


def missing(parts: Iterable[int], *, of: int) -> int:
    """Give what parts, each printed cut to the fen, lack of their whole printed so, in whole fen.

    >>> missing((19_999, -15_000), of=4_999), missing((6_000, 6_000), of=12_000)
    (0, 10000)
    """
    return _cut(of) - sum(map(_cut, parts))


def _cut(amount: int) -> int:
    """Cut an amount to the fen as pages print it, towards zero: nobody is shown more than is so."""
    fen = abs(amount) // FEN * FEN
    return -fen if amount < 0 else fen
