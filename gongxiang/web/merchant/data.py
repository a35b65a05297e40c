"""What the store's pages are made of: plain values, no model, no request.

Units: micro-yuan, per-myriads, moments in microseconds.
Source: design/ui/faces.md 6.3, 3.2 (statuses).
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.base.money import MYRIAD

WAITING: Final = ("待结算", "wait")
SETTLED: Final = ("已结算", "ok")
PART_RETURNED: Final = ("部分退款", "")
RETURNED: Final = ("已退款", "")
ASKED: Final = ("等店家处理", "wait")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A store and what it gives up."""

    store: int
    code: str
    name: str
    commission_rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """What a store took in a stretch of time."""

    payments: int
    paid: int
    returned: int
    commission_rate: int

    @property
    def kept(self) -> int:
        """Give what was paid and not given back."""
        return self.paid - self.returned

    @property
    def commission(self) -> int:
        """Give the commission of what was kept (E6: exact)."""
        return self.kept * self.commission_rate // MYRIAD

    @property
    def expected(self) -> int:
        """Give what reaches the store once it settles."""
        return self.kept - self.commission


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One order as the store sees it: how much, by whom (masked), in which state."""

    number: int
    member: int
    key: str
    amount: int
    returned: int
    commission_rate: int
    payer: str
    paid_at: int
    due_at: int
    is_settled: bool
    is_open: bool
    """The refund window is still open."""
    asked: int = 0
    """What the payer asks back within the window, and why."""
    reason: str = ""

    @property
    def left(self) -> int:
        """Give what may still be given back."""
        return self.amount - self.returned

    @property
    def commission(self) -> int:
        """Give the commission of what was kept."""
        return self.left * self.commission_rate // MYRIAD

    @property
    def state(self) -> tuple[str, str]:
        """Give the status word and its tone (faces.md 3.2)."""
        if not self.left:
            return RETURNED
        if self.is_settled:
            return SETTLED
        if self.asked:
            return ASKED
        return PART_RETURNED if self.returned else WAITING
