"""The desk a member sells at: the present, what he holds, what the day still allows.

Units: µ¥, atoms. Source: E11, E12; design/ui/faces.md 7 (b).
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.ledger.together import Together
from gongxiang.queries import offers
from gongxiang.queries import points as queries
from gongxiang.queries.points_data import Held, Quote, Waiting
from gongxiang.queries.pool import POOL
from gongxiang.queries.present import Present, present, present_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The member, the present, what he holds, and the lots of it that can be sold now."""

    member: int
    present: Present
    holding: tuple[Held, ...]
    lots: tuple[Held, ...]
    left_today: int | None

    @property
    def most(self) -> int:
        """Give what can be sold now: unlocked, and within what is left of today's limit."""
        unlocked = sum(each.lot.left for each in self.lots)
        return unlocked if self.left_today is None else min(unlocked, self.left_today)

    def quote(self, points: int) -> Quote:
        """Say what selling pays now; raises `SaleExceedsHolding`."""
        pool = self.present.pool
        return offers.quote(self.lots, points, pair=pool.pair, now=pool.now)


_ASKED: Final = Together(pool=POOL, waiting=queries.WAITING)


def desk_of(*, member: int) -> Desk:
    """Set up the desk of a member, inside one moment of the database; raises `NotOpen`."""
    return _desk(member, present())


def desk_and_waiting(*, member: int) -> tuple[Desk, tuple[Waiting, ...]]:
    """Set up the desk, and give the orders that have not settled yet; raises `NotOpen`."""
    told = _ASKED.ask(member=member)
    now = present_of(told["pool"])
    waiting = tuple(
        queries.waiting_of(row, pair=now.pool.pair, versions=now.versions)
        for row in told["waiting"]
    )
    return _desk(member, now), waiting


def _desk(member: int, now: Present) -> Desk:
    holding = queries.holding(member=member, versions=now.versions)
    return Desk(
        member=member,
        present=now,
        holding=holding,
        lots=tuple(offers.sellable(holding, pair=now.pool.pair, now=now.pool.now)),
        left_today=queries.left_today(
            member=member,
            now=now.pool.now,
            circulating=now.pool.pair.circulating,
            terms=now.terms,
        ),
    )
