"""Who is rewarded is looked up when an order is paid, and kept only while nothing can change it."""

import json

import pytest

from gongxiang.lab.replay import Replay
from tests.economy.watched import SEED_1, terms_with
from tests.lab.folded import folded, outcome

DAY = "2026-03-{:02}T{}+08:00"


def line(kind: str, name: str, **fields: object) -> str:
    """Give the text of a line."""
    return json.dumps({"type": kind, "id": name} | fields)


def member(name: str, referrer: str | None, via_store: str | None = None) -> str:
    """Introduce a member."""
    return line("member", name, referrer=referrer, via_store=via_store)


def store(name: str, **fields: object) -> str:
    """Introduce a store."""
    usual = {"owner": None, "recruiter": None, "district": "440106", "commission_rate": 2_000}
    return line("store", name, **(usual | fields))


def paid(name: str, who: str, *, day: int = 1, time: str = "10:00:00", where: str = "s") -> str:
    """Pay 1,000 yuan."""
    at = DAY.format(day, time)
    return line("paid", name, member=who, store=where, amount_fen=100_000, at=at)


def cash(*lines: str) -> dict[str, int]:
    """Give each person's rewards in yuan."""
    answer = outcome(folded(lines, SEED_1))
    assert answer["refused"] == []
    return {name: int(amount) // 1_000_000 for name, amount in answer["cash"].items()}


def test_a_referrer_who_comes_later_passes_on_to_his_own_from_then_on() -> None:
    found = cash(
        store("s"),
        member("m", "later"),
        paid("o1", "m"),
        member("later", "top"),
        paid("o2", "m"),
    )
    assert found == {"later": 6, "top": 2}


def test_the_store_that_bound_a_member_may_open_later() -> None:
    found = cash(
        store("s"),
        member("top", None),
        member("up", "top"),
        member("m", "up", "door"),
        paid("o1", "m"),
        store("door", recruiter="r"),
        paid("o2", "m"),
    )
    assert found == {"up": 6, "top": 2, "r": 2}


def test_a_guest_known_from_an_order_is_bound_to_nobody_and_cannot_be_introduced() -> None:
    answer = outcome(folded([store("s"), paid("o1", "g"), member("g", "up")], SEED_1))
    assert answer["refused"] == [{"line": 3, "reason": "exists"}]


def test_nobody_becomes_his_own_ancestor() -> None:
    for lines in (
        [member("a", "a")],
        [member("a", "b"), member("b", "a")],
        [member("a", "b"), member("b", "c"), member("c", "a")],
    ):
        answer = outcome(folded(lines, SEED_1))
        assert answer["refused"] == [{"line": len(lines), "reason": "cycle"}]


def test_a_chain_of_a_hundred_thousand_is_not_walked_again_and_again() -> None:
    chain = [member("m0", None), *(member(f"m{n}", f"m{n - 1}") for n in range(1, 100_000))]
    named = [member(f"child{n}", f"late{n}") for n in range(3_000)]
    late = [member(f"late{n}", "m99999") for n in range(3_000)]
    replay = folded([*chain, *named, *late, member("m", "late0")], SEED_1)
    assert len(replay.world.members) == 106_001
    assert replay.refused == []


def test_a_cycle_is_found_after_those_at_the_top_were_bound_themselves() -> None:
    lines = [
        member("c", "b"),
        member("x", "c"),
        member("b", "a"),
        member("y", "x"),
        member("a", "top"),
        member("top", "y"),
        member("top", None),
    ]
    answer = outcome(folded(lines, SEED_1))
    assert answer["refused"] == [{"line": 6, "reason": "cycle"}]


AGENTS = (
    line("agent", "a1", member="d", level="district", region="440106"),
    line("agent", "a2", member="c", level="city", region="440100"),
    line("agent", "a3", member="p", level="province", region="440000"),
)


@pytest.mark.parametrize(
    ("division", "found"),
    [
        ("440106", {"d": 1, "c": 1, "p": 1}),
        ("440104", {"c": 2, "p": 1}),
        ("441900", {"p": 3}),
        ("330106", {}),
        (None, {}),
    ],
)
def test_agents_earn_by_the_stores_division(division: str | None, found: dict[str, int]) -> None:
    assert cash(*AGENTS, store("s", district=division), paid("o1", "m")) == found


def test_an_agent_of_a_district_that_hangs_on_a_province_leaves_out_the_city() -> None:
    found = cash(
        line("agent", "a1", member="d", level="district", region="429004"),
        line("agent", "a2", member="p", level="province", region="420000"),
        store("s", district="429004"),
        paid("o1", "m"),
    )
    assert found == {"d": 1, "p": 2}


def test_a_grand_region_is_named_before_or_after_its_stores() -> None:
    terms = terms_with(grand_region=45)
    named = line("grand_region", "south", provinces=["440000", "450000"])
    agent = line("agent", "a1", member="g", level="grand_region", region="south")
    for lines in ([named, agent, store("s")], [store("s"), named, agent]):
        answer = outcome(folded([*lines, paid("o1", "m")], terms))
        assert answer["cash"] == {"g": "4500000"}


def test_a_contract_begins_at_midnight_in_shanghai_and_ends_at_the_next() -> None:
    region = {"level": "district", "region": "440106"}
    found = cash(
        store("s"),
        line("agent", "a1", member="d", at=DAY.format(1, "12:00:00"), **region),
        paid("o1", "m", day=1, time="23:59:59.999999"),
        paid("o2", "m", day=2, time="00:00:00"),
        line("agent_ended", "e1", at=DAY.format(2, "00:00:00"), **region),
        paid("o3", "m", day=2, time="23:59:59.999999"),
        line("agent", "a2", member="next", at=DAY.format(2, "23:59:59.999999"), **region),
        paid("o4", "m", day=3, time="00:00:00"),
    )
    assert found == {"d": 2, "next": 1}


def test_an_undated_contract_acts_at_the_clock() -> None:
    region = {"level": "district", "region": "440106"}
    found = cash(
        store("s"),
        paid("o1", "m"),
        line("agent", "a1", member="d", **region),
        paid("o2", "m"),
        line("agent_ended", "e1", **region),
        paid("o3", "m"),
    )
    assert found == {"d": 1}


def test_a_replay_knows_nobody_before_the_first_line() -> None:
    replay = Replay(SEED_1)
    assert (replay.world.members, replay.world.stores) == ({}, {})
