"""Every kind of step is explained by its own numbers, and the shown parts add up.

Source: R10; E8, E11, E13, E16, E18.
"""

from dataclasses import replace

from gongxiang.base.money import POINT, YUAN
from gongxiang.queries.pool_data import Kind, Pair, Step
from gongxiang.queries.why import why
from gongxiang.web.public.money_split import money_split
from tests.web import world


def step(kind: Kind, *, money: int, points: int) -> Step:
    """Move the pool of the one world."""
    after = Pair(money=world.PAIR.money + money, circulating=world.PAIR.circulating + points)
    return replace(world.THREE[2], number=4, kind=kind, before=world.PAIR, after=after)


def lines(asked: Step) -> dict[str, str]:
    return {line.name: line.words for line in why(step=asked, terms=world.TERMS).lines}


def test_a_settlement_shows_its_backing_and_its_points() -> None:
    assert lines(world.THREE[2]) == {
        "这笔订单让进池的钱": "160.00 元",
        "其中 70% 铸积分": "112.00 元",
        "其余留在池里": "48.00 元",
        "铸成积分": "66.6615",
    }
    told = why(step=world.THREE[2], terms=world.TERMS).formula
    assert told == "铸成积分 ＝ 112.00 × 190.5209 ÷ 320.10，用的是进池之前的池。"


def test_a_large_inflow_says_into_how_many_parts_it_was_cut() -> None:
    terms = replace(world.TERMS, mint_step=100)
    told = why(step=world.THREE[2], terms=terms).formula
    assert "超过池的 1%，分成 50 小份" in told


def test_a_sale_of_the_target_adds_up() -> None:
    sold = step(Kind.SALE, money=-167_262_000, points=-112 * POINT)
    assert lines(sold) == {
        "离开流通的积分": "112.0000",
        "按之前的价格，市值": "209.07 元",
        "留在盈利池": "41.81 元",
        "到手，进入零钱": "167.26 元",
    }
    assert 20_907 == 4_181 + 16_726


def test_an_exit_shows_the_cap_that_was_left() -> None:
    closed = step(Kind.EXIT, money=-960 * YUAN, points=-112 * POINT)
    closed = replace(closed, before=Pair(money=2_000 * YUAN, circulating=180 * POINT))
    closed = replace(closed, after=Pair(money=1_040 * YUAN, circulating=68 * POINT))
    assert lines(closed) == {
        "离开流通的积分": "112.0000",
        "离封顶线还差的市值": "1,200.00 元",
        "留在盈利池": "240.00 元",
        "到手，进入零钱": "960.00 元",
    }


def test_an_exit_that_pays_nothing_is_explained_too() -> None:
    closed = step(Kind.EXIT, money=0, points=-POINT)
    nothing = replace(world.TERMS, payout_rate=0)
    words = [line.words for line in why(step=closed, terms=nothing).lines]
    assert words == ["1.0000", "0.00 元", "0.00 元", "0.00 元"]


def test_a_refund_shows_what_left_the_pool_or_came_to_it() -> None:
    left = step(Kind.REFUND, money=-80 * YUAN, points=-50 * POINT)
    assert lines(left) == {"收回的积分": "50.0000", "从盈利池退出": "80.00 元"}
    came = step(Kind.REFUND, money=7 * YUAN, points=-POINT)
    assert lines(came) == {"收回的积分": "1.0000", "净进入盈利池": "7.00 元"}


def test_an_injection_mints_nothing() -> None:
    assert lines(step(Kind.INJECTION, money=50 * YUAN, points=0)) == {"进入盈利池": "50.00 元"}


def test_the_hundred_yuan_are_cut_into_parts_that_sum_to_them() -> None:
    found = money_split(terms=world.TERMS)
    assert [(part.name, part.amount // YUAN) for part in found.parts] == [
        ("门店", 80),
        ("盈利池", 16),
        ("平台", 2),
        ("推荐与服务", 2),
    ]
    assert sum(part.amount for part in found.parts) == found.spend == 100 * YUAN
    assert (found.minted, found.stays) == (11_200_000, 4_800_000)
    assert [part.width for part in found.parts] == ["78.32", "15.66", "1.96", "1.96"]
    assert [part.x for part in found.parts] == ["0.00", "79.02", "95.38", "98.04"]
