"""The list of orders: of a kind, of a month, page by page, and what is not finished yet.

Source: design/ui/faces.md 6.2 (`/orders`); issue 4 (Speed: at most twelve queries a page).
"""

import re

import pytest
from django.test import Client

from bench.counting import counted
from gongxiang.web.member.paying.listing import SIZE
from tests.acts import town
from tests.conftest import Database
from tests.web.signed import signed_in

OLD, NEW, WAITING = 3, 22, 1
ALL = OLD + NEW + WAITING
QUERIES_MAX = 12
ROW = re.compile(r'href="/orders/([^"/]+)"')


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    """Let lin buy in two months, and once within the window."""
    world = [each for each in town.THE_WORLD if each["type"] not in {"paid", "clock"}]
    old = [
        town.paid(f"a{each}", who="lin", store="fang", at=f"2026-10-0{each}T12:00:00+08:00")
        for each in range(1, OLD + 1)
    ]
    new = [
        town.paid(f"b{each:02}", who="lin", store="qing", at=f"2026-11-20T10:{each:02}:00+08:00")
        for each in range(NEW)
    ]
    clock = {"type": "clock", "id": "c1", "at": "2026-11-22T20:36:30+08:00"}
    last = town.paid("c", who="lin", store="fang", at="2026-11-22T20:36:00+08:00")
    other = town.paid("z", who="zhou", store="fang", at="2026-11-20T09:00:00+08:00")
    town.open_town([*world, *old, other, *new, last, clock])


@pytest.fixture
def client() -> Client:
    return signed_in("lin")


def rows(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return ROW.findall(answer.content.decode())


def test_pages_lose_nothing_and_repeat_nothing(client: Client) -> None:
    first = client.get("/orders").content.decode()
    (older,) = re.findall(r'href="(\?before=\d+)">更早的', first)
    assert "最新的" not in first
    shown = ROW.findall(first)
    second = client.get(f"/orders{older}").content.decode()
    assert "更早的" not in second
    assert "最新的" in second
    shown += ROW.findall(second)
    news = [f"b{each:02}" for each in range(NEW)][::-1]
    assert shown == ["c", *news, "a3", "a2", "a1"]
    assert len(ROW.findall(first)) == SIZE


def test_a_month_is_looked_at_alone_and_leads_to_the_ones_beside_it(client: Client) -> None:
    assert rows(client, "/orders?month=2026-10") == ["a3", "a2", "a1"]
    page = client.get("/orders?month=2026-10").content.decode()
    assert 'href="?month=2026-09"' in page
    assert 'href="?month=2026-11"' in page
    assert rows(client, "/orders?month=2026-09") == []
    empty = client.get("/orders?month=2026-09").content.decode()
    assert "没有这样的订单" in empty
    assert "2026-09 里没有找到" in empty


def test_a_kind_is_looked_at_alone_within_a_month_too(client: Client) -> None:
    assert rows(client, "/orders?kind=waiting") == ["c"]
    assert rows(client, "/orders?kind=settled&month=2026-10") == ["a3", "a2", "a1"]
    assert rows(client, "/orders?kind=returned") == []
    order = town.query("SELECT id, member_id FROM orders_order ORDER BY paid_at DESC LIMIT 1")[0]
    town.query("UPDATE orders_order SET returned = 100000 WHERE id = %s", order[0])
    assert rows(client, "/orders?kind=returned") == ["c"]
    page = client.get("/orders?kind=settled").content.decode()
    assert re.search(r'href="\?kind=settled" aria-current="true">已结算', page)
    assert re.search(r'href="\?kind=settled&amp;before=\d+">更早的', page)


@pytest.mark.parametrize("typed", ["kind=x", "month=2026-13", "before=-1", "before=9" * 9])
def test_what_cannot_be_read_is_no_restriction(client: Client, typed: str) -> None:
    assert len(rows(client, f"/orders?{typed}")) == SIZE


def test_what_is_not_finished_stands_on_top_and_leads_on(client: Client) -> None:
    (member,) = town.query("SELECT id FROM members_party WHERE key = 'lin'")[0]
    for number, state in (("GX1", "opened"), ("GX2", "unknown"), ("GX3", "closed")):
        town.query(
            "INSERT INTO payments_attempt (id, number, key, home_id, store_id, provider, payee,"
            " amount_fen, state, hand_off, opened_at, expires_at, queries)"
            " SELECT %s, %s, %s, %s, min(store_id), 'wechat', 'p', 12800, %s, '', now(),"
            " now() + interval '15 min', 0 FROM merchants_store",
            int(number[2:]),
            number,
            number,
            member,
            state,
        )
    page = client.get("/orders").content.decode()
    assert "还没付完" in page
    home = client.get("/home").content.decode()
    assert "还没付完" in home
    assert re.findall(r'href="/orders/(\w+)/wait"', page) == ["GX2", "GX1"]
    assert "待付款" in page
    assert "结果未知" in page
    assert "还没付完" not in signed_in("zhou").get("/orders").content.decode()
    assert "还没付完" not in client.get("/orders?kind=settled").content.decode()


def test_it_asks_the_same_however_much_there_is(client: Client) -> None:
    client.get("/orders")
    with counted() as asked:
        client.get("/orders")
    assert len(asked) <= QUERIES_MAX
