"""The day of the visual target on the pages around the shop: every figure that stands in it, equal.

The points, the cash and the state sheet are in test_member_world.py, the console's first page in
tests/ops/test_today.py, rewards and recruits in merchant/test_store_home.py.
Source: design/ui/README.md (The numbers on the pages); prototype/ (store-home, cashier, pay, paid).
"""

from collections.abc import Iterator, Mapping

import pytest
from django.test import Client, override_settings

from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in
from tests.web.test_member_world import words

AT_NOON = (137_50, 145_00, 98_00, 212_00, 176_00, 88_00, 121_00)
IN_THE_EVENING = (154_00, 164_00, 96_00, 132_00, 187_00, 143_00, 109_00, 95_00)


def seventeen() -> Iterator[Mapping[str, object]]:
    """Tell of what was paid at 阿芳小馆 on 11-22 before 林小满 came, 36.00 of it given back."""
    for number, amount_fen in enumerate(AT_NOON):
        at = f"2026-11-22T12:{number:02}:00+08:00"
        yield town.paid(f"n{number}", who=f"n{number}", store="fang", at=at, amount_fen=amount_fen)
    yield {
        "type": "refunded",
        "id": "r1",
        "order": "n1",
        "amount_fen": 3_600,
        "at": "2026-11-22T13:10:00+08:00",
    }
    for number, amount_fen in enumerate(IN_THE_EVENING):
        at = f"2026-11-22T18:{number:02}:00+08:00"
        yield town.paid(f"e{number}", who=f"e{number}", store="fang", at=at, amount_fen=amount_fen)
    for number, (at, amount_fen) in enumerate((("19:26", 16_800), ("20:02", 13_300))):
        moment = f"2026-11-22T{at}:00+08:00"
        yield town.paid(f"l{number}", who="guest", store="fang", at=moment, amount_fen=amount_fen)


@pytest.fixture(autouse=True)
def _day(database: Database) -> Iterator[None]:
    assert database.name
    forget()
    until_yesterday, rest = town.THE_WORLD[:7], town.THE_WORLD[7:]
    town.open_town((*until_yesterday, *seventeen(), *rest), at="2026-11-22T20:36:30+08:00")
    signed_in("lin")
    town.query("UPDATE members_account SET name = '林小满' WHERE name = 'lin'")
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.fixture
def owner() -> Client:
    return signed_in("afang")


@pytest.fixture
def lin() -> Client:
    return signed_in("lin")


def test_the_shop_s_day_has_every_figure(owner: Client) -> None:
    page = words(owner, "/store/fang")
    for figure in (
        *("今天收款 11 月 22 日 2,486.50 元 · 18 笔", "已退款 36.00", "平台抽成 20% 490.10"),
        *("预计到账 1,960.40", "今天结算了 2 笔，其中 1,600.00 元归门店"),
        *("128.00 林*满 · 今天 20:36 待结算", "133.00 游客 · 今天 20:02 待结算"),
        *("直推 你带来的会员消费 6.00", "间推 他们再带来的会员 2.00", "招商 你介绍的店 5.00"),
        "这个月已到零钱 13.00",
    ):
        assert figure in page, figure


def test_the_till_has_every_figure(owner: Client) -> None:
    page = words(owner, "/store/fang/cashier")
    for figure in (
        *("收到 ¥128.00", "20:36:00 · 林*满", "今天 18 笔 2,486.50"),
        *("128.00 林*满 · 今天 20:36", "133.00 游客 · 今天 20:02", "168.00 游客 · 今天 19:26"),
    ):
        assert figure in page, figure


def test_the_list_of_orders_has_every_payment_of_the_day(owner: Client) -> None:
    page = words(owner, "/store/fang/orders")
    for fen in (*AT_NOON, *IN_THE_EVENING, 16_800, 13_300, 12_800):
        assert f"{fen // 100}.{fen % 100:02} " in page, fen
    assert "145.00 游客 · 今天 12:01 部分退款" in page
    assert page.count("1,000.00") == 2


@pytest.mark.usefixtures("channels")
def test_paying_says_what_it_would_give(lin: Client) -> None:
    open_sandbox_accounts()
    page = words(lin, "/s/fang/pay?amount=128")
    for figure in (
        "结算后约得 7.6795 积分、256.00 元抵扣积分；这批的封顶线 153.60 元，到手 122.88 元。",
        *("付款给 阿芳小馆", "24 小时内可申请原路退回", "至今 3 批里 0 批到过封顶线（0.00%）"),
    ):
        assert figure in page, figure


def test_the_paid_order_has_every_figure(lin: Client) -> None:
    page = words(lin, "/orders/o99")
    for figure in (
        *("已付给阿芳小馆 ¥128.00", "已付款 今天 20:36", "退款期，还剩 23 小时 59 分"),
        *("明天 20:36 自动结算", "约 7.6795", "抵扣积分 256.00"),
        *("这批的封顶线 153.60 元，到手 122.88", "现在价格 1.8668 元", "已付会员占全部消费 0.00%"),
    ):
        assert figure in page, figure


def test_home_and_team_know_them(lin: Client) -> None:
    home = words(lin, "/home")
    for figure in (
        *("积分现在全部卖出，到手 266.81 元", "积分 178.6615 零钱 3.00 抵扣积分 4,000.00"),
        "阿芳小馆 明天 20:36 自动结算，约 7.6795 积分 128.00",
    ):
        assert figure in home, figure
    assert "直推 1" in words(lin, "/team")


def test_one_reward_is_explained(lin: Client) -> None:
    entry = words(lin, "/wallet/entries")
    assert "直推奖励 今天 15:10 · 怎么算的 +3.00 余 3.00" in entry


def test_what_all_can_check_has_every_figure() -> None:
    page = words(Client(), "/pool")
    for figure in (
        *("480.10 元", "流通积分 257.1825", "每积分价格 1.8668 元", "卖出到手 1.4934 元"),
        *("112.1000 1.4282", "190.5209 1.6801", "257.1825 1.8668"),
    ):
        assert figure in page, figure
