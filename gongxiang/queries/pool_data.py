"""What the public pages are made of: plain frozen values, no model instance, no text.

`queries` fills them from the database, `facts` and `faces` compute with them, templates print them.

Units: money in µ¥, points in atoms, prices in ten-thousandths of a yuan, days as Shanghai days
since 1970-01-01, moments in microseconds since 1970 UTC.
Source: E3 (the pair), H2 (what stands beside a price), spec/events.md (the public feed), R9.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from gongxiang.base import text
from gongxiang.economy.terms import Terms

STEPS_MAX: Final = 200
"""Marks a chart is drawn from: more are put into buckets before."""


class NotOpen(Exception):
    """No rulebook was ever published: there is no pool to show yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The pool: money and circulating points, genesis holding included (E3, E4)."""

    money: int
    circulating: int

    @property
    def price(self) -> int:
        """Give the price, half up, in ten-thousandths of a yuan."""
        return text.price_units(pool=self.money, circulating=self.circulating)

    def payout(self, *, terms: Terms) -> int:
        """Give what selling one point pays now, cut, in ten-thousandths of a yuan."""
        return text.payout_units(
            pool=self.money, circulating=self.circulating, payout_rate=terms.payout_rate
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolNow:
    """The pool at this moment.

    `steps` is the number of the newest step, 0 before the first; `lag` how long the oldest of what
    is due has been waiting, in microseconds. `behind_since` is the moment up
    to which everything due is settled, when that is too long ago to say nothing, else None;
    `last_day` the day of the newest step.
    """

    pair: Pair
    steps: int
    now: int
    lag: int
    behind_since: int | None
    last_day: int | None


class Span(Enum):
    """How far back a chart looks."""

    TODAY = "today"
    MONTH = "30d"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePoint:
    """The pair after a step, with its day: the hour of a step is told to nobody."""

    step: int
    day: int
    pair: Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The price over a span: what it came in with, then at most 200 points in growing order.

    The line ends with `last_day`, which is before `today` where a whole history ended earlier.
    """

    span: Span
    today: int
    first_day: int
    last_day: int
    opening: Pair
    points: tuple[PricePoint, ...]


class Kind(Enum):
    """What a step of the pool was."""

    MINT = "mint"
    SALE = "sale"
    EXIT = "exit"
    REFUND = "refund"
    INJECTION = "injection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the pool's sequence, as everybody may see it.

    `rules` is the version it was handled with, 0 where that is the one of its day.
    """

    number: int
    kind: Kind
    day: int
    rules: int
    before: Pair
    after: Pair

    @property
    def money_moved(self) -> int:
        """Give what the pool gained, negative when it paid."""
        return self.after.money - self.before.money

    @property
    def points_moved(self) -> int:
        """Give the points that came into circulation, negative when they left."""
        return self.after.circulating - self.before.circulating


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The orders settled within a stretch of days: how many, what they spent, what flowed in."""

    days: int
    orders: int
    spend: int
    inflow: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLot:
    """A lot that still holds points: how many, and what it may still take (E13)."""

    left: int
    cap_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenth:
    """A tenth of the members by the order they came in: spent, received so far, still holding."""

    members: int
    spend: int
    paid: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the honest facts are computed from (H2).

    `paid` is the net of sales and exits less what refunds kept; `brought` is all that ever came
    into the pool for members: inflow and injections, less what refunds took out. `paces` are the
    last day, the last week and the last orders of whatever day, shortest first. `ahead` are the
    next lots to reach their caps, nearest first. The tenths are None while fewer than ten members
    have had points, or while they were not compared yet.
    """

    lots: int
    lots_capped: int
    spend: int
    brought: int
    paid: int
    paces: tuple[Pace, ...]
    ahead: tuple[OpenLot, ...]
    first_tenth: Tenth | None
    last_tenth: Tenth | None
    is_compared: bool


class Standing(Enum):
    """Where a version of the rules stands."""

    NOTICE = "notice"
    IN_FORCE = "in_force"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as a version has it: what it says, how much, and where the number comes from."""

    name: str
    group: str
    title: str
    sentence: str
    words: str
    clause: str
    source: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a version changed in one rule against the version before it, in words."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published version of the rules, without its contents."""

    number: int
    standing: Standing
    published_at: int
    effective_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A version with everything in it."""

    version: Version
    terms: Terms
    rules: tuple[Rule, ...]
    changes: tuple[Change, ...]
