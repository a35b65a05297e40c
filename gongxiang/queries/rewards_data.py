"""What a person earned by recommending: plain values, no model.

Units: µ¥, Shanghai days since 1970-01-01, moments in microseconds. Source: R2-R4, R10.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gongxiang.queries.cash_data import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    """How often and how much was credited for one purpose."""

    count: int
    amount: int


NOTHING = Credited(count=0, amount=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day on which something was credited, by purpose."""

    day: int
    by_purpose: Mapping[str, Credited]

    @property
    def count(self) -> int:
        """Give how many lines there are."""
        return sum(one.count for one in self.by_purpose.values())

    @property
    def amount(self) -> int:
        """Give the sum of the day."""
        return sum(one.amount for one in self.by_purpose.values())

    def of(self, purpose: str) -> Credited:
        """Give what one purpose brought on this day."""
        return self.by_purpose.get(purpose, NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some days, newest first, and what they add up to."""

    days: tuple[Day, ...]

    def of(self, purpose: str) -> Credited:
        """Give the sum of one purpose over all days."""
        found = [day.of(purpose) for day in self.days]
        return Credited(
            count=sum(one.count for one in found), amount=sum(one.amount for one in found)
        )

    @property
    def direct(self) -> Credited:
        """Give what came of members of his own."""
        return self.of("direct")

    @property
    def indirect(self) -> Credited:
        """Give what came of members of his members, and of the stores he brought."""
        return self.of("indirect")

    @property
    def recruiter(self) -> Credited:
        """Give what came of the turnover of the stores he brought."""
        return self.of("recruiter")

    @property
    def amount(self) -> int:
        """Give the sum of all days."""
        return sum(day.amount for day in self.days)

    @property
    def count(self) -> int:
        """Give how many lines there are."""
        return sum(day.count for day in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reward: what for, when, how much, and where it is explained."""

    place: Place
    purpose: str
    at: int
    amount: int
