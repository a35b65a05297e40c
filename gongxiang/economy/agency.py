"""Agents (区代, 市代, 省代, 大区): who earns on a region's stores, when, and at what rate (R5).

Differential mode: each filled level takes its rate less the highest rate of the filled levels
below it. Flat mode: each takes its own. A period is half-open: it begins at 00:00 (+08:00) of the
day after the contract and ends at 00:00 of the day after its end; a successor never shortens the
one before, and an empty period is paid nothing and takes nothing.

The rates themselves (`district`, `city`, `province`, `grand_region`) stand in rules/agents.toml.

Units: rates per myriad; moments in microseconds.
Source: R5.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gongxiang.economy.events import Key
from gongxiang.economy.terms import Terms

LEVELS: Final = ("district", "city", "province", "grand_region")
"""The levels of agents, from the smallest region to the largest."""


@dataclass(slots=True)
class Contract:
    """One agent's period for one region: `[start_at, end_at)`, None = without an end."""

    member: Key
    start_at: int
    end_at: int | None = None


def rates(filled: Sequence[bool], *, terms: Terms) -> tuple[int, ...]:
    """Give each level's rate, 0 where nobody is in office, for the four levels in order.

    >>> rates((True, True, True, False), terms=TERMS)
    (10, 10, 10, 0)
    >>> rates((False, True, False, False), terms=TERMS)
    (0, 20, 0, 0)
    """
    highest = 0
    result = []
    for is_filled, rate in zip(filled, terms.agent_rates(), strict=True):
        if not is_filled:
            result.append(0)
        elif terms.agent_mode == "flat":
            result.append(rate)
        else:
            result.append(max(0, rate - highest))
            highest = max(highest, rate)
    return tuple(result)


def is_taken(contracts: Iterable[Contract], *, start_at: int) -> bool:
    """Tell whether a region has an agent without an end, or one that reaches beyond `start_at`.

    >>> is_taken([Contract("a", 0, 5)], start_at=5), is_taken([Contract("a", 0)], start_at=9)
    (False, True)
    >>> is_taken([Contract("a", 5, 5)], start_at=3)
    False
    """
    return any(
        contract.end_at is None or (contract.start_at < contract.end_at > start_at)
        for contract in contracts
    )


def in_office(contracts: Sequence[Contract], *, at: int) -> Contract | None:
    """Give the contract in force at a moment: at most one is (R5)."""
    for contract in reversed(contracts):
        if contract.start_at <= at and (contract.end_at is None or at < contract.end_at):
            return contract
    return None
