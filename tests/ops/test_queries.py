"""However long the history: few questions a page, and none that reads a table that grows."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.counting import counted
from gongxiang.ops.acting.quarantine import _HANDLED, _WAITING
from gongxiang.ops.subjects import balances
from gongxiang.ops.waiting import _QUEUES
from tests.conftest import Database
from tests.forgetting import forget
from tests.ops import world
from tests.ops.staff import signed_in

QUERIES_MAX = 12
GROWING = (
    *("orders_fact", "orders_order", "orders_refund", "points_step", "points_lot"),
    *("ledger_posting", "ledger_balance", "ledger_batch", "members_member", "members_party"),
    *("members_partykey", "merchants_store", "regions_contract"),
)


def count(client: Client, path: str) -> int:
    """Count the questions that a page asks by whichever cursor, sessions and users included."""
    with counted() as found:
        assert client.get(path).status_code in {200, 404}
    return len([sql for sql in found if sql.lstrip().startswith(("SELECT", "WITH"))])


def asked(client: Client, path: str) -> list[str]:
    """Give the questions with their values, as they can be explained."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code in {200, 404}
    found = [query["sql"].strip() for query in captured.captured_queries]
    return [sql for sql in found if sql.startswith(("SELECT", "WITH"))]


def test_no_page_asks_more_than_a_dozen_questions(superuser: Client) -> None:
    counts = {name: count(superuser, path) for name, path in world.pages().items()}
    assert {name: count for name, count in counts.items() if count > QUERIES_MAX} == {}
    assert counts["today"] == 12
    assert counts["order settled"] == 10


def test_a_longer_history_asks_no_further_question(database: Database) -> None:
    world.platform()
    world.users()
    client = signed_in("min")
    before = {name: count(client, path) for name, path in world.pages().items()}
    world.drive([*world.history(), *world.another_day()], terms=world.TERMS)
    forget()
    after = {name: count(client, path) for name, path in world.pages().items()}
    assert max(after.values()) <= QUERIES_MAX
    # What waited has settled since, and the newest batch has postings of orders.
    assert {name for name in before if after[name] > before[name]} == {"order waiting", "postings"}
    # The opening is only asked for where the whole sequence fits on the page.
    assert {name for name in before if after[name] < before[name]} == {"today", "steps"}


def scans(plan: object) -> set[str]:
    """Give the tables that a plan reads from end to end; behind a refused gate it reads none."""
    if isinstance(plan, list):
        return set().union(*map(scans, plan))
    if not isinstance(plan, dict) or "One-Time Filter" in plan:
        return set()
    found = set().union(*map(scans, plan.values()))
    if plan.get("Node Type") == "Seq Scan":
        found.add(str(plan["Relation Name"]))
    return found


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every table count as too large to be added up."""
    monkeypatch.setattr(balances, "SUMMED_MAX", -2)


@pytest.mark.usefixtures("large")
def test_no_question_reads_a_growing_table_from_end_to_end(superuser: Client) -> None:
    questions = {sql for path in world.pages().values() for sql in asked(superuser, path)}
    assert len(questions) > len(world.pages())
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        for sql in questions:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            told = cursor.fetchone()
            plan = told[0] if not isinstance(told[0], str) else json.loads(told[0])
            assert not scans(plan) & set(GROWING), sql
        cursor.execute("RESET enable_seqscan")


@pytest.mark.parametrize("listed", [_QUEUES, _WAITING, _HANDLED], ids=["count", "list", "done"])
def test_notices_that_wait_are_found_without_reading_those_that_were_kept(
    superuser: Client, listed: str
) -> None:
    assert superuser.get("/ops/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("SET enable_hashjoin = off")
        cursor.execute("SET enable_mergejoin = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {listed}", [2**62, 51][: listed.count("%s")] or None)
        told = cursor.fetchone()[0]
        plan = told if not isinstance(told, str) else json.loads(told)
        for name in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"RESET enable_{name}")
    assert not scans(plan) & {"payments_quarantine", "payments_waitingnotice"}
    if listed == _QUEUES:
        assert "payments_quarantine" not in json.dumps(plan)


@pytest.mark.usefixtures("large")
def test_too_many_balances_are_not_added_up(superuser: Client) -> None:
    page = world.text_of(superuser.get("/ops/balances/"))
    assert "户数太多，逐户相加用 verify 命令" in page
    assert "应付门店 2 2,400.00" not in page
    today = world.text_of(superuser.get("/ops/"))
    assert "账实相符，差 0.00" in today
    assert (
        "盈利池 480.00 平台 60.00 门店，与推荐和区域奖励 2,433.00 分销预算，未支出 27.00"
    ) in today
