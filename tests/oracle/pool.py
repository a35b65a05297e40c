"""The pool: the pair, the lots, and what mint, sale, exit and refund do to them.

Units: micro-yuan, atoms, per-myriads.
Source: economy.md E3 to E5, E8, E11, E13, E14, E16.
"""

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.rulebook import WHOLE, Rules

POINT = 10**12


@dataclass
class Lot:
    """What one settled order became."""

    order: str
    member: str
    unlocked_at: int
    settled_with: int
    spend: int
    minted: int
    left: int
    sold: int = 0
    gross: int = 0
    net: int = 0

    def numbers(self) -> list[str]:
        """Return the six amounts of a result."""
        six = (self.spend, self.minted, self.left, self.sold, self.gross, self.net)
        return [str(amount) for amount in six]


def ceil(numerator: int, denominator: int) -> int:
    """Return the quotient rounded up."""
    return -(-numerator // denominator)


class Pool:
    """The pair, and all lots in the order of settlement."""

    def __init__(self, rules: Rules) -> None:
        """Begin with the genesis holding alone."""
        self.rates = {name: value for name, value in rules.items() if isinstance(value, int)}
        self.money = self.rates["genesis_money"]
        self.circulating = max(1, self.money * POINT // self.rates["opening_price"])
        self.lots: dict[str, Lot] = {}
        self.exits: list[str] = []

    def mint(self, inflow: int) -> int:
        """Take the inflow in and return the points that it makes."""
        parts = 1
        if self.rates["mint_step"]:
            parts = ceil(inflow * WHOLE, self.money * self.rates["mint_step"])
            parts = max(1, min(10_000, parts))
        total = 0
        for i in range(parts):
            part = inflow * (i + 1) // parts - inflow * i // parts
            backing = part * self.rates["backing_rate"] // WHOLE
            points = backing * self.circulating // self.money
            self._move(part, points)
            total += points
        return total

    def inject(self, amount: int) -> None:
        """Take money in and mint nothing."""
        self._move(amount, 0)

    def open_lots(self, member: str) -> list[Lot]:
        """Return the member's lots with points left, oldest first."""
        return [lot for lot in self.lots.values() if lot.member == member and lot.left]

    def sell(self, member: str, points: int) -> int:
        """Take the points out of the member's lots and return what he gets."""
        money, circulating = self.money, self.circulating
        paid, wanted = 0, points
        for lot in self.open_lots(member):
            taken = min(wanted, lot.left)
            if not taken:
                break
            gross = taken * money // circulating
            assert gross < self.cap_left(lot), "a sale above the cap"
            paid += self._close_points(lot, taken, gross)
            wanted -= taken
        assert wanted == 0, "more sold than held"
        self._move(-paid, -points)
        return paid

    def cap_left(self, lot: Lot) -> int:
        """Return how much more gross the lot may take."""
        left = lot.spend * self.rates["exit_cap"] // WHOLE - lot.gross
        assert left >= 0, f"the lot of {lot.order} is above its cap"
        return left

    def exit_next(self) -> tuple[str, int] | None:
        """Close the first lot that is at its cap; return the member and what he gets."""
        at_cap = [
            (Fraction(self.cap_left(lot), lot.left), number, lot)
            for number, lot in enumerate(self.lots.values())
            if lot.left and lot.left * self.money >= self.cap_left(lot) * self.circulating
        ]
        if not at_cap:
            return None
        lot = min(at_cap, key=lambda item: item[:2])[2]
        points = lot.left
        paid = self._close_points(lot, points, self.cap_left(lot))
        self._move(-paid, -points)
        self.exits.append(lot.order)
        return lot.member, paid

    def refund(self, lot: Lot, amount: int, part: int) -> tuple[int, int]:
        """Undo a part of a settled order; return what is kept of it and what the pool pays."""
        total = lot.left + lot.sold
        due = min(total, ceil(lot.minted * amount, lot.settled_with))
        if amount == lot.spend:
            due = total
        missing = due * lot.sold // total if total else 0
        burned = due - missing
        kept = gross_back = 0
        if missing:
            kept = min(amount, ceil(lot.net * missing, lot.sold))
            gross_back = lot.gross * missing // lot.sold
        pays = min(part, burned * self.money // self.circulating + kept)
        lot.gross -= gross_back
        lot.net -= kept
        lot.left -= burned
        lot.sold -= missing
        lot.spend -= amount
        assert min(lot.gross, lot.net, lot.left, lot.sold, lot.spend) >= 0, "a negative lot"
        self.cap_left(lot)
        self._move(kept - pays, -burned)
        return kept, pays

    def _close_points(self, lot: Lot, points: int, gross: int) -> int:
        net = gross * self.rates["payout_rate"] // WHOLE
        lot.left -= points
        lot.sold += points
        lot.gross += gross
        lot.net += net
        return net

    def _move(self, money: int, points: int) -> None:
        before = self.money, self.circulating
        self.money += money
        self.circulating += points
        assert self.money > 0, "no money left in the pool"
        assert self.circulating > 0, "no points left in the pool"
        assert self.money * before[1] >= before[0] * self.circulating, "the price fell"
