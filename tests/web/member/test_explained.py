"""A line of every kind is explained: its rule and version, its inputs, its formula, its sum again.

Source: R10; E11, E13, E16, P4.
"""

import re
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from hypothesis import example, given
from hypothesis import strategies as st

from gongxiang.acts.advance_refund_cases import advance_refund_cases
from gongxiang.acts.open_refund_case import open_refund_case
from gongxiang.acts.review_refund_case import review_refund_case
from gongxiang.acts.review_withdrawal import review_withdrawal
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.withdraw import withdraw
from gongxiang.base import text
from gongxiang.base.money import POINT
from gongxiang.queries.cash_data import Statement, Sum
from gongxiang.treasury.models import Verdict
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in
from tests.web.test_member_world import inject_until_capped, words

VERSION = "第 1 版规则"


@pytest.fixture(autouse=True)
def _served(database: Database) -> Iterator[None]:
    assert database.name
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


def sell(points: int) -> None:
    sell_points(key=f"s{points}", member=town.party("lin"), points=points, shown_net=None)
    town.settle_now()


def newest(client: Client) -> str:
    """Give the explanation of the newest line."""
    page = client.get("/wallet/entries").content.decode()
    return words(client, re.findall(r'href="(/why/[0-9-]+)"', page)[0])


def has(page: str, *figures: str) -> None:
    for figure in (*figures, VERSION):
        assert figure in page, (figure, page)


def test_a_sale_of_two_lots_is_the_sum_of_both_each_cut_for_itself() -> None:
    sell(150 * POINT)
    has(
        newest(signed_in("lin")),
        "从几批里扣 2 批",
        "E11",
        f"刚才重算一遍 {town.balance('lin', 108) - 3_000_000} 微元",
        "比一比 一样",
    )


def test_a_sale_after_a_sale_begins_where_that_one_ended() -> None:
    sell(100 * POINT)
    sell(20 * POINT)
    has(newest(signed_in("lin")), "从几批里扣 2 批", "比一比 一样")


def test_a_lot_at_its_cap_pays_what_was_left_of_it() -> None:
    inject_until_capped()
    has(
        newest(signed_in("lin")),
        "E13",
        "这一批当时的消费 1,000.00 元",
        "封顶线（消费的 1.2 倍） 1,200.00 元",
        "以前卖出时已取的市值 0.00 元",
        "还差的市值 1,200.00 元",
        "到手 960.00 元",
        "到手 ＝（消费的 1.2 倍 － 已取的市值）× 80%",
        "刚才重算一遍 960000000 微元",
        "比一比 一样",
    )


def test_a_lot_sold_in_part_before_its_cap_pays_only_the_rest() -> None:
    sell(2 * POINT)
    inject_until_capped()
    has(
        newest(signed_in("lin")),
        "以前卖出时已取的市值 3.73 元",
        "还差的市值 1,196.26 元",
        "到手 957.01 元",
        "比一比 一样",
    )


def refund(amount_fen: int) -> None:
    """Let so much of lin's first order go back by a case."""
    member = town.party("lin")
    order = town.query("SELECT id FROM orders_fact WHERE key = 'o1'")[0][0]
    case = open_refund_case(
        key=f"k{amount_fen}",
        member=member,
        order=order,
        amount_fen=amount_fen,
        reason="菜没有上",
        is_by_store=False,
    ).number
    for officer in ("小吴", "小郑"):
        review_refund_case(
            member=member, case=case, officer=officer, verdict=Verdict.APPROVE, reason="看过小票"
        )
    town.settle_now()
    advance_refund_cases()


def test_the_fraction_of_a_refund_stands_with_all_its_parts() -> None:
    sell(112 * POINT)
    refund(100_000)
    has(
        newest(signed_in("lin")),
        "E16",
        "退款 1,000.000000 元",
        "扣回已卖积分的钱 167.262390 元",
        "扣回本人得的奖励 0.000000 元",
        "退到付款渠道（整分） 832.730000 元",
        "零头，记回零钱 0.007610 元",
        "刚才重算一遍 7610 微元",
        "比一比 一样",
    )
    month = words(signed_in("lin"), "/statements/2026-11")
    assert "+3.00 元 卖出积分 · 1 笔 +167.26 元" in month
    assert "上面各行不足一分的零头，合起来 +0.01 元 到现在 170.27 元" in month


def test_a_withdrawal_and_its_return_are_what_was_asked_for() -> None:
    sell(112 * POINT)
    member, client = town.party("lin"), signed_in("lin")
    number = withdraw(key="w1", member=member, amount_fen=10_000).number
    town.settle_now()
    has(
        newest(client),
        "P4",
        "提现 100.00 元 手续费 0.00 元 代扣个税 0.00 元 打给你 100.00 元",
        "记在零钱上 −100.00 元",
        "个税按超过 800.00 元的部分 × 20% 算，只显示，不代扣",
        "刚才重算一遍 −100000000 微元",
        "比一比 一样",
    )
    for officer in ("小吴", "小郑"):
        review_withdrawal(
            member=member,
            withdrawal=number,
            officer=officer,
            verdict=Verdict.DECLINE,
            reason="不符",
        )
    town.settle_now()
    has(
        newest(client),
        "P4",
        "当初提现 100.00 元 记在零钱上 +100.00 元",
        "刚才重算一遍 100000000 微元",
        "比一比 一样",
    )


@pytest.mark.parametrize("kind", ["sold", "exited", "withdrawn"])
def test_a_line_that_was_posted_wrong_is_told_apart(kind: str, database: Database) -> None:
    if kind == "exited":
        inject_until_capped()
    else:
        sell(112 * POINT)
    if kind == "withdrawn":
        withdraw(key="w1", member=town.party("lin"), amount_fen=10_000)
        town.settle_now()
    client = signed_in("lin")
    assert "不一致" not in newest(client)
    leg = {"sold": 9_108, "exited": 10_108, "withdrawn": 13_108}[kind]
    with town.books(database) as books:
        books.connection.execute("SET LOCAL session_replication_role = replica")
        books.connection.execute(
            "UPDATE ledger_posting SET credit = credit + 1, debit = debit + 1 WHERE leg = %s",
            (leg,),
        )
        books.connection.commit()
    page = newest(client)
    assert "比一比 不一致" in page
    assert "这是我们的错，请把这一页给客服看" in page


MOVED = st.lists(
    st.tuples(
        st.sampled_from(("direct", "sold", "withdrawn", "case")),
        st.integers(-(10**12), 10**12),
        st.integers(1, 99),
    ),
    max_size=12,
)


def printed_fen(words: str) -> int:
    return int(words.replace("−", "-").replace("+", "").replace(",", "").replace(".", ""))


@given(opening=st.integers(0, 10**12), moved=MOVED)
@example(opening=3_334, moved=[("direct", 6_666, 2)])
@example(opening=9_999, moved=[("withdrawn", -9_999, 1)])
def test_what_a_month_prints_adds_up_to_the_fen(
    opening: int, moved: list[tuple[str, int, int]]
) -> None:
    sums = tuple(Sum(purpose=name, amount=amount, count=count) for name, amount, count in moved)
    closing = opening + sum(one.amount for one in sums)
    found = Statement(opening=opening, sums=sums, closing=closing)
    lines = [text.yuan_moved(amount=one.amount) for one in sums]
    rest = text.yuan_moved(amount=found.below_a_fen)
    shown = [text.yuan(amount=opening), *lines, rest]
    assert sum(map(printed_fen, shown)) == printed_fen(text.yuan(amount=closing))
    # A row of its own never hides more than a fen of each row that stands there.
    assert abs(found.below_a_fen) <= 10_000 * (len(sums) + 1)
