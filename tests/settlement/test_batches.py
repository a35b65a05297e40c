"""A batch is one transaction: whole or not at all, one settler at a time, the same at any size.

Source: E8, E10, E14; reliability I-14, I-19, C5.
"""

import gc
from typing import Any

import psycopg
import pytest
from django.db import connection

from gongxiang.acts.settle_pool import settle_pool
from gongxiang.base.memory import without_collection
from gongxiang.cli.settling import only_settler, settle_all
from gongxiang.ledger import raw
from gongxiang.settlement.batch import NoPool
from tests.acts.town import at_once, query
from tests.settlement.platforms import Books, of_database, of_replay, record, terms_with
from tests.strategies import rules, scenario

pytestmark = pytest.mark.db

STORE = (
    '{"type": "store", "id": "s", "owner": null, "recruiter": null, "district": null,'
    ' "commission_rate": 2000}'
)


def orders(count: int) -> list[str]:
    """Give the lines of a store and of so many orders of 1,000 yuan, a second apart."""
    return [STORE] + [
        f'{{"type": "paid", "id": "o{number}", "member": "m{number % 5}", "store": "s",'
        f' "amount_fen": 100000, "at": "2026-03-01T00:{number // 60:02}:{number % 60:02}+08:00"}}'
        for number in range(count)
    ]


def test_the_size_of_a_batch_and_of_its_look_ahead_change_nothing(books: Books) -> None:
    for seed in range(100, 108):
        terms, texts = terms_with(rules(seed)), scenario(seed, 60)
        for orders_max, exits_at_once in ((1, 1), (3, 2), (1_000, None)):
            replay = record(texts, terms=terms)
            until = replay.state.clock if replay.is_stopped_by_clock else None
            while settle_pool(until=until, orders_max=orders_max, exits_at_once=exits_at_once):
                pass
            assert of_database() == of_replay(replay), (seed, orders_max, exits_at_once)
            assert books.verdict() == "", (seed, orders_max, exits_at_once)
            books.empty()


def test_nothing_due_is_no_batch(books: Books) -> None:
    replay = record(orders(3), terms=terms_with())
    assert settle_all(until=None) == 3
    batches = books.ask("SELECT count(*) FROM ledger_batch")
    assert settle_pool(until=None, orders_max=10) is None
    assert books.ask("SELECT count(*) FROM ledger_batch") == batches
    assert of_database() == of_replay(replay)


def test_only_what_is_due_settles(books: Books) -> None:
    replay = record(orders(10), terms=terms_with({"window": 3_600}))
    end = replay.state.clock
    assert settle_all(until=end - 4_000_000_000) == 0
    assert books.ask("SELECT orders FROM points_pool") == [(0,)]
    assert settle_all(until=end - 3_000_000) == 7
    assert settle_all(until=None) == 3


def test_a_platform_without_rules_has_no_pool(books: Books) -> None:
    assert books.ask("SELECT count(*) FROM points_pool") == [(0,)]
    with pytest.raises(NoPool):
        settle_pool(until=None, orders_max=1)


def test_a_report_tells_what_the_batch_did(books: Books) -> None:
    record(orders(12), terms=terms_with({"exit_cap": 1}))
    report = settle_pool(until=None, orders_max=5, exits_at_once=1)
    assert report is not None
    exits = books.ask("SELECT lots_exited, orders FROM points_pool")
    assert (report.exits, report.orders) == exits[0]
    assert report.facts == 1 + report.orders


def test_two_settlers_wait_for_each_other_and_settle_each_order_once(books: Books) -> None:
    replay = record(orders(60), terms=terms_with())
    waited: list[str] = []

    def settle(_: int) -> int:
        with only_settler(log=waited.append):
            return settle_all(until=None, batch=7)

    settled = at_once(2, settle)
    assert sorted(settled, key=str) == [0, 60]
    assert waited == ["another settler or import is at work: waiting for it to end"]
    assert of_database() == of_replay(replay)
    assert books.verdict() == ""


def test_two_settlers_without_the_lock_still_settle_each_order_once(books: Books) -> None:
    replay = record(orders(60), terms=terms_with())
    found = at_once(2, lambda _: settle_all(until=None, batch=1))
    assert all(isinstance(one, int) for one in found), found
    assert sum(one for one in found if isinstance(one, int)) == 60
    assert of_database() == of_replay(replay)
    assert books.verdict() == ""


@pytest.mark.parametrize(
    "table", ["points_step", "points_lot", "ledger_posting", "ledger_batch", "ledger_balance"]
)
def test_a_batch_that_fails_leaves_nothing(
    table: str, books: Books, admin: psycopg.Connection
) -> None:
    replay = record(orders(20), terms=terms_with())
    assert settle_all(until=None, batch=5, limit=10) == 10
    before = of_database()
    moves = "BEFORE INSERT OR UPDATE" if table == "ledger_balance" else "BEFORE INSERT"
    admin.execute(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'planted'; END $$"
    )
    admin.execute(f"CREATE TRIGGER a_fail {moves} ON {table} FOR EACH ROW EXECUTE FUNCTION fail()")
    with pytest.raises(psycopg.errors.RaiseException, match="planted"):
        settle_all(until=None, batch=5)
    assert of_database() == before
    admin.execute(f"DROP TRIGGER a_fail ON {table}")
    assert settle_all(until=None, batch=5) == 10
    assert of_database() == of_replay(replay)
    assert books.verdict() == ""


def test_a_pool_that_somebody_else_moved_stops_the_batch(
    books: Books, admin: psycopg.Connection
) -> None:
    record(orders(3), terms=terms_with())
    admin.execute("UPDATE points_pool SET batch = batch + 5")
    with pytest.raises(AssertionError, match="batch 6 is missing"):
        settle_pool(until=None, orders_max=10)
    admin.execute("UPDATE points_pool SET batch = batch - 5")
    assert settle_all(until=None) == 3
    assert books.verdict() == ""


def test_no_statement_of_a_batch_reads_a_table_from_end_to_end(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms, texts = terms_with(rules(7)), scenario(7, 150)
    record(texts, terms=terms)
    asked: list[tuple[str, Any]] = []
    execute: Any = psycopg.Cursor.execute

    def watched(self: psycopg.Cursor, query: str, values: object = None) -> object:
        asked.append((query, values))
        return execute(self, query, values)

    monkeypatch.setattr(psycopg.Cursor, "execute", watched)
    settle_all(until=None)
    monkeypatch.undo()
    words = ("SELECT", "UPDATE", "MERGE", "INSERT")
    statements = {query: values for query, values in asked if query.split()[0] in words}
    history = ("orders_", "points_lot", "points_sale", "points_step", "ledger_", "members_")
    used = set()
    with connection.cursor() as cursor, raw.cursor() as planner:
        cursor.execute("BEGIN")
        for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
            cursor.execute(f"SET LOCAL {name} = off")
        for query, values in statements.items():
            planner.execute(f"EXPLAIN {query}", values)
            plan = "\n".join(row[0] for row in planner.fetchall())
            for line in plan.splitlines():
                if "Seq Scan" in line:
                    assert not any(f"on {table}" in line for table in history), plan
            used |= {word for word in plan.split() if "_" in word}
        cursor.execute("ROLLBACK")
    assert {"orders_fact_in_order", "orders_order_due", "points_lot_exit"} <= used
    assert {"points_lot_open", "points_lot_pkey", "ledger_balance_pkey"} <= used


def test_collection_is_as_it_was_after_a_batch(books: Books) -> None:
    record(orders(3), terms=terms_with())
    settle_all(until=None)
    assert gc.isenabled()
    with without_collection():
        assert not gc.isenabled()
        with without_collection():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    assert query("SELECT orders FROM points_pool") == [(3,)]
