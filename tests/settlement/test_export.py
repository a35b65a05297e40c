"""An export tells where the platform stands: replayed, it gives the same state.

Source: spec/events.md (export, Then the clock); E8.
"""

import json
from typing import Any

import pytest

from gongxiang.base.clock import parse_at
from gongxiang.cli.settling import settle_all
from gongxiang.settlement.export import unsettled
from tests import oracle
from tests.settlement.platforms import (
    Books,
    drive,
    of_database,
    of_replay,
    record,
    record_more,
    replayed,
    settle,
    terms_with,
)
from tests.strategies import rules, scenario

pytestmark = pytest.mark.db

HOUR = terms_with({"window": 3_600})
STORE = (
    '{"type":"store","id":"s","owner":null,"recruiter":null,"district":null,"commission_rate":2000}'
)


def paid(number: int, *, at: str) -> str:
    line = {"type": "paid", "id": f"o{number}", "member": "m", "store": "s", "amount_fen": 100_000}
    return json.dumps(line | {"at": f"2026-03-01T{at}Z"}, separators=(",", ":"))


def clock(name: str, *, at: str) -> str:
    return f'{{"type":"clock","id":"{name}","at":"2026-03-01T{at}Z"}}'


FIVE = [STORE, *(paid(number, at=f"{number:02}:00:00") for number in range(5))]


def test_orders_that_wait_end_the_export_with_a_clock_line(books: Books) -> None:
    replay = drive([*FIVE, clock("stop", at="04:30:00")], terms=HOUR)
    assert of_database()["facts"]["pending"] == 1
    assert books.lines() == [*FIVE, clock("stop", at="04:30:00")]
    books.empty()
    drive(FIVE[:-1], terms=HOUR)
    record_more(FIVE, terms=HOUR)
    assert books.lines() == [*FIVE, clock("clock/2026-03-01T04:00:00Z", at="04:00:00")]
    assert replayed(books.lines(), terms=HOUR) == of_database()
    assert replay.is_stopped_by_clock


def test_more_settled_than_the_last_clock_reached_moves_the_clock(books: Books) -> None:
    lines = [*FIVE, clock("stop", at="04:30:00")]
    drive(lines, terms=HOUR)
    assert settle_all(until=None) == 1
    assert books.lines() == [*lines, clock("clock/2026-03-01T05:00:00Z", at="05:00:00")]
    assert replayed(books.lines(), terms=HOUR) == of_database()


def test_the_clock_line_never_takes_an_id_that_is_taken(books: Books) -> None:
    name = "clock/2026-03-01T04:00:00Z"
    taken = [*FIVE[:-1], clock(name, at="03:30:00"), clock(f"{name} 2", at="03:31:00"), FIVE[-1]]
    record(taken, terms=HOUR)
    settle_all(until=parse_at("2026-03-01T04:00:00Z"))
    assert books.lines() == [*taken, clock(f"{name} 3", at="04:00:00")]
    assert replayed(books.lines(), terms=HOUR) == of_database()


def test_what_is_recorded_and_due_but_not_settled_is_counted(books: Books) -> None:
    record(FIVE, terms=HOUR)
    found = unsettled(books.connection)
    assert (found.facts, found.orders) == (6, 4)
    settle_all(until=parse_at("2026-03-01T02:30:00Z"))
    books.connection.rollback()
    found = unsettled(books.connection)
    assert (found.facts, found.orders) == (2, 2)
    settle_all(until=parse_at("2026-03-01T04:00:00Z"))
    books.connection.rollback()
    found = unsettled(books.connection)
    assert (found.facts, found.orders) == (0, 0)


def refunded(number: int, *, own: str, at: str) -> str:
    """Give half of an order back, written as an export writes it."""
    head = f'{{"type":"refunded","id":"r{number}","order":"o{number}","amount_fen":50000'
    return f'{head},"at":"2026-03-01T{at}Z"{own}}}'


def test_what_a_person_returns_of_his_own_rewards_goes_out_and_comes_in_again(
    books: Books,
) -> None:
    """The field is written where it is something, and left out where it is nothing (E16)."""
    own = ("", ',"own_rate":30', ',"own_rate":130', ',"own_rate":10000')
    told = [refunded(n, own=each, at=f"07:00:{n:02}") for n, each in enumerate(own)]
    drive([*FIVE, *told, refunded(4, own=',"own_rate":0', at="07:00:04")], terms=HOUR)
    first, found = books.lines(), of_database()
    assert first[6:] == [*told, refunded(4, own="", at="07:00:04")]
    assert replayed(first, terms=HOUR) == found
    assert within(oracle.run(first, {"window": 3_600}), found)
    without = [*FIVE, *(refunded(n, own="", at=f"07:00:{n:02}") for n in range(5))]
    returned = owed(found) - owed(replayed(without, terms=HOUR))
    assert returned == 1_500_000 + 6_500_000 + 500_000_000
    books.empty()
    settle(record(first, terms=HOUR))
    assert (books.lines(), of_database(), books.verdict()) == (first, found, "")


def within(result: dict[str, Any], found: dict[str, Any]) -> bool:
    """Tell whether a result says the same, its counts of lines apart."""
    return all(result[key] == found[key] for key in {*found} - {"refused", "repeated"})


def owed(result: dict[str, Any]) -> int:
    """Give what the store is owed."""
    return int(result["stores"]["s"])


def test_an_export_of_an_export_is_the_same(books: Books) -> None:
    for seed in (25, 50, 76):
        terms = terms_with(rules(seed))
        replay = drive(scenario(seed, 60), terms=terms)
        first = books.lines()
        books.empty()
        settle(record(first, terms=terms))
        assert books.lines() == first
        assert of_database() == of_replay(replay)
        assert books.verdict() == ""
        books.empty()
