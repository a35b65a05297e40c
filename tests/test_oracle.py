"""The oracle reads the rules as the examples do, and its scenarios reach every clause.

Units: micro-yuan, atoms.
Source: events.md, economy.md, rewards.md R1 and R8.
"""

import json
import tomllib
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests import oracle
from tests.malformed import MALFORMED
from tests.oracle.oracle import shared
from tests.places import NO_STORE_DIVISIONS, STORE_DIVISIONS
from tests.strategies import rules, scenario, scenarios

_OUTSIDE = {"injected": 1, "withdrawn": -1, "store_received": -1, "store_paid_in": 1}
TYPES = (
    *("member", "store", "grand_region", "agent", "agent_ended"),
    *("paid", "refunded", "sold", "injected", "withdrawn", "clock"),
    *("store_received", "store_paid_in"),
    *("rate_changed", "owner_changed"),
)
REASONS = (
    *("duplicate", "clock", "amount", "unknown store", "refund", "points", "balance", "exists"),
    *("cycle", "commission rate", "division", "recruiter", "region", "region taken", "no agent"),
    *("since",),
)
KINDS = ("direct", "indirect", "recruiter", "district", "city", "province", "grand_region")
CLOCK = '{"type": "clock", "id": "c0", "at": "2026-03-01T00:00:00+08:00"}'


def _examples() -> list[Any]:
    manifest = shared().joinpath("examples", "manifest.toml")
    if not manifest.exists():
        absent = pytest.mark.skip(reason=f"no examples: {manifest} is absent")
        return [pytest.param("", "", marks=absent, id="absent")]
    listed = tomllib.loads(manifest.read_text(encoding="utf-8"))["example"]
    return [pytest.param(item["name"], item["set"], id=item["name"]) for item in listed]


def _settings(text: str) -> dict[str, int | str]:
    pairs = (item.split("=") for item in text.split())
    return {name: int(value) if value.isdigit() else value for name, value in pairs}


@pytest.mark.parametrize(("name", "text"), _examples())
def test_every_example_gives_its_expected_result(name: str, text: str) -> None:
    folder = shared().joinpath("examples")
    expected = json.loads(folder.joinpath(f"{name}.expected.json").read_text(encoding="utf-8"))
    with folder.joinpath(f"{name}.events.jsonl").open("rb") as lines:
        result = oracle.run(lines, oracle.PRESETS["seed-1"] | _settings(text))
    for key in {*expected, *result}:
        assert result.get(key) == expected.get(key), key


def test_two_hundred_scenarios_reach_every_event_reason_and_reward() -> None:
    accepted: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for seed in range(200):
        lines = scenario(seed, 80)
        result = oracle.run(lines, rules(seed))
        refused = {item["line"]: item["reason"] for item in result["refused"]}
        accepted.update(e["type"] for number, e in oracle.read(lines) if number not in refused)
        reasons.update(refused.values())
        kinds.update(result["rewards"].keys())
        seen["repeated"] += result["repeated"]
        seen["pending"] += result["facts"]["pending"]
        seen["exits"] += len(result["exits"])
        seen["debts of stores"] += any(owed.startswith("-") for owed in result["stores"].values())
        seen["lots left open"] += result["facts"]["lots_open"]
    assert set(accepted) == set(TYPES)
    assert set(reasons) == set(REASONS)
    assert set(kinds) == set(KINDS)
    assert all(seen.values()), seen


def test_scenarios_return_rewards_within_one_person_whole_and_as_far_as_is_left() -> None:
    reached: Counter[str] = Counter()
    for seed in range(200):
        world = oracle.World(rules(seed))
        for number, event in oracle.read(scenario(seed, 80)):
            world.step(number, event)
        for own, returned in world.own_returned:
            assert 0 <= returned <= own
            reached[
                "nothing of his own" if not own else "whole" if own == returned else "less"
            ] += 1
    assert min(reached[each] for each in ("nothing of his own", "whole", "less")) >= 20, reached


@pytest.mark.parametrize(
    ("own_rate", "returned"),
    [(0, 0), (30, 1_500_000), (130, 6_500_000), (10_000, 500_000_000)],
)
def test_what_he_was_rewarded_himself_comes_out_of_his_refund_for_the_store(
    own_rate: int, returned: int
) -> None:
    """Half of 1,000 yuan goes back: exactly 0.3 % of it stays with the store, and so on."""
    at = "2026-03-01T00:00:0{}+08:00"
    store = {"type": "store", "id": "s", "owner": None, "recruiter": None, "district": None}
    events: list[dict[str, Any]] = [
        store | {"commission_rate": 2_000},
        {"type": "paid", "id": "o", "member": "m", "store": "s", "amount_fen": 100_000},
        {"type": "refunded", "id": "r", "order": "o", "amount_fen": 50_000},
    ]
    worlds = []
    for own in ({}, {"own_rate": own_rate}):
        world = oracle.World({})
        lines = [json.dumps(each | {"at": at.format(n)}) for n, each in enumerate(events[:2])]
        lines.append(json.dumps(events[2] | own | {"at": at.format(3)}))
        for number, event in oracle.read(lines):
            assert world.step(number, event) == "accepted"
        worlds.append(world)
    without, with_own = worlds
    assert with_own.own_returned[0][1] == returned
    assert without.refunded_out - with_own.refunded_out == returned
    assert with_own.stores["s"] - without.stores["s"] == returned
    assert (with_own.pool.money, with_own.platform) == (without.pool.money, without.platform)
    assert (with_own.unspent, with_own.cash["m"]) == (without.unspent, without.cash["m"])


def test_a_refund_of_what_waits_returns_no_reward_and_no_own_rate_is_none() -> None:
    at = '"at": "2026-03-01T00:00:00+08:00"}'
    lines = [
        (
            '{"type": "store", "id": "s", "owner": null, "recruiter": null, "district": null,'
            ' "commission_rate": 2000}'
        ),
        f'{{"type": "paid", "id": "o", "member": "m", "store": "s", "amount_fen": 9, {at}',
        f'{{"type": "refunded", "id": "r", "order": "o", "amount_fen": 5, "own_rate": 50, {at}',
        f'{{"type": "refunded", "id": "q", "order": "o", "amount_fen": 2, {at}',
        f'{{"type": "refunded", "id": "q", "order": "o", "amount_fen": 2, "own_rate": 0, {at}',
    ]
    result = oracle.run(lines, {"window": 60})
    assert (result["refused"], result["repeated"]) == ([], 1)
    assert result["stores"] == {"s": "16000"}
    assert result["cash"] == {}


def test_a_seed_always_gives_the_same_scenario() -> None:
    assert scenario(7, 60) == scenario(7, 60)
    assert scenario(7, 60) != scenario(8, 60)
    assert rules(7) == rules(7)


def test_the_divisions_of_the_scenarios_are_real() -> None:
    divisions = oracle.World({}).people.divisions
    assert all(divisions.may_hold_a_store(code) for code in STORE_DIVISIONS)
    assert not any(divisions.may_hold_a_store(code) for code in NO_STORE_DIVISIONS)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=scenarios())
def test_no_micro_yuan_is_made_or_lost(drawn: tuple[dict[str, int | str], list[str]]) -> None:
    terms, lines = drawn
    world = oracle.World(terms)
    came = world.pool.money
    for number, event in oracle.read(lines):
        if world.step(number, event) == "accepted":
            sign = _OUTSIDE.get(event["type"], 0)
            came += sign * event.get("amount_fen", 0) * 10_000
    world.settle(None)
    came += sum(lot.settled_with for lot in world.pool.lots.values()) - world.refunded_out
    held = world.pool.money + world.platform + world.unspent
    assert came == held + sum(world.cash.values()) + sum(world.stores.values())


@pytest.mark.parametrize("line", MALFORMED)
def test_a_malformed_line_stops_the_run_with_its_number(line: str) -> None:
    with pytest.raises(oracle.Malformed) as stopped:
        oracle.run([CLOCK, "", " \t", line, "also malformed"], {})
    assert stopped.value.line_number == 4


def test_bytes_that_are_no_text_are_malformed() -> None:
    with pytest.raises(oracle.Malformed) as stopped:
        oracle.run([CLOCK, b'{"type": "\xff"}'], {})
    assert stopped.value.line_number == 2


def test_seed_2_needs_a_larger_budget() -> None:
    with pytest.raises(oracle.RulebookRefused, match="266 is above distribution_rate"):
        oracle.run([], oracle.PRESETS["seed-2"])
    oracle.check(oracle.PRESETS["seed-2"] | {"distribution_rate": 266})


@pytest.mark.parametrize(
    "given_rules",
    [
        {"no_such_rule": 1},
        {"genesis_money": 0},
        {"opening_price": 0},
        {"exit_cap": 0},
        {"backing_rate": 10_001},
        {"payout_rate": 10_001},
        {"platform_rate": 9_801},
        {"distribution_rate": 129},
        {"direct": 101},
        {"window": -1},
        {"window": True},
        {"window": "3600"},
        {"agent_mode": "both"},
        {"agent_mode": "flat", "grand_region": 41},
    ],
)
def test_a_rulebook_that_may_not_be_is_refused(given_rules: dict[str, int | str]) -> None:
    with pytest.raises(oracle.RulebookRefused):
        oracle.run([], given_rules)


@pytest.mark.parametrize(
    "given_rules",
    [
        {"distribution_rate": 130},
        {"platform_rate": 9_800},
        {"payout_rate": 10_000, "backing_rate": 0},
        {"grand_region": 100},
        {"agent_mode": "flat", "grand_region": 40},
    ],
)
def test_a_rulebook_at_its_limits_is_taken(given_rules: dict[str, int | str]) -> None:
    assert oracle.run([], given_rules)["facts"]["orders"] == 0


def test_an_orders_table_gives_what_its_events_give() -> None:
    table = [
        "order_id,member_id,store_id,paid_at,amount_fen,refund_of\r\n",
        "o2,m,s,2026-03-01T00:00:05+08:00,100000,\r\n",
        "o1,m,s,2026-02-28T16:00:01Z,100000,\r\n",
        "r1,m,s,2026-03-01T00:00:09+08:00,-40000,o1\r\n",
        "z,m,s,2026-03-01T00:00:10+08:00,0,\r\n",
        "r2,m,s,2026-03-01T00:00:10+08:00,-5,\r\n",
        "o2,m,s,2026-03-01T00:00:05+08:00,100000,\r\n",
        "o2,m,s,2026-03-01T00:00:05+08:00,7,\r\n",
        "s,m,other,2026-03-01T00:00:11+08:00,7,\r\n",
    ]
    store = {"type": "store", "id": "s", "owner": None, "recruiter": None, "district": None}
    at = "2026-03-01T00:00:0{}+08:00"
    o1 = {"type": "paid", "id": "o1", "member": "m", "store": "s", "amount_fen": 100_000}
    r1 = {"type": "refunded", "id": "r1", "order": "o1", "amount_fen": 40_000}
    events = [store | {"commission_rate": 2_000}, o1 | {"at": at.format(1)}]
    events += [o1 | {"id": "o2", "at": at.format(5)}, r1 | {"at": at.format(9)}]
    result = oracle.run_table(table, {})
    expected = oracle.run([json.dumps(event) for event in events], {})
    refused = {5: "amount", 6: "refund", 8: "duplicate", 9: "duplicate"}
    assert {item["line"]: item["reason"] for item in result.pop("refused")} == refused
    assert result.pop("repeated") == 1
    assert result == {key: expected[key] for key in result}


@pytest.mark.parametrize(
    ("row", "number"),
    [
        ("o1,m,s,2026-03-01T00:00:01,100,", 3),
        ("o1,m,s,2026-03-01T00:00:01Z,1.5,", 3),
        ("o1,m,s,2026-03-01T00:00:01Z,,", 3),
        (",m,s,2026-03-01T00:00:01Z,100,", 3),
        ("o1,m,s,2026-03-01T00:00:01Z,100", 3),
    ],
)
def test_a_malformed_row_stops_the_run_with_its_line(row: str, number: int) -> None:
    head = "order_id,member_id,store_id,paid_at,amount_fen,refund_of"
    with pytest.raises(oracle.Malformed) as stopped:
        oracle.run_table([head, "o0,m,s,2026-03-01T00:00:00Z,100,", row], {})
    assert stopped.value.line_number == number
