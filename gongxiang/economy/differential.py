"""Rank differential (级差) and peer reward (平级): off unless a town decides otherwise.

    rank  = how many turnover lines his team has reached; the team is everybody below him
    level = his rank's rate - the highest rate below him          peer = the peer rate, once a rank

In `statement_only` this makes a statement for the operator and pays nobody; only `payable` makes
rewards, and then their worst case counts against the budget (R1). One's own spending gives no
rank: a rank is never bought.

Units: turnover in micro-yuan, rates per myriad of the order's amount.
Source: R6, H3, H4.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from gongxiang.economy.events import Key, Reward
from gongxiang.economy.terms import Terms

Member = TypeVar("Member", bound=Key)
"""One kind of key within a forest, all texts or all numbers."""

RANK = "rank"
"""The role of one who takes the difference."""

PEER = "peer"
"""The role of one whose rank is already taken below him."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestor:
    """Somebody above the buyer, and the turnover of his team."""

    member: Key
    turnover: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """What one ancestor takes of an order by the rank rules, and why."""

    member: Key
    role: str
    rank: int
    rate: int


def rank_of(*, turnover: int, terms: Terms) -> int:
    """Give the rank of a team's turnover: the lines it has reached; 0 is no rank."""
    return bisect_right(terms.rank_turnover, turnover)


def team_turnover(
    *, referrers: Mapping[Member, Member | None], spends: Mapping[Member, int]
) -> dict[Member, int]:
    """Add up what everybody below each member has spent, without his own spending.

    `referrers` is a forest: it names every member and who brought him, or None.

    >>> team_turnover(referrers={"a": None, "b": "a", "c": "b"}, spends={"a": 9, "b": 3, "c": 1})
    {'a': 4, 'b': 1, 'c': 0}
    """
    below = dict.fromkeys(referrers, 0)
    waiting = dict.fromkeys(referrers, 0)
    for referrer in referrers.values():
        if referrer is not None:
            waiting[referrer] += 1
    ready = [member for member, children in waiting.items() if not children]
    for member in ready:
        referrer = referrers[member]
        if referrer is None:
            continue
        below[referrer] += below[member] + spends.get(member, 0)
        waiting[referrer] -= 1
        if not waiting[referrer]:
            ready.append(referrer)
    assert len(ready) == len(referrers), "the referral graph has a cycle (R2)"
    return below


def statement(*, ancestors: Iterable[Ancestor], terms: Terms) -> tuple[StatementLine, ...]:
    """Compute who would take what of an order, the nearest ancestor first; nothing when off."""
    if terms.rank_mode == "off":
        return ()
    lines = []
    highest = 0
    is_peer_due = False
    for ancestor in ancestors:
        rank = rank_of(turnover=ancestor.turnover, terms=terms)
        if rank > highest:
            rate = _rate(rank=rank, terms=terms) - _rate(rank=highest, terms=terms)
            lines.append(StatementLine(member=ancestor.member, role=RANK, rank=rank, rate=rate))
            highest, is_peer_due = rank, terms.peer_rate > 0
        elif rank == highest and is_peer_due:
            rate, is_peer_due = terms.peer_rate, False
            lines.append(StatementLine(member=ancestor.member, role=PEER, rank=rank, rate=rate))
    return tuple(lines)


def rank_rewards(*, ancestors: Iterable[Ancestor], terms: Terms) -> tuple[Reward, ...]:
    """Give the rank rewards that the system pays: the statement's, and only when payable."""
    if terms.rank_mode != "payable":
        return ()
    lines = statement(ancestors=ancestors, terms=terms)
    return tuple((line.role, line.member, line.rate) for line in lines if line.rate)


def _rate(*, rank: int, terms: Terms) -> int:
    """Give the rate of a rank; no rank has none."""
    return terms.rank_rates[rank - 1] if rank else 0
