"""Rewards of an order (分销): who is paid what from its distribution budget (R1).

Persons and rates are frozen when the order is paid; money moves when it settles. Rewards never
exceed the budget: a rulebook that could is refused when it is loaded (rulebook/check.py).

Units: rates per myriad of the spend.
Source: R1.
"""

from typing import Final

from gongxiang.economy.agency import LEVELS, rates
from gongxiang.economy.events import Key, Reward
from gongxiang.economy.terms import Terms

ROLES: Final = ("direct", "indirect", "recruiter", *LEVELS)
"""Every role that an order can reward."""


def of_referral(direct: Key | None, indirect: Key | None, *, terms: Terms) -> tuple[Reward, ...]:
    """Give the rewards of those who brought the member (R3), without the ones of rate 0."""
    if direct is None or not terms.direct:
        first: tuple[Reward, ...] = ()
    else:
        first = (("direct", direct, terms.direct),)
    if indirect is None or not terms.indirect:
        return first
    return (*first, ("indirect", indirect, terms.indirect))


def of_store(
    recruiter: Key | None, agents: tuple[Key | None, ...], *, terms: Terms
) -> tuple[Reward, ...]:
    """Give the rewards that a store's turnover earns: its recruiter (R4) and the agents (R5).

    `agents` names who is in office at each of the four levels, None where nobody is.

    >>> of_store("r", ("d", None, "p", None), terms=TERMS)
    (('recruiter', 'r', 50), ('district', 'd', 10), ('province', 'p', 20))
    """
    found: list[Reward] = []
    if recruiter is not None and terms.recruiter:
        found.append(("recruiter", recruiter, terms.recruiter))
    agent_rates = rates(tuple(agent is not None for agent in agents), terms=terms)
    for level, agent, rate in zip(LEVELS, agents, agent_rates, strict=True):
        if agent is not None and rate:
            found.append((level, agent, rate))
    return tuple(found)
