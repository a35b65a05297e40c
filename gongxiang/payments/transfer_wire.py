"""What a channel may say of a transfer to a person, in words of our own.

Troubles of a call are those of every call: `Unknown` and `Declined` (wire.py).

Units: fen. Source: P4; reliability 1.4, C8.
"""

from dataclasses import dataclass
from enum import Enum

from gongxiang.payments.provider import Provider


class TransferState(Enum):
    """Where a transfer stands at the channel; absent: the channel never heard of it."""

    ACCEPTED = "accepted"
    CONFIRM = "confirm"
    MOVING = "moving"
    DONE = "done"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    ABSENT = "absent"

    @property
    def is_closed(self) -> bool:
        """Tell whether no money will ever move under this number any more."""
        return self in {TransferState.FAILED, TransferState.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOrder:
    """What a transfer is asked with; the same number always with the same words."""

    number: str
    account: str
    name: str
    amount_fen: int
    notify_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTold:
    """A transfer as the channel tells it; amount and account are told where the channel does.

    `package` opens the sheet on the payee's phone on which he confirms. `at` is the channel's own
    moment of what it tells; 0 where it tells none.
    """

    provider: Provider
    number: str
    state: TransferState
    amount_fen: int | None = None
    account: str = ""
    package: str = ""
    reason: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferNotice:
    """A notice whose signature, age and addressee were checked."""

    notification_id: str
    body_hash: bytes
    body: str
    told: TransferTold
