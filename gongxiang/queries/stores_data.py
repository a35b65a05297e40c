"""What the store's pages are made of: plain values, no model, no request.

Units: micro-yuan, per-myriads, moments in microseconds.
Source: design/ui/faces.md 6.3, 3.2 (statuses).
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.base.money import FEN, MYRIAD
from gongxiang.base.spoken import spoken
from gongxiang.merchants.access import MATRIX, Role, State, Task, may

WAITING: Final = ("待结算", "wait")
SETTLED: Final = ("已结算", "ok")
PART_RETURNED: Final = ("部分退款", "")
RETURNED: Final = ("已退款", "")
ASKED: Final = ("等店家处理", "wait")
TONES: Final = {State.OPEN: "ok", State.DELISTED: "bad", State.CLOSED: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A store, what it gives up, how it stands, and what the person who asks is there."""

    store: int
    code: str
    name: str
    commission_rate: int
    door: str
    state: State
    role: Role
    has_sound: bool
    """The till reads payments aloud unless somebody turned it off there."""
    asked_at: int
    """The platform's clock when it was asked for."""

    @property
    def state_tag(self) -> tuple[str, str]:
        """Give the status word and its tone."""
        return str(self.state.label), TONES[self.state]

    def may(self, task: Task) -> bool:
        """Tell whether the person may do something here."""
        return may(self.role, task)

    @property
    def tasks(self) -> frozenset[str]:
        """Give the names of all the person may do here, for templates."""
        return frozenset(task.name for task in MATRIX[self.role])


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """What a store took in a stretch of time."""

    payments: int
    paid: int
    returned: int
    commission: int
    """Of what was kept, each order by the rate it was paid under (E6: exact)."""

    @property
    def kept(self) -> int:
        """Give what was paid and not given back."""
        return self.paid - self.returned

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
    channel: str = ""
    by_case: int = 0
    """What went back after the settlement (E16)."""
    note: str = ""
    """What the payer told the store."""

    @property
    def gone(self) -> int:
        """Give what was given back, before and after the settlement."""
        return self.returned + self.by_case

    @property
    def left(self) -> int:
        """Give what may still be given back."""
        return self.amount - self.gone

    @property
    def commission(self) -> int:
        """Give the commission of what was kept."""
        return self.left * self.commission_rate // MYRIAD

    @property
    def spoken(self) -> str:
        """Give the amount as a voice reads it."""
        return spoken(amount_fen=self.amount // FEN)

    @property
    def state(self) -> tuple[str, str]:
        """Give the status word and its tone (faces.md 3.2)."""
        if not self.left:
            return RETURNED
        if self.is_settled:
            return PART_RETURNED if self.gone else SETTLED
        if self.asked:
            return ASKED
        return PART_RETURNED if self.gone else WAITING
