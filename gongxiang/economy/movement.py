"""Movements: what an event moved, from which the balanced postings follow.

The machine hands back one small value for each thing that happened; whoever keeps books asks it
for its postings, whoever only wants the end state does not pay for them.

    posting = (leg, account, party, amount)      amounts of one unit sum to 0

A party is None for the accounts that exist once (accounts.py). `step` is the place in the pool's
sequence, `money` and `circulating` are the pair after it.

Units: money in micro-yuan, points in atoms.
Source: E6-E18, P2; reliability I-1, I-4.
"""

from dataclasses import dataclass

from gongxiang.base.money import FEN, MYRIAD
from gongxiang.economy import accounts
from gongxiang.economy.events import Key, Paid
from gongxiang.economy.lot import Lot
from gongxiang.economy.split import Split

Posting = tuple[str, int, Key | None, int]
"""The leg (what for), the account, whose it is, the amount (credit positive)."""


@dataclass(slots=True, eq=False)
class Escrowed:
    """Money of a paid order, waiting until its window has passed (E7)."""

    paid: Paid
    amount: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        return paid_in(self.amount)


@dataclass(slots=True, eq=False)
class Returned:
    """Money of a waiting order given back: exact, the pool never saw it (E7)."""

    refund: Key
    paid: Paid
    amount: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        return paid_back(self.amount)


@dataclass(slots=True, eq=False)
class Settled:
    """An order that settled: its money split, its lot minted (E8)."""

    paid: Paid
    lot: Lot
    parts: Split
    unspent: int
    vouchers: int
    step: int
    money: int
    circulating: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        paid, lot, parts, spend = self.paid, self.lot, self.parts, self.lot.settled_spend
        found: list[Posting] = [
            ("settled", accounts.ESCROW, None, -spend),
            ("settled", accounts.STORE, paid.store, parts.merchant),
            ("settled", accounts.PLATFORM, None, parts.platform),
            ("settled", accounts.POOL, None, parts.inflow),
            ("settled", accounts.UNSPENT, None, self.unspent),
            ("settled", accounts.POINTS_ISSUED, None, -lot.minted),
            ("settled", accounts.POINTS, paid.member, lot.minted),
            ("settled", accounts.VOUCHERS_ISSUED, None, -self.vouchers),
            ("settled", accounts.VOUCHERS, paid.member, self.vouchers),
        ]
        for role, person, rate in paid.rewards:
            found.append((role, accounts.CASH, person, spend * rate // MYRIAD))
        return found


@dataclass(slots=True, eq=False)
class Piece:
    """What one lot gave in a sale or an exit (E11, E13)."""

    lot: Lot
    points: int
    gross: int
    net: int


@dataclass(slots=True, eq=False)
class PointsSold:
    """A sale by a member, out of one or more of his lots (E11)."""

    sale: Key
    member: Key
    pieces: list[Piece]
    points: int
    net: int
    step: int
    money: int
    circulating: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        return _payout("sold", self.member, self.points, self.net)


@dataclass(slots=True, eq=False)
class Exited:
    """A lot that reached its cap and was closed by the system (E13)."""

    piece: Piece
    step: int
    money: int
    circulating: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        return _payout("exited", self.piece.lot.member, self.piece.points, self.piece.net)


@dataclass(slots=True, eq=False)
class RefundedByCase:
    """A refund after settlement: who paid what (E16)."""

    refund: Key
    lot: Lot
    amount: int
    burned: int
    missing: int
    kept: int
    pays: int
    platform: int
    unspent: int
    returned: int
    """What the refunded person was rewarded himself, and returns out of his refund."""
    vouchers: int
    step: int
    money: int
    circulating: int

    @property
    def store_pays(self) -> int:
        """Give what falls on the store: everything that nobody else returns."""
        return self.amount - self.pays - self.platform - self.unspent - self.returned

    @property
    def to_member(self) -> int:
        """Give what reaches the member."""
        return self.amount - self.kept - self.returned

    @property
    def to_cash(self) -> int:
        """Give what of a fen is left over, which stays on the member's balance."""
        return self.to_member % FEN

    @property
    def to_channel(self) -> int:
        """Give the whole fen that go back to the member through the channel."""
        return self.to_member - self.to_cash

    def postings(self) -> list[Posting]:
        """Give the balanced postings; the member's whole fen leave through the channel."""
        lot = self.lot
        return [
            ("case", accounts.STORE, lot.store, -self.store_pays),
            ("case", accounts.PLATFORM, None, -self.platform),
            ("case", accounts.UNSPENT, None, -self.unspent),
            ("case", accounts.POOL, None, self.kept - self.pays),
            ("case", accounts.CHANNEL, None, self.to_channel),
            ("case", accounts.CASH, lot.member, self.to_cash),
            ("case", accounts.POINTS_ISSUED, None, self.burned),
            ("case", accounts.POINTS, lot.member, -self.burned),
            ("case", accounts.VOUCHERS_ISSUED, None, self.vouchers),
            ("case", accounts.VOUCHERS, lot.member, -self.vouchers),
        ]


@dataclass(slots=True, eq=False)
class CapitalInjected:
    """Capital that entered the pool (E18)."""

    injection: Key
    amount: int
    step: int
    money: int
    circulating: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        return [
            ("injected", accounts.CAPITAL, None, -self.amount),
            ("injected", accounts.POOL, None, self.amount),
        ]


@dataclass(slots=True, eq=False)
class CashWithdrawn:
    """Cash that left a member's balance (P4)."""

    withdrawal: Key
    member: Key
    amount: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        return [
            ("withdrawn", accounts.CASH, self.member, -self.amount),
            ("withdrawn", accounts.CHANNEL, None, self.amount),
        ]


@dataclass(slots=True, eq=False)
class CashReturned:
    """Cash of a withdrawal that came back to a member's balance (P4)."""

    returned: Key
    member: Key
    amount: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        return [
            ("withdrawal_returned", accounts.CHANNEL, None, -self.amount),
            ("withdrawal_returned", accounts.CASH, self.member, self.amount),
        ]


@dataclass(slots=True, eq=False)
class StoreMoneyReceived:
    """Money that reached a store through the channel (P2)."""

    received: Key
    store: Key
    amount: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        return [
            ("store_received", accounts.STORE, self.store, -self.amount),
            ("store_received", accounts.CHANNEL, None, self.amount),
        ]


@dataclass(slots=True, eq=False)
class StoreMoneyPaidIn:
    """Money that a store put in through the channel (P2)."""

    paid_in: Key
    store: Key
    amount: int

    def postings(self) -> list[Posting]:
        """Give the balanced postings."""
        return [
            ("store_paid_in", accounts.CHANNEL, None, -self.amount),
            ("store_paid_in", accounts.STORE, self.store, self.amount),
        ]


PoolMovement = Settled | PointsSold | Exited | RefundedByCase | CapitalInjected
StoreMovement = StoreMoneyReceived | StoreMoneyPaidIn
Movement = PoolMovement | Escrowed | Returned | CashWithdrawn | CashReturned | StoreMovement
Movements = list[Movement] | None
"""Where what moved is told, in order; None where nobody listens and nothing need be made."""


def paid_in(amount: int) -> list[Posting]:
    """Give the postings of money that came in and waits for settlement (E7)."""
    return [
        ("paid", accounts.CHANNEL, None, -amount),
        ("paid", accounts.ESCROW, None, amount),
    ]


def paid_back(amount: int) -> list[Posting]:
    """Give the postings of waiting money that was given back (E7)."""
    return [
        ("returned", accounts.ESCROW, None, -amount),
        ("returned", accounts.CHANNEL, None, amount),
    ]


def opening(*, money: int, points: int) -> list[Posting]:
    """Give the postings of the genesis holding, with which the books begin (E4)."""
    return [
        ("genesis", accounts.CAPITAL, None, -money),
        ("genesis", accounts.POOL, None, money),
        ("genesis", accounts.POINTS_ISSUED, None, -points),
        ("genesis", accounts.GENESIS, None, points),
    ]


def _payout(leg: str, member: Key, points: int, net: int) -> list[Posting]:
    return [
        (leg, accounts.POOL, None, -net),
        (leg, accounts.CASH, member, net),
        (leg, accounts.POINTS, member, -points),
        (leg, accounts.POINTS_ISSUED, None, points),
    ]
