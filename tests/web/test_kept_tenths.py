"""The costly comparison is made by one, kept for a time that fits its cost, and told meanwhile."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gongxiang.queries import kept_tenths
from gongxiang.queries.kept_tenths import LONG, TIMES
from gongxiang.queries.pool_data import Pair, PoolNow, Tenth
from tests.forgetting import forget

ONE = (Tenth(members=1, spend=1, paid=1, held=1), Tenth(members=1, spend=2, paid=0, held=2))
NOW = PoolNow(
    pair=Pair(money=1, circulating=1),
    steps=1_000,
    now=0,
    lag=0,
    behind_since=None,
    last_day=None,
)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    forget()
    at = [0]
    monkeypatch.setattr(kept_tenths, "monotonic_ns", lambda: at[0])
    yield at
    forget()


def asked(steps: int) -> tuple[tuple[Tenth, ...], bool]:
    return kept_tenths.kept_tenths(replace(NOW, steps=steps), platform="p")


def keep(steps: int, *, took: int) -> None:
    kept_tenths.keep_tenths(ONE, replace(NOW, steps=steps), platform="p", took=took)


def test_one_makes_it_and_the_others_go_without_until_it_is_there() -> None:
    assert [asked(1_000), asked(1_000)] == [((), True), ((), False)]
    keep(1_000, took=1)
    assert asked(1_000) == (ONE, False)


def test_it_is_made_again_after_half_a_per_cent_by_one() -> None:
    asked(1_000)
    keep(1_000, took=1)
    assert asked(1_004) == (ONE, False)
    assert [asked(1_005), asked(1_005)] == [(ONE, True), (ONE, False)]


def test_what_took_long_is_kept_twenty_times_as_long(clock: list[int]) -> None:
    took = LONG + 1
    asked(1_000)
    keep(1_000, took=took)
    clock[0] = TIMES * took - 1
    assert asked(2_000) == (ONE, False)
    clock[0] += 1
    assert asked(2_000) == (ONE, True)
