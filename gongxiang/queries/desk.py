"""The desk a member sells at: the present, what he holds, what the day still allows.

Units: µ¥, atoms. Source: E11, E12; design/ui/faces.md 7 (b).
"""

from dataclasses import dataclass

from gongxiang.queries import offers
from gongxiang.queries import points as queries
from gongxiang.queries.points_data import Held, Quote
from gongxiang.queries.present import Present, present


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


def desk_of(*, member: int) -> Desk:
    """Set up the desk of a member, inside one moment of the database; raises `NotOpen`."""
    now = present()
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
