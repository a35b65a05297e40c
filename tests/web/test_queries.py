"""What the pages ask a real database: the right answers, in few questions.

Source: H2; design/ui/faces.md 5.1, 6.1.
"""

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client, override_settings

from bench.counting import counted
from gongxiang.acts.compare_members import compare_members
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.base import clock
from gongxiang.jobs.ticks import TICKS
from gongxiang.queries import pool as queries
from gongxiang.queries.facts import Reach, facts
from gongxiang.queries.pool_data import Kind, Span, Standing
from gongxiang.queries.versions import shelf
from gongxiang.rulebook.load import load_terms
from tests.conftest import Database
from tests.forgetting import forget
from tests.web import world
from tests.web.opened import one_each, open_platform, paid, sold

PAGES = (
    *("/", "/pool", "/pool?range=30d", "/pool?range=all", "/pool/events", "/pool/events/2"),
    *("/pool/feed", "/pool/verify", "/rules", "/rules/1"),
)
TERMS = load_terms(preset="seed-1")


@pytest.fixture(autouse=True)
def _alone(database: Database) -> Iterator[None]:
    """Give every test its own database and cache, and the product's addresses."""
    forget()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def run_check(program: str, feed: bytes, folder: Path) -> str:
    """Run the program of the page as a reader would: beside the file, with Python alone."""
    (folder / "check.py").write_text(html.unescape(program), encoding="utf-8")
    (folder / "pool.jsonl").write_bytes(feed)
    done = subprocess.run(
        [sys.executable, "-I", "check.py"], cwd=folder, capture_output=True, check=True
    )
    return done.stdout.decode()


def three_orders() -> None:
    """Open the one world: three orders of 1,000.00 settle at their payment."""
    open_platform(
        [
            paid(1, at="2026-11-22T11:42:00+08:00"),
            paid(2, at="2026-11-22T15:10:00+08:00", member="zhou"),
            paid(3, at="2026-11-22T18:05:00+08:00"),
        ],
        terms=TERMS,
    )


def set_clock(admin: psycopg.Connection, at: str) -> None:
    """Let the platform's clock stand (about) at a moment."""
    admin.execute(
        "UPDATE points_horizon SET offset_seconds ="
        " extract(epoch FROM %s::timestamptz - clock_timestamp())::bigint",
        [at],
    )


def test_the_one_world_is_read_as_it_was_settled(admin: psycopg.Connection) -> None:
    three_orders()
    set_clock(admin, "2026-11-22T20:36:00+08:00")
    now = queries.pool_now()
    assert now.pair == world.PAIR
    assert (now.steps, now.lag, now.behind_since, now.last_day) == (3, 0, None, world.TODAY)
    totals = queries.totals(now=now)
    expected = world.totals()
    assert totals == replace(expected, ahead=totals.ahead)
    assert [lot.left for lot in totals.ahead] == [lot.left for lot in expected.ahead]
    found = facts(totals=totals, pair=now.pair, terms=TERMS)
    assert found.distance.reach is Reach.COUNTED
    assert (found.distance.orders, found.distance.days) == (9_013, 3_005)


def test_steps_have_the_pair_before_and_after_and_their_rules() -> None:
    three_orders()
    steps = queries.steps(before=None, size=5)
    assert steps == world.THREE[::-1]
    assert queries.steps(before=3, size=1) == (world.THREE[1],)
    assert queries.step(number=4) is None
    assert queries.step(number=0) is None


def test_a_chart_of_today_has_every_step_and_of_more_the_last_of_each_day(
    admin: psycopg.Connection,
) -> None:
    three_orders()
    set_clock(admin, "2026-11-24T09:00:00+08:00")
    now = queries.pool_now()
    today = queries.history(span=Span.TODAY, now=now)
    assert (today.opening, today.points) == (world.PAIR, ())
    month = queries.history(span=Span.MONTH, now=now)
    assert [point.step for point in month.points] == [3]
    assert (month.first_day, month.last_day) == (world.TODAY, world.TODAY + 2)
    assert month.opening == world.OPENING
    set_clock(admin, "2026-11-22T23:00:00+08:00")
    today = queries.history(span=Span.TODAY, now=queries.pool_now())
    assert [point.step for point in today.points] == [1, 2, 3]
    assert today.opening == world.OPENING


def test_a_chart_never_has_more_than_two_hundred_points(admin: psycopg.Connection) -> None:
    days = [clock.format_at(world.NOW - day * clock.DAY) for day in range(250, 0, -1)]
    lines = [paid(number, at=at) for number, at in enumerate(days)]
    lines += [paid(number, at=clock.format_at(world.NOW)) for number in range(250, 550)]
    open_platform(lines, terms=TERMS)
    set_clock(admin, "2026-11-22T21:00:00+08:00")
    now = queries.pool_now()
    today, month, everything = (queries.history(span=span, now=now) for span in Span)
    assert [len(span.points) for span in (today, month, everything)] == [150, 30, 126]
    assert {span.points[-1].step for span in (today, month, everything)} == {550}
    assert today.opening == month.points[-2].pair


def test_sales_exits_and_injections_read_back(admin: psycopg.Connection) -> None:
    lines: list[dict[str, object]] = [
        paid(1, at="2026-11-22T11:42:00+08:00"),
        sold(at="2026-11-22T12:00:00+08:00", member="lin"),
        {
            "type": "injected",
            "id": "i1",
            "amount_fen": 1_000_000,
            "at": "2026-11-22T13:00:00+08:00",
        },
    ]
    open_platform(lines, terms=TERMS)
    kinds = [step.kind for step in queries.steps(before=None, size=9)]
    assert kinds == [Kind.EXIT, Kind.INJECTION, Kind.SALE, Kind.MINT]
    totals = queries.totals(now=queries.pool_now())
    assert (totals.lots, totals.lots_capped) == (1, 1)
    inflow, injected = 160_000_000, 10_000_000_000
    assert totals.brought == inflow + injected
    assert totals.paid == queries.pool_now().pair.money * -1 + 100_000 + totals.brought


def test_what_waits_for_more_than_five_minutes_makes_the_page_late(
    admin: psycopg.Connection, client: Client
) -> None:
    three_orders()
    admin.execute("UPDATE points_pool SET cursor_at = '2026-11-22T18:00:00+08:00'")
    set_clock(admin, "2026-11-22T18:09:00+08:00")
    now = queries.pool_now()
    assert now.behind_since is None
    assert 3 * 60 * clock.SECOND <= now.lag <= 5 * 60 * clock.SECOND
    set_clock(admin, "2026-11-22T18:11:00+08:00")
    assert queries.pool_now().behind_since == clock.parse_at("2026-11-22T18:05:00+08:00")
    page = client.get("/pool").content.decode()
    assert "数据停在" in page
    assert "18:05" in page
    health = json.loads(client.get("/healthz").content)
    assert 350 <= health["settler_lag_seconds"] < 420


def test_first_and_last_members_are_compared_from_ten_on() -> None:
    nine = one_each(9)
    open_platform(nine, terms=TERMS)
    assert compare_members() == 1
    assert queries.totals(now=queries.pool_now()).first_tenth is None


def test_the_first_tenth_is_the_first_to_come() -> None:
    many = one_each(20)
    sale = sold(at="2026-11-22T11:00:00+08:00", member="m0")
    open_platform([*many, sale], terms=TERMS)
    assert compare_members() == 1
    totals = queries.totals(now=queries.pool_now())
    assert totals.is_compared
    assert totals.first_tenth is not None
    assert totals.last_tenth is not None
    assert (totals.first_tenth.members, totals.last_tenth.members) == (2, 2)
    assert totals.first_tenth.paid == totals.paid > 0
    assert totals.last_tenth.paid == 0
    assert totals.first_tenth.held > totals.last_tenth.held


def test_no_page_makes_the_comparison_it_says_that_it_is_being_made(client: Client) -> None:
    open_platform(one_each(20), terms=TERMS)
    totals = queries.totals(now=queries.pool_now())
    assert (totals.is_compared, totals.first_tenth, totals.last_tenth) == (False, None, None)
    page = client.get("/pool").content.decode()
    assert '<small class="none">还在算</small>' in page
    compare_members()
    forget()
    assert "还在算" not in client.get("/pool").content.decode()


def test_a_platform_that_just_opened_has_nothing_to_compare() -> None:
    open_platform([], terms=TERMS)
    assert compare_members() == 0
    assert queries.totals(now=queries.pool_now()).is_compared


def test_the_comparison_is_made_again_after_half_a_per_cent_and_not_before_its_time(
    admin: psycopg.Connection,
) -> None:
    open_platform(one_each(20), terms=TERMS)
    assert [compare_members(), compare_members()] == [1, 0]
    admin.execute("UPDATE points_comparison SET again_at = now()")
    assert compare_members() == 0
    # Of 2,000 steps half a per cent are ten.
    for step, stretch, is_due in ((2_009, 2_000, 0), (2_010, 2_000, 1), (2_015, 2_010, 0)):
        admin.execute("UPDATE points_pool SET step = %s", (step,))
        admin.execute("UPDATE points_comparison SET stretch = %s, again_at = now()", (stretch,))
        assert compare_members() == is_due, step
    admin.execute("UPDATE points_comparison SET again_at = now() + interval '1 minute'")
    admin.execute("UPDATE points_pool SET step = 9000")
    assert compare_members() == 0


def test_the_worker_compares_members_every_few_seconds() -> None:
    assert [tick.seconds for tick in TICKS if tick.act is compare_members] == [5]


def test_a_version_stands_on_its_shelf(admin: psycopg.Connection) -> None:
    three_orders()
    admin.execute(
        "INSERT INTO governance_ruleversion"
        " (id, preset, terms, settings, published_at, effective_at)"
        " SELECT 2, preset, jsonb_set(terms, '{window}', '172800'), '[]',"
        " '2026-11-22T20:00:00+08:00', '2026-11-29T20:00:00+08:00' FROM governance_ruleversion"
    )
    at = clock.parse_at("2026-11-23T00:00:00+08:00")
    found = shelf(now=at)
    assert [version.standing for version in found.versions] == [Standing.NOTICE, Standing.IN_FORCE]
    second = found.of(number=2)
    assert second is not None
    assert [(change.title, change.after) for change in second.changes] == [("店内退款期", "2 天")]
    assert found.in_force.version.number == 1
    assert shelf(now=at + 8 * clock.DAY).in_force.version.number == 2
    assert found.of(number=3) is None


def test_a_value_set_by_hand_names_no_other_source() -> None:
    open_platform(
        [],
        terms=load_terms(preset="seed-1", settings=["exit_cap=20000"]),
        settings=["exit_cap=20000"],
    )
    rules = {rule.name: rule for rule in shelf(now=world.NOW * 2).in_force.rules}
    assert (rules["exit_cap"].words, rules["exit_cap"].source) == ("2 倍", "第 1 版另行设定")
    assert rules["backing_rate"].source == "方案原文：70% 兑冲基金，30% 增量资金"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_asks_at_most_twelve_questions(client: Client, path: str) -> None:
    three_orders()
    with counted() as asked:
        answer = client.get(path)
    assert answer.status_code == 200, path
    assert len(asked) <= 12, asked
    assert "Set-Cookie" not in answer.headers
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_writes_nothing(client: Client, path: str) -> None:
    three_orders()
    with counted() as asked:
        client.get(path)
    assert {query.split()[0] for query in asked} <= {"SELECT", "WITH"}


@pytest.mark.parametrize(
    "path",
    [
        "/pool/events/4",
        "/pool/events/0",
        f"/pool/events/{10**30}",
        "/pool/events?before=1",
        "/rules/2",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_404_with_words(client: Client, path: str) -> None:
    three_orders()
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有" in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/pool?range=",
        "/pool?range=year",
        "/pool/events?before=x",
        "/pool/events?before=-1",
        f"/pool/events?before={10**40}",
        "/pool/events?before=٣",
    ],
)
def test_a_question_that_makes_no_sense_is_answered_without_it(client: Client, path: str) -> None:
    three_orders()
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES[:5])
def test_pages_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code in {403, 405}


def test_a_platform_before_its_first_order_shows_the_opening_price(client: Client) -> None:
    publish_rules(terms=TERMS, preset="seed-1")
    for path in PAGES:
        assert client.get(path).status_code == (404 if path == "/pool/events/2" else 200), path
    assert "还没有结算过订单，价格等于起盘价 1.0000" in client.get("/pool").content.decode()
    assert b"".join(client.get("/pool/feed.jsonl").streaming_content) == b""  # type: ignore[attr-defined]


def test_a_platform_without_rules_says_so(client: Client) -> None:
    answer = client.get("/pool")
    assert answer.status_code == 503
    assert "还没有公布规则" in answer.content.decode()
    assert json.loads(client.get("/healthz").content)["pool"] == "not open"


def test_a_database_that_is_gone_is_a_503_page_in_plain_words(client: Client) -> None:
    connection.close()
    connection.settings_dict["PORT"] = "1"
    try:
        for path in ("/", "/pool", "/rules", "/pool/feed.jsonl"):
            answer = client.get(path)
            assert answer.status_code == 503, path
            assert "账本暂时连不上" in answer.content.decode()
        health = client.get("/healthz")
        assert (health.status_code, json.loads(health.content)["database"]) == (503, "down")
    finally:
        connection.close()


def test_the_feed_is_checked_by_the_program_that_the_page_prints(
    client: Client, tmp_path: Path
) -> None:
    terms = replace(TERMS, mint_step=100)
    lines = one_each(20)
    sale = sold(at="2026-11-22T11:00:00+08:00", member="m0")
    refund = {
        "type": "refunded",
        "id": "r1",
        "order": "o3",
        "amount_fen": 30_000,
        "at": "2026-11-23T11:00:00+08:00",
    }
    open_platform([*lines, sale, refund], terms=terms)
    content = b"".join(client.get("/pool/feed.jsonl").streaming_content)  # type: ignore[attr-defined]
    assert content.count(b"\n") == queries.pool_now().steps
    printed = client.get("/pool/verify").content.decode()
    program = re.findall(r"<pre[^>]*>(.*?)</pre>", printed, re.DOTALL)[0]
    pair = queries.pool_now().pair
    assert run_check(program, content, tmp_path) == f"{pair.money} 微元，{pair.circulating} 原子\n"
