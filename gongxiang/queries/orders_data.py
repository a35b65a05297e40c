"""What the pages of paying are made of: plain frozen values.

Units: money in µ¥, points in atoms, moments in microseconds since 1970 UTC.
Source: design/ui/faces.md 6.2.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The payee; `is_verified`: his papers were looked at when the store was admitted."""

    store: int
    code: str
    name: str
    place: str
    commission_rate: int
    is_verified: bool

    @property
    def initial(self) -> str:
        """Give the sign beside its name."""
        return self.name[:1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A wish to pay, and the order that it became; `case` where a store pays in for one (E16)."""

    number: str
    home: int
    member: int | None
    order: int | None
    shop: str
    code: str
    channel: str
    amount: int
    state: str
    hand_off: str
    opened_at: int
    now: int
    case: int | None = None
    note: str = ""

    @property
    def href_of_case(self) -> str:
        """Give the page of the case that is paid in for, nothing for an order."""
        return "" if self.case is None else f"/store/{self.code}/cases/{self.case}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What an order minted."""

    minted: int
    vouchers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A paid order."""

    number: str
    order: int
    member: int
    shop: str
    code: str
    channel: str
    amount: int
    returned: int
    commission_rate: int
    version: int
    paid_at: int
    due_at: int
    now: int
    minted: int | None
    back: str
    asked: int
    answer: str
    """What the store wrote when it declined the last request."""
    by_case: int
    """What went back after the settlement (E16)."""
    surplus: int
    """What came a second time and goes back by itself."""
    surplus_back: str
    """How far the channel is with that, as `back` is of what was refunded."""
    phone: str
    """The store's, empty where it gave none."""
    note: str
    """What the payer told the store."""

    @property
    def gone(self) -> int:
        """Give what went back, before and after the settlement."""
        return self.returned + self.by_case

    @property
    def rest(self) -> int:
        """Give what is left of the payment."""
        return self.amount - self.gone

    @property
    def is_back(self) -> bool:
        """Tell whether no channel has still to send back what was refunded."""
        return self.back in {"", "done"}

    @property
    def is_settled(self) -> bool:
        """Tell whether its points were made."""
        return self.minted is not None

    @property
    def is_open(self) -> bool:
        """Tell whether money can still go back (E7)."""
        return self.due_at > self.now and self.rest > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an amount would give by the rules and the pair of this moment."""

    points: int
    vouchers: int
    cap: int
    cap_pays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One order of the list."""

    order: int
    number: str
    shop: str
    amount: int
    paid_at: int
    returned: int
    is_settled: bool
    word: str
    tone: str
    is_waiting: bool
    division: str


class Kind(StrEnum):
    """What a member looks for among his orders."""

    WAITING = "waiting"
    SETTLED = "settled"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A payment that was begun, and whose end is not known yet."""

    number: str
    shop: str
    amount: int
    word: str
    opened_at: int


def standing(*, amount: int, returned: int, is_settled: bool) -> tuple[str, str]:
    """Give the word and the colour of a paid order.

    >>> standing(amount=10, returned=0, is_settled=False)
    ('待结算', 'wait')
    """
    if returned == amount:
        return "已退款", ""
    if is_settled:
        return ("部分退款", "") if returned else ("已结算", "ok")
    return ("部分退款", "") if returned else ("待结算", "wait")
