"""The reward budget: the most that one order can pay out, against what is set aside for it (R1).

    worst case = direct + indirect + recruiter
               + agents (flat: the sum of all levels; differential: the highest level)
               + ranks, when payable (the highest rank's rate, and the peer rate once a rank)

Units: rates per myriad of the order's amount.
Source: R1, R5, R6.
"""

from dataclasses import dataclass

from gongxiang.economy.agency import LEVELS
from gongxiang.economy.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The parts of the worst case by rule name, their sum, and the budget."""

    parts: tuple[tuple[str, int], ...]
    worst: int
    limit: int

    @property
    def is_over(self) -> bool:
        """Tell whether one order could pay out more than its budget."""
        return self.worst > self.limit


def budget_of(*, terms: Terms) -> Budget:
    """Add up the worst case of an order, naming every part."""
    parts = (
        ("direct", terms.direct),
        ("indirect", terms.indirect),
        ("recruiter", terms.recruiter),
        *_agents(terms=terms),
        *_ranks(terms=terms),
    )
    worst = sum(rate for _, rate in parts)
    return Budget(parts=parts, worst=worst, limit=terms.distribution_rate)


def _agents(*, terms: Terms) -> tuple[tuple[str, int], ...]:
    """Give every level in flat mode, and the highest one in differential mode."""
    levels = tuple(zip(LEVELS, terms.agent_rates(), strict=True))
    if terms.agent_mode == "flat":
        return levels
    return (max(levels, key=lambda level: level[1]),)


def _ranks(*, terms: Terms) -> tuple[tuple[str, int], ...]:
    """Give what ranks can take of one order, nothing unless the system pays them."""
    if terms.rank_mode != "payable":
        return ()
    highest = max(terms.rank_rates, default=0)
    return (("rank_rates", highest), ("peer_rate", terms.peer_rate * len(terms.rank_rates)))
