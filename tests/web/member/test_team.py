"""The team, page after page: everybody once, masked, however many; no one's spending (H5, R11)."""

import re

import pytest
from django.db import connection

from bench.counting import counted
from gongxiang.queries import people
from tests.acts import town
from tests.conftest import Database
from tests.web.signed import signed_in

MANY = 105
QUERIES_MAX = 12
ROW = re.compile(r'<b>([^<]+)</b><span class="s">([^<]*<time[^>]*>)?([^<]+)')


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    """Let lin have brought many: some in one moment, of some nobody wrote down the day."""
    assert database.name
    town.open_town()
    town.query(
        "INSERT INTO members_member (member_id, referrer_id, is_introduced, joined_at)"
        " SELECT n, %s, true, CASE WHEN n <= 60 THEN '0001-01-01T00:00:00Z'::timestamptz"
        " ELSE '2026-11-20T08:00:00Z'::timestamptz + (n / 3) * interval '1 minute' END"
        " FROM generate_series(1, %s) AS n",
        town.party("lin"),
        MANY - 1,
    )
    town.query(
        "INSERT INTO members_account (member_id, name, code, epoch, opened_at)"
        " SELECT n, '会员' || n, 'C' || n, 1, now() FROM generate_series(1, %s) AS n",
        MANY - 1,
    )


def test_everybody_is_on_one_page_and_newest_come_first() -> None:
    client, seen, path = signed_in("lin"), [], "/team"
    lengths = []
    while path:
        with counted() as asked:
            page = client.get(path).content.decode()
        assert len(asked) <= QUERIES_MAX
        assert f"{MANY}<span" in page
        shown = re.findall(r'<span class="t"><b>([^<]+)</b>', page)
        lengths.append(len(shown))
        seen += shown
        older = re.search(r'href="(\?before=[^"]+)"', page)
        path = f"/team{older[1]}" if older else ""
        assert "会员1<" not in page
        assert "元" not in page.partition("<main")[2].partition("</main>")[0]
    assert lengths == [50, 50, 5]
    brought = "SELECT member_id FROM members_member WHERE referrer_id = %s"
    pages = []
    before = None
    while found := people.followers(member=town.party("lin"), size=7, before=before):
        pages += [one.member for one in found]
        before = (found[-1].joined_at, found[-1].member)
    everybody = [number for (number,) in town.query(brought, town.party("lin"))]
    assert sorted(pages) == sorted(everybody)
    assert len(seen) == len(everybody) == MANY


def test_a_place_that_is_none_begins_anew_and_one_beyond_the_end_says_so() -> None:
    client = signed_in("lin")
    first = client.get("/team").content.decode()
    assert "最近加入的" in first
    for nonsense in ("x", "1", "1.x", "9" * 17 + ".1", "-" + "9" * 17 + ".1", "1." + "9" * 19):
        page = client.get("/team", {"before": nonsense})
        assert (page.status_code, "最近加入的" in page.content.decode()) == (200, True)
    last = client.get("/team", {"before": "-62135596800000000.1"}).content.decode()
    assert "没有更早加入的了。" in last
    assert '<a class="btn quiet small" href="/team">最新的</a>' in last


def test_a_page_reads_no_more_than_itself() -> None:
    values = (town.party("lin"), "infinity", 0, 51)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("SET enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {people._DIRECT}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
        cursor.execute("RESET enable_bitmapscan")
    assert "members_member_referred" in plan, plan
    assert "Sort" not in plan, plan
