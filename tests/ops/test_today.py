"""The first page shows the picture's figures, adds up, and says so when there is nothing yet."""

import re

import pytest
from django.db import connection
from django.test import Client

from gongxiang.ops import hours
from gongxiang.ops.figures import bar, in_fen
from gongxiang.ops.standing import standing
from gongxiang.ops.subjects.balances import trial
from tests.conftest import Database
from tests.ops import world
from tests.ops.staff import signed_in


@pytest.fixture
def page(superuser: Client) -> str:
    return world.text_of(superuser.get("/ops/"))


def test_the_four_figures_are_those_of_the_picture(page: str) -> None:
    assert "今天成交 12,946.00 元 96 笔，全部在退款期内，已退 36.00 元" in page
    assert "盈利池 480.10 元 流通 257.1825 积分" in page
    assert "积分价格 1.8668 元 卖出到手 1.4934 元" in page
    assert "会员 / 门店 99 人 15 家 今天新增 96 人、0 家" in page


def test_the_settled_money_is_that_of_the_picture_and_adds_up(page: str) -> None:
    assert "已结算的钱去了哪里 3,000.00 元" in page
    assert (
        "门店 2,400.00 盈利池 480.00 平台 60.00 推荐与区域奖励，已付 33.00 分销预算，未支出 27.00"
        " 3 笔合计 3,000.00，逐分相加相等。"
    ) in page


def test_the_sequence_is_that_of_the_picture(page: str) -> None:
    assert (
        "3 18:05 结算 青禾眼镜 +160.00 1.8668 2 15:10 结算 阿芳小馆 +160.00 1.6801"
        " 1 11:42 结算 阿芳小馆 +160.00 1.4282 0 开盘 创世持有，永久锁定 +0.10 1.0000"
    ) in page


def test_what_must_be_seen_is_seen(page: str) -> None:
    assert "0 / 3 批 到过封顶线 0.00 % 已付会员占消费 2 层 受奖励的关系最深" in page
    assert "10.7143 元，现在 1.8668 最近一批的封顶价" in page
    assert "积分不保本、不保收益。" in page
    assert "收取区域代理或加盟费用，可能适用《商业特许经营管理条例》" in page
    assert "级差奖励：关闭；积分兑换股份：关闭；融资注入：关闭。" in page


def test_books_and_rules_stand_in_the_heading(page: str) -> None:
    assert "账实相符，差 0.00 规则第 1 版生效中" in page


def test_the_day_is_named(page: str) -> None:
    assert re.search(r"今天 2026-11-22 星期日 2[01]:\d\d ", page)


def test_the_hours_add_up_to_the_day(town: None) -> None:
    found = hours.takings(standing())
    drawn = hours.bars(found)
    assert drawn is not None
    assert [(one.name, one.amount) for one in drawn.series] == [
        ("天河区", "9,460.00"),
        ("越秀区", "3,486.00"),
    ]
    assert sum(found.by_hour.values()) == found.amount == 12_946_000_000
    assert [hour for hour, _, _ in drawn.rows] == [f"{hour} 点" for hour in range(8, 21)]
    assert drawn.story.startswith("天河区合计 9,460.00 元，越秀区合计 3,486.00 元，最高是 12 点的 ")


def test_many_districts_are_two_and_the_others() -> None:
    found = hours.Takings(
        by_hour={(9, name): amount for name, amount in zip("甲乙丙丁", (4, 3, 2, 1), strict=True)},
        amount=10,
        orders=4,
        returned=0,
        settled=0,
    )
    drawn = hours.bars(found)
    assert drawn is not None
    assert [one.name for one in drawn.series] == ["甲", "乙", "其他"]


def test_an_hour_without_takings_keeps_a_stub() -> None:
    yuan = 1_000_000
    found = hours.Takings(
        by_hour={(8, "甲"): 30 * yuan, (10, "甲"): 15 * yuan},
        amount=45 * yuan,
        orders=2,
        returned=0,
        settled=0,
    )
    drawn = hours.bars(found)
    assert drawn is not None
    assert [(rect.colour, rect.height) for rect in drawn.rects] == [
        ("b1", "232.0"),
        ("b0", "3.0"),
        ("b1", "116.0"),
    ]


def test_the_only_hour_of_a_day_is_a_bar_in_the_middle_and_no_wall() -> None:
    yuan = 1_000_000
    found = hours.Takings(
        by_hour={(20, "甲"): 30 * yuan}, amount=30 * yuan, orders=1, returned=0, settled=0
    )
    drawn = hours.bars(found)
    assert drawn is not None
    assert [(rect.x, rect.width) for rect in drawn.rects] == [("251.2", "45.6")]


def test_parts_that_are_shown_add_up_to_the_whole_that_is_shown() -> None:
    parts = (333_333, 333_333, 333_334, 4_999)
    assert sum(in_fen(total=sum(parts), parts=parts)) == 1_000_000


def test_a_bar_is_full_and_a_part_of_nothing_has_no_width() -> None:
    places = bar(parts=(800, 0, 160, 40))
    assert places[1][1] == "0.00"
    assert places[-1] == ("96.06", "3.94")


def test_an_unopened_platform_says_so_on_every_page(database: Database) -> None:
    world.users()
    client = signed_in("min")
    assert "还没有公布过规则" in world.text_of(client.get("/ops/"))
    for path in ("orders", "steps", "lots", "postings", "batches", "balances", "members"):
        assert client.get(f"/ops/{path}/").status_code == 200, path
    for path in ("stores", "contracts", "rules"):
        assert client.get(f"/ops/{path}/").status_code == 200, path


def test_a_new_platform_shows_its_opening(database: Database) -> None:
    world.users()
    world.drive_nothing()
    page = world.text_of(signed_in("min").get("/ops/"))
    assert "今天还没有付款" in page
    assert "还没有结算过订单。" in page
    assert "0 开盘 创世持有，永久锁定 +0.10 1.0000" in page
    assert "账实相符，差 0.00" in page


def test_a_pool_that_is_not_what_the_books_say_is_named(database: Database) -> None:
    world.drive_nothing()
    assert trial(standing().pool).tag.text == "账实相符，差 0.00"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE points_pool SET money = money + 1")
    assert trial(standing().pool).tag.text == "账实不符，差 0.000001 元"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE points_pool SET money = money - 1, circulating = circulating + 1")
    assert trial(standing().pool).tag.text == "账实不符，差 0.000000000001 积分"


def test_a_balance_that_nobody_posted_is_named(database: Database) -> None:
    world.drive_nothing()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_balance VALUES (5000, 108, 120000)")
    assert trial(standing().pool).tag.text == "账实不符，差 0.12 元"
