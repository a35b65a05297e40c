"""The member's home: what waits, what selling pays, stores nearby, last orders, how it begins.

Source: design/ui/README.md (The numbers on the pages); design/ui/faces.md 6.2 (`/home`).
"""

import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from bench.counting import counted
from gongxiang.queries import finder
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in


@pytest.fixture(autouse=True)
def _town(database: Database) -> Iterator[None]:
    assert database.name
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


def words(client: Client) -> str:
    """Give what the home says."""
    page = re.sub(r"</?(small|b|time|i)\b[^>]*>", "", client.get("/home").content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_home_shows_what_selling_pays_what_waits_and_the_last_orders() -> None:
    page = words(signed_in("lin"))
    for told in (
        *("积分现在全部卖出，到手 266.81 元", "178.6615", "积分不保本、不保收益。", "市值的 80%"),
        *("待结算 全部订单 阿芳小馆 明天 20:36 自动结算，约 7.6795 积分 128.00", "看看附近的店"),
        *("最近的订单", "青禾眼镜 11-21 18:05 1,000.00 已结算", "天河区的店", "至今 3 批里 0 批"),
    ):
        assert told in page, told
    assert "第一次到店付款怎么做" not in page


def test_who_is_new_is_told_the_three_steps() -> None:
    page = words(signed_in("qinghe"))
    for told in (
        "第一次到店付款怎么做",
        "扫店里的码",
        "填上金额付款",
        "可以付款的店",
        "看看附近的店",
    ):
        assert told in page, told
    assert "最近的订单" not in page


def test_near_is_where_he_paid_last_or_where_he_was_bound() -> None:
    assert finder.division_of(member=town.party("lin")) == "440106"
    assert finder.division_of(member=town.party("afang")) == ""
    town.query("DELETE FROM orders_order WHERE member_id = %s", town.party("lin"))
    town.query("UPDATE merchants_store SET division_code = '440103' WHERE name = '阿芳小馆'")
    assert finder.division_of(member=town.party("lin")) == "440103"


def test_however_long_the_history_and_cold_the_cache_home_asks_at_most_twelve_questions() -> None:
    town.query(
        "INSERT INTO orders_order (id, member_id, store_id, amount, returned, commission_rate,"
        " version_id, paid_at, due_at, due_rank) SELECT n, %s, %s, 1000000, 0, 2000, 1,"
        " '2026-10-01'::timestamptz + make_interval(mins => n), '2026-10-02', 0"
        " FROM generate_series(1, 2000) n",
        town.party("lin"),
        town.party("fang", kind=2),
    )
    for who in ("lin", "qinghe"):
        client = signed_in(who)
        forget()
        with counted() as asked:
            assert client.get("/home").status_code == 200
        assert len(asked) <= 12, asked
