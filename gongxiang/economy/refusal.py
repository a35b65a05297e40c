"""Refusals: what the economy will not do, by name, changing nothing.

Each class is one sentence a person can act on; `reason` is the word that event files use for it.

Units: as in the message. Source: spec/events.md (Then the event), reliability I-19.
"""

from typing import ClassVar


class Refused(Exception):
    """An event that the rules do not allow; the state is as it was before."""

    reason: ClassVar[str]


class AmountOutOfRange(Refused):
    """An amount below one fen or above the largest that is handled (E1)."""

    reason = "amount"


class RefundExceedsOrder(Refused):
    """A refund of an order that is not known, or of more than is left of it (E7, E16)."""

    reason = "refund"


class StoreOwedTooLittle(Refused):
    """A refund by case that would leave the store in debt: it waits until it is covered (E16)."""

    reason = "store"


class SaleExceedsHolding(Refused):
    """A sale of nothing, or of more points than the member holds unlocked (E11, E12)."""

    reason = "points"


class BalanceTooSmall(Refused):
    """A withdrawal of more than the member's cash (P4)."""

    reason = "balance"


class PayoutMoved(Refused):
    """A sale whose payout is no longer the one that was shown: the person decides again (E11)."""

    reason = "payout"
