"""Rank rewards telescope, stay within their worst case, and are paid only when a town says so."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.base.money import YUAN
from gongxiang.economy.differential import (
    Ancestor,
    StatementLine,
    rank_of,
    rank_rewards,
    statement,
    team_turnover,
)
from gongxiang.economy.terms import Terms
from gongxiang.rulebook.budget import budget_of
from gongxiang.rulebook.load import load_terms

OFF = load_terms(preset="seed-1")
PAYABLE = replace(
    OFF,
    rank_mode="payable",
    rank_turnover=(10_000 * YUAN, 50_000 * YUAN, 200_000 * YUAN),
    rank_rates=(10, 25, 40),
    peer_rate=5,
)
STATEMENT_ONLY = replace(PAYABLE, rank_mode="statement_only")


def people(*ranks: int) -> list[Ancestor]:
    lines = (0, *PAYABLE.rank_turnover)
    return [Ancestor(member=place, turnover=lines[rank]) for place, rank in enumerate(ranks)]


@pytest.mark.parametrize(
    ("turnover", "rank"),
    [
        (0, 0),
        (10_000 * YUAN - 1, 0),
        (10_000 * YUAN, 1),
        (50_000 * YUAN - 1, 1),
        (50_000 * YUAN, 2),
        (200_000 * YUAN, 3),
        (10**18, 3),
    ],
)
def test_a_team_has_the_rank_of_the_lines_it_reached(turnover: int, rank: int) -> None:
    assert rank_of(turnover=turnover, terms=PAYABLE) == rank


def test_each_takes_his_rate_less_the_highest_below_him() -> None:
    assert statement(ancestors=people(1, 2, 3), terms=PAYABLE) == (
        StatementLine(member=0, role="rank", rank=1, rate=10),
        StatementLine(member=1, role="rank", rank=2, rate=15),
        StatementLine(member=2, role="rank", rank=3, rate=15),
    )


def test_one_below_the_highest_takes_nothing() -> None:
    lines = statement(ancestors=people(2, 1, 0, 3), terms=PAYABLE)
    assert [(line.member, line.rate) for line in lines] == [(0, 25), (3, 15)]


def test_the_nearest_peer_takes_the_peer_rate_once_a_rank() -> None:
    lines = statement(ancestors=people(1, 1, 1, 3, 3, 3), terms=PAYABLE)
    assert [(line.member, line.role, line.rate) for line in lines] == [
        (0, "rank", 10),
        (1, "peer", 5),
        (3, "rank", 30),
        (4, "peer", 5),
    ]


def test_people_without_a_rank_are_no_peers() -> None:
    assert statement(ancestors=people(0, 0, 0), terms=PAYABLE) == ()


def test_without_a_peer_rate_there_is_no_peer() -> None:
    terms = replace(PAYABLE, peer_rate=0)
    assert [line.role for line in statement(ancestors=people(2, 2), terms=terms)] == ["rank"]


def test_off_computes_nothing_and_pays_nothing() -> None:
    terms = replace(PAYABLE, rank_mode="off")
    assert statement(ancestors=people(1, 2, 3), terms=terms) == ()
    assert rank_rewards(ancestors=people(1, 2, 3), terms=terms) == ()
    assert OFF.rank_mode == "off"


def test_statement_only_computes_and_pays_nothing() -> None:
    ancestors = people(1, 2, 2)
    assert statement(ancestors=ancestors, terms=STATEMENT_ONLY) == statement(
        ancestors=ancestors, terms=PAYABLE
    )
    assert rank_rewards(ancestors=ancestors, terms=STATEMENT_ONLY) == ()


def test_payable_pays_what_the_statement_says() -> None:
    assert rank_rewards(ancestors=people(1, 2, 2), terms=PAYABLE) == (
        ("rank", 0, 10),
        ("rank", 1, 15),
        ("peer", 2, 5),
    )


@given(ranks=st.lists(st.integers(0, 3), max_size=30))
def test_no_line_of_ancestors_takes_more_than_the_worst_case(ranks: list[int]) -> None:
    lines = statement(ancestors=people(*ranks), terms=PAYABLE)
    by_rank = [line.rate for line in lines if line.role == "rank"]
    peers = [line.rank for line in lines if line.role == "peer"]
    assert all(line.rate > 0 for line in lines)
    assert sum(by_rank) == (0, *PAYABLE.rank_rates)[max(ranks, default=0)]
    assert len(set(peers)) == len(peers)
    worst = budget_of(terms=PAYABLE).worst - budget_of(terms=OFF).worst
    assert sum(line.rate for line in lines) <= worst


def test_the_worst_case_is_reached() -> None:
    lines = statement(ancestors=people(1, 1, 2, 2, 3, 3), terms=PAYABLE)
    worst = budget_of(terms=PAYABLE).worst - budget_of(terms=OFF).worst
    assert sum(line.rate for line in lines) == worst == 55


@st.composite
def forests(draw: st.DrawFn) -> dict[int, int | None]:
    """Draw a referral forest: everybody is brought by somebody earlier, in any order."""
    size = draw(st.integers(0, 20))
    parents = {
        member: draw(st.none() | st.integers(0, member - 1)) if member else None
        for member in range(size)
    }
    return {member: parents[member] for member in draw(st.permutations(list(parents)))}


@given(referrers=forests(), data=st.data())
def test_a_team_is_everybody_below_and_not_oneself(
    referrers: dict[int, int | None], data: st.DataObject
) -> None:
    spends = {member: data.draw(st.integers(0, 10**6)) for member in referrers}
    expected = dict.fromkeys(referrers, 0)
    for member, spend in spends.items():
        above = referrers[member]
        while above is not None:
            expected[above] += spend
            above = referrers[above]
    assert team_turnover(referrers=referrers, spends=spends) == expected


def test_a_cycle_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="cycle"):
        team_turnover(referrers={"a": "b", "b": "a", "c": None}, spends={})


def test_a_deep_line_is_no_problem() -> None:
    depth = 20_000
    referrers = {member: member - 1 if member else None for member in range(depth)}
    below = team_turnover(referrers=referrers, spends=dict.fromkeys(range(depth), 1))
    assert below[0] == depth - 1


def terms_with(mode: str) -> Terms:
    return replace(PAYABLE, rank_mode=mode)


@given(ranks=st.lists(st.integers(0, 3), max_size=10), mode=st.sampled_from(["off", "payable"]))
def test_rewards_are_never_empty_promises(ranks: list[int], mode: str) -> None:
    rewards = rank_rewards(ancestors=people(*ranks), terms=terms_with(mode))
    assert all(rate > 0 for _, _, rate in rewards)
    assert bool(rewards) == (mode == "payable" and any(ranks))
