"""An import may stop anywhere and run again; import, result, export and replay agree.

Source: spec/events.md (import, settle, export, result); E10, E14; reliability C7.
"""

from collections.abc import Callable, Iterator
from itertools import count, pairwise
from typing import Final

import pytest

from gongxiang.acts.record_history import record_history
from gongxiang.base.clock import format_at
from gongxiang.cli import importing
from gongxiang.cli.importing import AnotherHistory
from gongxiang.cli.settling import settle_all
from gongxiang.economy import accounts
from gongxiang.lab.replay import fold
from gongxiang.settlement.intake import Chunk
from tests.settlement.platforms import (
    TABLES,
    Books,
    drive,
    numbered,
    of_database,
    of_replay,
    record,
    record_more,
    replayed,
    settle,
    terms_with,
)
from tests.settlement.story import TERMS, told
from tests.settlement.test_export import FIVE, HOUR, clock, paid
from tests.strategies import rules, scenario

pytestmark = pytest.mark.db

SEEDS: Final = range(24)


class StoppedByTest(Exception):
    """The end that a test gives to an import."""


def counts(books: Books) -> dict[str, int]:
    """Count the rows of every table."""
    return {table: books.ask(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_what_somebody_imports_from_a_file_is_a_line_of_the_audit_log(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(FIVE[:1], terms=HOUR)
    monkeypatch.setattr(importing, "CHUNK_FACTS", 3)
    for _ in range(2):
        importing.import_lines(
            numbered(FIVE), terms=HOUR, on_chunk=lambda _: None, source="a.jsonl"
        )
    lines = "SELECT kind, subject_id, after->'facts' FROM governance_auditentry ORDER BY id"
    assert books.ask(lines) == [("history_imported", "a.jsonl", facts) for facts in (3, 2)]


def test_result_audit_export_and_replay_agree_on_any_history(books: Books) -> None:
    for seed in SEEDS:
        terms, texts = terms_with(rules(seed)), scenario(seed, 100)
        replay = drive(texts, terms=terms, batch=1 + seed)
        assert of_database() == of_replay(replay), seed
        assert books.verdict() == "", seed
        assert broken_invariants(books) == [], seed
        assert replayed(books.lines(), terms=terms) == of_replay(replay), seed
        books.empty()


def broken_invariants(books: Books) -> list[str]:
    """Ask the database, without any fold, which invariants do not hold."""
    queries = {"I-1": UNBALANCED, "I-2": POINTS_ARE_NOT_LOTS, "I-5": ESCROW_IS_NOT_PENDING}
    broken = [name for name, query in queries.items() if books.ask(query)]
    steps = books.ask("SELECT money, circulating FROM points_step ORDER BY id")
    for (money, circulating), (after, left) in pairwise(steps):
        if after * circulating < money * left:
            broken.append("I-8")
    return broken


UNBALANCED: Final = """
SELECT batch_id, leg % 1000 / 100 FROM ledger_posting GROUP BY 1, 2
HAVING sum(coalesce(credit, 0)) <> sum(coalesce(debit, 0))
"""
ESCROW_IS_NOT_PENDING: Final = f"""
SELECT escrow.amount, waiting.amount
  FROM (SELECT coalesce(sum(amount), 0) AS amount FROM ledger_balance
         WHERE account = {accounts.ESCROW}) escrow,
       (SELECT coalesce(sum(paid.amount - paid.returned), 0) AS amount
          FROM orders_order paid, points_pool pool
         WHERE (paid.due_at, paid.due_rank, paid.id) > (cursor_at, cursor_rank, cursor_id)) waiting
 WHERE escrow.amount <> waiting.amount
"""
POINTS_ARE_NOT_LOTS: Final = f"""
SELECT held.amount, lots.amount, pool.circulating
  FROM (SELECT coalesce(sum(amount), 0) AS amount FROM ledger_balance
         WHERE account IN ({accounts.POINTS}, {accounts.GENESIS})) held,
       (SELECT coalesce(sum("left"), 0) AS amount FROM points_lot) lots,
       (SELECT amount FROM ledger_balance WHERE account = {accounts.GENESIS}) genesis,
       points_pool pool
 WHERE held.amount <> pool.circulating OR lots.amount + genesis.amount <> pool.circulating
"""


def test_pending_orders_are_settled_later_as_if_at_once(books: Books) -> None:
    replay = record(told(), terms=TERMS)
    assert of_database()["facts"]["orders"] == 0
    assert books.verdict() == ""
    settle(replay)
    assert of_database() == of_replay(replay)
    assert books.verdict() == ""


def test_settling_in_pieces_gives_the_same_and_is_clean_between(books: Books) -> None:
    for limit, batch in ((1, 1), (3, 2), (7, 100)):
        replay = record(told(), terms=TERMS)
        pieces = 0
        while settle_all(until=replay.state.clock, batch=batch, limit=limit):
            pieces += 1
            assert books.verdict() == ""
        assert pieces == -(-21 // limit)
        assert of_database() == of_replay(replay)
        books.empty()


def test_the_same_file_again_changes_nothing(books: Books) -> None:
    drive(told(), terms=TERMS)
    before, state = counts(books), of_database()
    settle(record_more(told(), terms=TERMS))
    assert counts(books) == before
    assert of_database() == state


def test_an_import_that_stops_between_two_chunks_goes_on_where_it_was(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK_FACTS", 7)
    whole = record_history
    lines = told()
    wanted = of_replay(fold(numbered(lines), TERMS))
    for stop in range(1, 8):
        monkeypatch.setattr(importing, "record_history", _ending(stop, whole))
        with pytest.raises(StoppedByTest):
            record(lines, terms=TERMS)
        assert counts(books)["orders_fact"] == 7 * (stop - 1)
        assert books.verdict() == ""
        monkeypatch.setattr(importing, "record_history", whole)
        settle(record_more(lines, terms=TERMS))
        assert of_database() == wanted
        assert books.verdict() == ""
        books.empty()


def _ending(stop: int, whole: Callable[..., None]) -> Callable[..., None]:
    """Give a recording that ends at its n-th call, before anything of it is written."""
    calls = count(1)

    def record_or_end(*, chunk: Chunk, source: str) -> None:
        if next(calls) == stop:
            raise StoppedByTest
        whole(chunk=chunk, source=source)

    return record_or_end


@pytest.mark.parametrize("settled", ["nothing", "everything"])
def test_a_longer_file_is_recorded_from_where_the_shorter_ended(books: Books, settled: str) -> None:
    later = [paid(7, at="09:00:00"), paid(8, at="09:30:00"), clock("end", at="10:00:00")]
    shorter = record(FIVE, terms=HOUR)
    if settled == "everything":
        settle(shorter)
    longer = record_more([*FIVE, *later], terms=HOUR)
    settle(longer)
    assert of_database() == of_replay(longer) == replayed([*FIVE, *later], terms=HOUR)
    assert books.verdict() == ""
    assert books.lines() == [*FIVE, *later]


def test_what_is_dated_before_the_settled_past_is_refused_and_nothing_written(
    books: Books,
) -> None:
    drive(FIVE, terms=HOUR)
    before = counts(books)
    with pytest.raises(AnotherHistory, match=r"line 7 \(o7\) comes at 2026-03-01T04:30:00Z"):
        record_more([*FIVE, paid(7, at="04:30:00")], terms=HOUR)
    assert counts(books) == before


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([*FIVE[:3], paid(9, at="03:00:00")], r"line 4 \(o9\) is not what the platform has"),
        (FIVE[:4], "the platform has more history than the file"),
        ([paid(9, at="03:00:00")], "the platform has more history than the file"),
    ],
)
def test_another_history_is_refused_and_nothing_written(
    books: Books, lines: list[str], sentence: str
) -> None:
    record(FIVE, terms=HOUR)
    before = counts(books)
    with pytest.raises(AnotherHistory, match=sentence):
        record_more(lines, terms=HOUR)
    assert counts(books) == before


def test_an_undated_line_keeps_the_clock_that_a_refused_line_moved(books: Books) -> None:
    agent = '{"type":"agent","id":"a","member":"m9","level":"district","region":"440106"}'
    refused = '{"type":"injected","id":"i","amount_fen":0,"at":"2026-03-01T02:00:00Z"}'
    lines = [FIVE[0], clock("c", at="01:00:00"), refused, agent, paid(3, at="03:00:00")]
    replay = drive(lines, terms=HOUR)
    moved = clock("clock/a", at="02:00:00")
    assert books.lines() == [*lines[:2], moved, *lines[3:]]
    assert books.verdict() == ""
    assert of_database() == of_replay(replay) == replayed(books.lines(), terms=HOUR)
    ((start_at,),) = books.ask(
        "SELECT (extract(epoch FROM start_at) * 1000000)::bigint FROM regions_contract"
    )
    assert format_at(start_at) == "2026-03-01T02:00:00Z"
    before = counts(books)
    record_more(lines, terms=HOUR)
    assert counts(books) == before


def test_an_id_that_the_platform_gave_to_a_clock_is_refused_by_name(books: Books) -> None:
    agent = '{"type":"agent","id":"a","member":"m9","level":"district","region":"440106"}'
    refused = '{"type":"injected","id":"i","amount_fen":0,"at":"2026-03-01T02:00:00Z"}'
    with pytest.raises(AnotherHistory, match="an id that the platform has given"):
        record([refused, agent, clock("clock/a", at="03:00:00")], terms=HOUR)
    assert counts(books)["orders_fact"] == 0


def test_an_agent_dismissed_before_everything_blocks_nobody(books: Books) -> None:
    office = {"level": '"district"', "region": '"440106"'}
    tail = ",".join(f'"{name}":{value}' for name, value in office.items())
    lines: Iterator[str] = iter(
        [
            f'{{"type":"agent","id":"a1","member":"m1",{tail}}}',
            f'{{"type":"agent_ended","id":"e1",{tail}}}',
            f'{{"type":"agent","id":"a2","member":"m2",{tail}}}',
        ]
    )
    replay = drive(lines, terms=HOUR)
    assert replay.refused == []
    assert counts(books)["regions_contract"] == 2
    assert books.verdict() == ""
