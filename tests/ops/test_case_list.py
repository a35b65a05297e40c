"""The list of cases goes on from page to page: nobody's case is left out, however many wait.

Source: E16; design/ui/faces.md 6.5; design/scale.md (pages go on from a key).
"""

import re

import pytest
from django.test import Client

from bench.counting import counted
from gongxiang.ops.table import PAGE
from tests.acts import town
from tests.conftest import Database
from tests.ops import staff, world

REVIEWS, FUNDS = 70, 45
QUERIES_MAX = 12
ROW = re.compile(r'href="/ops/cases/\d+/(\d+)/"')
ON = re.compile(r'href="(\?from=[^"]+)"')
ORDERS = tuple(
    town.paid(f"p{n}", who="lin", store="fang", at=f"2026-11-20T10:{n // 60:02}:{n % 60:02}+08:00")
    for n in range(REVIEWS + FUNDS)
)
OPEN = """
INSERT INTO treasury_refundcase (id, member_id, order_id, store_id, key, amount, reason,
    is_by_store, state, maker, maker_reason, checker, checker_reason, tries, opened_at)
SELECT 1000 + place, paid.member_id, paid.id, paid.store_id, 'k' || place, 10000, '少上一菜',
       false, CASE WHEN mod(place, 23) < 14 THEN 1 ELSE 2 END, '', '', '', '', 0, paid.paid_at
  FROM (SELECT paid.*, row_number() OVER (ORDER BY fact.at, fact.id) AS place
          FROM orders_order paid
          JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
         WHERE fact.key ^@ 'p') AS paid
"""


@pytest.fixture
def officer(database: Database) -> Client:
    """Give an officer, with more cases than two pages hold: seventy in review, the rest wait."""
    assert database.name
    town.open_town([*town.THE_WORLD[:4], *ORDERS, *town.THE_WORLD[4:]])
    world.users()
    town.query(OPEN)
    found = town.query("SELECT state, count(*) FROM treasury_refundcase GROUP BY 1 ORDER BY 1")
    assert found == [(1, REVIEWS), (2, FUNDS)]
    return staff.signed_in("zhi")


def test_every_case_is_listed_once_reviews_first_the_oldest_before_the_others(
    officer: Client,
) -> None:
    found, way, sizes = [], "/ops/cases/", []
    while way:
        with counted() as queries:
            page = officer.get(way).content.decode()
        assert len(queries) <= QUERIES_MAX
        shown = [int(number) for number in ROW.findall(page)]
        found += shown
        sizes.append(len(shown))
        on = ON.search(page)
        way = f"/ops/cases/{on[1]}" if on else ""
    assert sizes == [PAGE, PAGE, REVIEWS + FUNDS - 2 * PAGE]
    listed = town.query("SELECT id FROM treasury_refundcase ORDER BY state, id")
    assert found == [number for (number,) in listed]


def test_a_case_that_moves_on_meanwhile_leaves_no_gap(officer: Client) -> None:
    first = officer.get("/ops/cases/").content.decode()
    numbers, on = ROW.findall(first), ON.search(first)
    assert on is not None
    town.query("UPDATE treasury_refundcase SET state = 5 WHERE id = %s", int(numbers[0]))
    second = ROW.findall(officer.get(f"/ops/cases/{on[1]}").content.decode())
    assert (len(second), set(numbers) & set(second)) == (PAGE, set())
    listed = town.query("SELECT id FROM treasury_refundcase WHERE state < 4 ORDER BY state, id")
    assert [int(each) for each in second] == [number for (number,) in listed[PAGE - 1 :][:PAGE]]


@pytest.mark.parametrize("place", ["x", "1", "1_2_3", "1_x", "1_9223372036854775808"])
def test_a_place_that_is_none_is_told_so(officer: Client, place: str) -> None:
    answer = officer.get("/ops/cases/", {"from": place})
    assert 400 <= answer.status_code < 500
