"""The bench of the replay runs, and its tight loop ends where the product does."""

import json

import pytest

from bench import __main__ as doors
from bench import replay, tight, workload
from gongxiang.cli.replay import fold
from tests.economy.watched import SEED_1


def test_a_small_run_prints_rates_ratios_and_growth(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ("--orders", "2000", "--members", "300", "--stores", "20", "--rounds", "1")
    assert replay.main([*sizes, "--sizes", "1000", "4000"]) == 0
    printed = capsys.readouterr().out
    assert "2,000 orders of 300 members at 20 stores: 2,339 lines" in printed
    for what in ("replay / tight json", "replay / tight msgspec", "bytes an order", "exponent"):
        assert what in printed


def test_the_tight_loop_and_the_product_end_alike(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("bench") / "common.jsonl"
    workload.write(path, orders=6_000, members=200, stores=20)
    with path.open("rb") as lines:
        totals = tight.fold(lines, json.loads)
    state = fold(path, SEED_1).state
    assert totals.orders == state.orders == 6_000
    assert totals.exits == len(state.exited) > 0
    assert (totals.money, totals.circulating) == (state.money, state.circulating)


def test_the_common_workload_rewards_six_people_an_order_and_refuses_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("bench") / "common.jsonl"
    workload.write(path, orders=500, members=200, stores=20)
    again = path.with_suffix(".again")
    workload.write(again, orders=500, members=200, stores=20)
    assert path.read_bytes() == again.read_bytes()
    lines = path.read_bytes().count(b"\n")
    assert lines == 500 + workload.introductions(members=200, stores=20)
    folded = fold(path, SEED_1)
    assert (folded.refused, folded.repeated) == ([], 0)
    roles = set(folded.state.rewards)
    assert roles == {"direct", "indirect", "recruiter", "district", "city", "province"}


def test_an_unknown_bench_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert doors.main(["nothing"]) == 2
    assert "replay" in capsys.readouterr().err
