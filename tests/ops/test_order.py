"""One order's page tells its whole life, to the last digit, and agrees with the journal."""

import json
from pathlib import Path

import pytest
from django.test import Client

from gongxiang.acts.publish_rules import publish_rules
from gongxiang.ops.life import life_of
from gongxiang.ops.worth import worth_of
from gongxiang.orders.models import Order
from gongxiang.points.models import StepKind
from gongxiang.rulebook.load import load_terms
from tests.conftest import Database
from tests.ops import world
from tests.ops.staff import signed_in


@pytest.fixture
def page(superuser: Client) -> str:
    return world.text_of(superuser.get(world.order("000001")))


def test_the_order_says_who_paid_what_where_under_which_rules(page: str) -> None:
    assert "订单 000001 已结算" in page
    assert "付款 1,000.00 元 11-21 11:42 会员 林*满 门店 阿芳小馆 平台抽成 20% 已退 0.00 元" in page
    assert "已付款 11-21 11:42 付给阿芳小馆 1,000.00 元；" in page
    assert "从此冻结（规则第 1 版）" in page
    assert "店内退款期 24 小时 公布时另行设定" in page
    assert "兑冲基金比例 70% 方案原文：70% 兑冲基金，30% 增量资金" in page


def test_it_settled_at_a_step_with_the_pair_before_and_after(page: str) -> None:
    assert "已结算，盈利池第 1 步 11-22 11:42 1,000.00 元分完，铸出 112.0000 积分；" in page
    assert "价格 1.0000 → 1.4282" in page
    assert "之前 0.10 0.1000 1.0000 这一步 +160.00 +112.0000 之后 160.10 112.1000 1.4282" in page


def test_its_money_went_where_it_says_and_adds_up(page: str) -> None:
    assert (
        "门店 80% 800.00 盈利池 16% 160.00 平台 2% 20.00 奖励 1.1% 11.00"
        " 分销预算，未发 0.9% 9.00 合计 1,000.00"
    ) in page
    assert "进池 160.00 元，其中 70%（112.00 元）按之前的价格铸成积分：112.0000。" in page


def test_every_reward_has_its_person_rate_sum_rule_and_source(page: str) -> None:
    assert (
        "直推 陈*芳 0.3% 1,000.00 × 0.3% 3.00 R3 带这位会员来的人，得他每笔消费的这一比例。"
        " 0.3% · 方案原文（第一套）：直推 0.3%"
    ) in page
    assert "间推 罗* 0.2% 1,000.00 × 0.2% 2.00 R3 " in page
    assert "招商 罗* 0.5% 1,000.00 × 0.5% 5.00 R4 " in page
    assert "区代 何* 0.1% 1,000.00 × 0.1% 1.00 R5 " in page
    assert "市代 没有人 0% 0.00 R5 " in page
    assert "合计 11.00 元，分销预算里未发 9.00 元。" in page
    assert "奖励，一笔一行 与分录一致" in page


def test_its_lot_has_a_cap_an_exit_price_and_what_left_it(page: str) -> None:
    assert (
        "这一批积分 持有中 铸出 112.0000 剩余 112.0000 卖出 0.0000 封顶线（元） 1,200.00"
        " 离封顶还能取（元） 1,200.00 封顶价（元） 10.7143 已取市值（元） 0.00"
        " 已到手（元） 0.00 抵扣积分 2,000.00 积分不保本、不保收益。"
    ) in page


def test_its_postings_and_the_sums_of_its_batch_are_all_there(page: str) -> None:
    for line in (
        "阿芳小馆 订单结算 应付门店 本单 800.00 元",
        "林*满 订单结算 积分 本单 112.0000 积分",
        "林*满 订单结算 抵扣积分 本单 2,000.00 抵扣积分",
        "陈*芳 直推 零钱 本单 3.00 元",
        "罗* 招商 零钱 本单 5.00 元",
    ):
        assert line in page
    for line in ("订单结算 待结算 1,000.00", "订单结算 盈利池 160.00", "订单结算 未发分销 9.00"):
        assert line in page
    assert "链指纹" in page


def test_a_waiting_order_says_when_it_settles_and_what_it_would_bring(superuser: Client) -> None:
    page = world.text_of(superuser.get(world.order("000040")))
    assert "订单 000040 待结算" in page
    assert "结算前退款 36.00 元 11-22 20:36 退0001，原路退回；盈利池没有动过" in page
    assert "明天 17:28 自动结算 退款期内，还剩 " in page
    assert "门店 80% 76.984 盈利池 16% 15.3968 平台 2% 1.9246" in page
    assert "合计 96.23" in page
    assert "结算前，按冻结的规则预计" in page
    assert "结算时才作准" in page


def test_an_unknown_order_is_no_page_of_another(superuser: Client) -> None:
    member, number = world.order("000001").strip("/").split("/")[2:]
    assert superuser.get(f"/ops/orders/{number}/{member}/").status_code == 404
    answer = superuser.get("/ops/orders/1/2/")
    assert answer.status_code == 404
    assert "没有这笔订单" in world.text_of(answer)


def test_every_order_agrees_with_the_journal(town: None) -> None:
    for member, number in Order.objects.values_list("member_id", "id"):
        worth = worth_of(life_of(member=member, number=number))
        assert worth.is_as_posted
        assert (
            worth.merchant + worth.inflow + worth.platform + worth.rewarded + worth.unspent
            == worth.spend
        )


def example(shared: Path, name: str) -> None:
    """Drive a worked example through the platform."""
    lines = (shared / "examples" / f"{name}.events.jsonl").read_text().splitlines()
    terms = load_terms(preset="seed-1")
    publish_rules(terms=terms, preset="seed-1")
    world.drive((json.loads(line) for line in lines), terms=terms)


@pytest.fixture
def refunded(database: Database, shared: Path) -> str:
    """Give the page of an order that was sold from and refunded in three parts (E16)."""
    example(shared, "04-refund-after-sale")
    world.users()
    return world.text_of(signed_in("min").get(world.order("o3")))


def test_refunds_after_settlement_are_told_with_their_steps(refunded: str) -> None:
    assert "订单 o3 已退款" in refunded
    assert "已退 1,000.00 元" in refunded
    assert "结算后退款 400.00 元 03-01 00:01 r101，第 12 步；收回积分 " in refunded
    assert "结算后退款 300.00 元 03-01 00:01 r103，第 14 步；收回积分 " in refunded
    assert "结算后退款 300.00 元 03-01 00:01 r104，第 15 步；收回积分 " in refunded
    assert "随退款收回" in refunded
    assert "结算后退款 应付门店 r101 " in refunded


def test_a_refunded_order_still_agrees_with_the_journal(database: Database, shared: Path) -> None:
    example(shared, "04-refund-after-sale")
    for member, number in Order.objects.values_list("member_id", "id"):
        assert worth_of(life_of(member=member, number=number)).is_as_posted


@pytest.mark.parametrize("name", ["06-rewards-differential", "07-rewards-flat"])
def test_every_role_agrees_with_the_journal(database: Database, shared: Path, name: str) -> None:
    lines = (shared / "examples" / f"{name}.events.jsonl").read_text().splitlines()
    settings = {
        "06-rewards-differential": ["grand_region=45"],
        "07-rewards-flat": [
            *("agent_mode=flat", "district=10", "city=5", "province=1", "grand_region=1")
        ],
    }[name]
    terms = load_terms(preset="seed-1", settings=settings)
    publish_rules(terms=terms, preset="seed-1", settings=settings)
    world.drive((json.loads(line) for line in lines), terms=terms)
    orders = Order.objects.values_list("member_id", "id")
    assert all(worth_of(life_of(member=home, number=one)).is_as_posted for home, one in orders)


def test_an_order_that_reached_its_cap_says_at_which_step(database: Database) -> None:
    terms = load_terms(preset="seed-1", settings=["exit_cap=1"])
    publish_rules(terms=terms, preset="seed-1", settings=["exit_cap=1"])
    world.drive(world.three_orders(), terms=terms)
    life = life_of(**dict(zip(("member", "number"), world.number_of("000001"), strict=True)))
    assert life.exited is not None
    assert life.exited.kind is StepKind.EXIT
    world.users()
    page = world.text_of(signed_in("min").get(world.order("000001")))
    assert "到线自动结清，第 2 步 11-21 11:42 112.0000 积分到封顶线，到手 0.08 元进零钱" in page
    assert "已到封顶线结清" in page


def test_an_order_returned_whole_never_touched_the_pool(database: Database) -> None:
    terms = world.TERMS
    publish_rules(terms=terms, preset="seed-1", settings=["window=86400"])
    world.drive(world.returned_whole(), terms=terms)
    world.users()
    page = world.text_of(signed_in("min").get(world.order("000001")))
    assert "订单 000001 已退款" in page
    assert "不再结算 结算前已全部退回，盈利池没有动过" in page
    assert "合计 0.00" in page
