"""What a channel may say, in words of our own: trades, notices, refunds, and named troubles.

Every trouble of an outgoing call is `Unknown` (nobody knows whether it worked: ask again) or
`Declined` (the channel said no, with its code). Every trouble of an incoming notice is `Rejected`
with the status that answers it.

Units: fen; moments in microseconds. Source: P1, P2, P4; reliability 1.4, C8.
"""

from dataclasses import dataclass
from enum import Enum

from gongxiang.payments.provider import Provider


def address_in(hand_off: str) -> str:
    """Give the address that a hand-off is; empty where it opens a sheet, or nobody knows it.

    >>> address_in("https://wx.tenpay.com/x"), address_in("prepay_id=wx2014"), address_in("")
    ('https://wx.tenpay.com/x', '', '')
    """
    return hand_off if hand_off.startswith(("http://", "https://")) else ""


class Unknown(Exception):
    """The channel did not answer, or not as itself: what happened there is not known."""


class Declined(Exception):
    """The channel answered no."""

    def __init__(self, code: str) -> None:
        """Keep the channel's code."""
        super().__init__(code)
        self.code = code


class Rejected(Exception):
    """A notice that is not taken in: too large, unreadable, or not the channel's."""

    def __init__(self, status: int, why: str) -> None:
        """Keep the answer's status and the reason for the log."""
        super().__init__(why)
        self.status = status


class Unfitting(Exception):
    """A notice that the channel signed but that is not about us: it goes into quarantine."""

    def __init__(self, why: str, *, body: str) -> None:
        """Keep the reason and what was said."""
        super().__init__(why)
        self.body = body


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """Whose account money comes to: a store's number at the channel, and leave to act for it."""

    number: str
    authorization: str = ""


class TradeState(Enum):
    """Where a payment stands at the channel."""

    OPEN = "open"
    PAYING = "paying"
    PAID = "paid"
    CLOSED = "closed"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A payment as the channel tells it; all but number and state is known only of a paid one."""

    provider: Provider
    number: str
    state: TradeState
    transaction_id: str = ""
    amount_fen: int = 0
    currency: str = ""
    payer: str = ""
    payee: str = ""
    paid_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice whose signature, age and addressee were checked."""

    notification_id: str
    body_hash: bytes
    body: str
    trade: Trade


class RefundState(Enum):
    """Where a refund or a share stands; absent: the channel never heard of it."""

    DONE = "done"
    PROCESSING = "processing"
    FAILED = "failed"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTold:
    """A refund, a share or a return as the channel tells it.

    `at` is the channel's own moment at which it was done; 0 where it tells none.
    """

    state: RefundState
    at: int = 0


class BillKind(Enum):
    """What a line of a bill is about."""

    PAID = "paid"
    REFUNDED = "refunded"
    SHARED = "shared"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    TRANSFER_RETURNED = "transfer_returned"
    SHARE_RECEIVED = "share_received"
    SHARE_RETURNED = "share_returned"
    OTHER_IN = "other_in"
    OTHER_OUT = "other_out"

    @property
    def is_in(self) -> bool:
        """Tell whether a line of the platform's own account let its money grow."""
        return self in {BillKind.TRANSFER_RETURNED, BillKind.SHARE_RECEIVED, BillKind.OTHER_IN}


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A line of a channel's bill: its own number, ours, whose, how much, the channel's fee.

    `business` is what the channel calls a line of the platform's own account.
    """

    kind: BillKind
    reference: str
    number: str
    transaction_id: str
    payee: str
    amount_fen: int
    fee_fen: int
    at: int
    business: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepay:
    """What a payment is opened with."""

    number: str
    payee: Payee
    description: str
    amount_fen: int
    expires_at: int
    notify_url: str
    return_url: str
    payer_address: str
    payer: str
    """His name at the channel, where its own app shows our page; empty in any other browser."""
    is_shared: bool
    """The platform has a part of it: the channel keeps the rest until that was shared (P2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A channel's own sheet: the words it opens with, and the sandbox's page that plays it.

    The page is empty where the channel is real: its app shows the sheet over our page.
    """

    words: dict[str, str]
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """What a refund is asked with; the same number always with the same amounts."""

    number: str
    payee: Payee
    transaction_id: str
    amount_fen: int
    total_fen: int
    share_number: str = ""
    returned_fen: int = 0
    """What goes back to the store first of the share under this number (P2)."""

    @property
    def return_number(self) -> str:
        """Give the number of that return, which never changes."""
        return f"{self.number}B"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOrder:
    """What a share is asked with: of nothing where the rest is only to be freed."""

    number: str
    payee: Payee
    transaction_id: str
    amount_fen: int
