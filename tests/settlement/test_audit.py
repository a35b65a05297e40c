"""The audit finds every change, names it, and never cries wolf.

Source: reliability I-3, A23, Q1-Q4, Q9, Q10; H7.
"""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any, Final

import pytest

from gongxiang.acts.settle_pool import settle_pool
from gongxiang.orders.models import Kind
from tests.settlement.catalogue import BOOKS, OUTSIDE, PROVES_NOTHING
from tests.settlement.platforms import Books, record, terms_with
from tests.settlement.story import open_story
from tests.settlement.tampering import Row, drop_checks, nullable, rows_of
from tests.strategies import rules, scenario

pytestmark = pytest.mark.db

TRIES_OF_A_COLUMN: Final = 3
TRIES_OF_POSTINGS: Final = 40


INSERTED: Final[dict[str, dict[str, Callable[[dict[str, Any]], object]]]] = {
    "ledger_balance": {
        "party_id": lambda row: row["party_id"] + 1,
        "amount": lambda _row: 0,
    },
    "ledger_batch": {"id": lambda row: row["id"] + 11},
    "ledger_posting": {"event_id": lambda row: row["event_id"] + 1},
    "members_member": {"member_id": lambda row: row["member_id"] + 1},
    "members_party": {"id": lambda row: row["id"] + 1},
    "members_partykey": {"party_id": lambda row: row["party_id"] + 1},
    "merchants_ownerchange": {"id": lambda row: row["id"] + 1},
    "merchants_ratechange": {"id": lambda row: row["id"] + 1},
    "merchants_store": {"store_id": lambda row: row["store_id"] + 1},
    "orders_fact": {
        "id": lambda row: row["id"] + 512,
        "key": lambda row: row["key"] + "x",
    },
    "orders_order": {"id": lambda row: row["id"] + 1},
    "orders_outcome": {"fact_id": lambda row: row["fact_id"] + 1},
    "orders_refund": {"id": lambda row: row["id"] + 1},
    "points_lot": {"id": lambda row: row["id"] + 1},
    "points_pool": {"id": lambda _row: 2},
    "points_sale": {"id": lambda row: row["id"] + 1},
    "points_step": {"id": lambda row: row["id"] + 38},
    "regions_contract": {"id": lambda row: row["id"] + 1},
    "regions_grandregion": {"id": lambda row: row["id"] + 1},
    "regions_grandregionprovince": {"province_code": lambda _row: "510000"},
    "treasury_injection": {"id": lambda row: row["id"] + 1},
    "treasury_withdrawal": {"id": lambda row: row["id"] + 1},
    "treasury_withdrawalreturn": {"id": lambda row: row["id"] + 1},
}
"""Copies of rows under other numbers, by table."""


NO_PROGRAM_WRITES: Final = (
    ("ledger_posting", "credit", "NaN"),
    ("ledger_balance", "amount", "NaN"),
    ("points_step", "points", "NaN"),
    ("points_lot", "minted", "NaN"),
    ("points_sale", "points", "NaN"),
    ("points_pool", "money", "NaN"),
    ("ledger_batch", "circulating", "NaN"),
    ("orders_fact", "at", "infinity"),
    ("orders_fact", "at", "4000-01-01 BC"),
    ("orders_fact", "at", "290000-01-01"),
    ("orders_order", "due_at", "-infinity"),
    ("ledger_batch", "until_at", "infinity"),
    ("ledger_batch", "until_at", "4000-01-01 BC"),
    ("points_pool", "cursor_at", "infinity"),
    ("points_step", "at", "290000-01-01"),
    ("merchants_ratechange", "since_at", "infinity"),
    ("merchants_store", "opened_at", "infinity"),
    ("regions_contract", "start_at", "-infinity"),
    ("ledger_seal", "sealed_at", "infinity"),
    ("regions_grandregion", "provinces", "5"),
    ("governance_ruleversion", "settings", "null"),
    ("governance_ruleversion", "terms", "[]"),
    ("governance_ruleversion", "terms", "{}"),
)
"""Table, column, value: what fits the type and is no number, no moment, no rulebook."""
NUMBERS_OF_FACTS: Final = (("orders_fact", "id"), ("orders_fact", "row_digest"))
CONDITIONS: Final = (("points_sale", "shown_net"), ("orders_refund", "must_be_covered"))
"""What only the row digest covers: tried for every kind and every answer."""
WAITS_AT_ITS_MOMENT: Final = """
SELECT FROM points_pool pool
 WHERE EXISTS (SELECT FROM orders_order paid
                WHERE paid.due_at = cursor_at AND paid.returned < paid.amount
                  AND (paid.due_rank, paid.id) > (cursor_rank, cursor_id))
    OR EXISTS (SELECT FROM orders_fact fact
                WHERE fact.at = cursor_at AND (1, fact.id) > (cursor_rank, cursor_id))
"""


@pytest.fixture
def story(books: Books) -> Books:
    """Give the books of a small platform in which everything happened."""
    open_story(books, is_whole=True)
    drop_checks(books)
    assert books.verdict() == ""
    return books


def test_every_table_is_of_the_books_or_said_not_to_be(books: Books) -> None:
    found = books.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    outside = [table for tables in OUTSIDE.values() for table in tables]
    assert Counter(table for (table,) in found) == Counter((*BOOKS, *outside))


def test_a_flipped_value_of_any_column_is_found_and_its_row_named(story: Books) -> None:
    chance = Random("flip")  # noqa: S311  a seed, not a secret
    tries: Counter[str] = Counter()
    proves_nothing = set(PROVES_NOTHING)
    for table in BOOKS:
        rows = rows_of(story, table)
        for column in rows[0].values:
            if (table, column) in PROVES_NOTHING:
                proves_nothing.remove((table, column))
                continue
            for row in tried(story, rows, column, chance):
                value = row.flip(column, chance)
                verdict = story.verdict(row.change(column, value))
                tries[table] += 1
                assert row.is_named(verdict, **{column: value}), (row, column, value, verdict)
    assert not proves_nothing, "a column that proves nothing is not there"
    assert tries["ledger_posting"] == 240
    assert tries.total() > 700


def tried(story: Books, rows: list[Row], column: str, chance: Random) -> list[Row]:
    """Choose the rows of a column to change: of facts' numbers one of each kind and answer."""
    table = rows[0].table
    if table == "ledger_batch" and column == "recorded_at":
        # When a batch was recorded is sealed with its day.
        ((sealed,),) = story.ask("SELECT max(last_batch_id) FROM ledger_seal")
        rows = [row for row in rows if row.values["id"] <= sealed]
    if (table, column) in NUMBERS_OF_FACTS:
        answers = dict(story.ask("SELECT fact_id, is_accepted FROM orders_outcome"))
        of_each = {(row.values["kind"], answers.get(row.values["id"])): row for row in rows}
        return list(of_each.values())
    if (table, column) in CONDITIONS:
        return [row for row in rows if row.values[column]]
    return chance.choices(
        rows, k=TRIES_OF_POSTINGS if table == "ledger_posting" else TRIES_OF_A_COLUMN
    )


def test_a_value_taken_away_is_found_and_its_row_named(story: Books) -> None:
    tries = 0
    for table in BOOKS:
        rows = rows_of(story, table)
        for column in nullable(story, table):
            for row in [row for row in rows if row.values[column] is not None][:3]:
                tries += (table, column) not in PROVES_NOTHING
                verdict = story.verdict(row.change(column, None))
                assert row.is_named(verdict) or (table, column) in PROVES_NOTHING, (row, column)
    assert tries == 50


def test_a_deleted_row_is_found_and_named(story: Books) -> None:
    for table in BOOKS:
        rows = rows_of(story, table)
        for row in rows if table != "ledger_posting" else rows[::5]:
            is_last_seal = table == "ledger_seal" and row == rows[-1]
            if is_last_seal or row.values.get("key") == "c1":
                # A day that was not sealed yet, a clock nobody came to: nothing hangs on them.
                continue
            verdict = story.verdict(row.delete())
            assert row.is_named(verdict) or _is_place_named(row, verdict), (row, verdict)


def _is_place_named(row: Row, verdict: str) -> bool:
    """Tell whether a verdict names the next best: the batch or day that misses something."""
    if row.table == "orders_fact":
        batch = {Kind.CLOCK: "batch ", Kind.INJECTED: "batch ", Kind.AGENT_ENDED: "contract "}
        return batch.get(row.values["kind"], "nothing") in verdict
    next_best = {"members_party": "is not among the parties", "ledger_seal": "the seal of "}
    return row.table in next_best and next_best[row.table] in verdict


def test_an_inserted_row_is_found_and_named(story: Books) -> None:
    tries = 0
    for table, changed in INSERTED.items():
        for row in rows_of(story, table)[:12]:
            fresh = {column: change(row.values) for column, change in changed.items()}
            verdict = story.verdict(row.copy(**fresh))
            tries += 1
            assert row.is_named(verdict, **fresh) or _is_place_named(row, verdict), (
                row,
                fresh,
                verdict,
            )
    assert tries > 100


def test_what_no_program_writes_is_wrong_and_no_crash(story: Books) -> None:
    for table, column, value in NO_PROGRAM_WRITES:
        row = rows_of(story, table)[-1]
        verdict = story.verdict(row.change(column, value))
        assert row.is_named(verdict), (table, column, value, verdict)


def test_no_stop_on_the_way_is_called_wrong(books: Books) -> None:
    """Small batches with few exits loaded stop in the middle of moments and of cascades."""
    stands: Counter[str] = Counter()
    for seed in (1, 14, 28, 44, 89):
        record(scenario(seed, 60), terms=terms_with(rules(seed)))
        assert books.verdict() == "", seed
        while settle_pool(until=None, orders_max=1 + seed % 3, exits_at_once=1):
            found = books.audited()
            stands["in a cascade"] += bool(found.ahead)
            stands["in a moment"] += books.ask(WAITS_AT_ITS_MOMENT) != []
        books.empty()
    assert min(stands["in a cascade"], stands["in a moment"]) > 5, stands
