"""A refund after settlement on its pages and on the wire: asked, decided, back to the payer."""

import re
from typing import Any

from django.test import Client

from gongxiang.acts.advance_refund_cases import advance_refund_cases
from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.review_refund_case import review_refund_case
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.share_profits import share_profits
from gongxiang.sandbox.pay import Sandbox
from gongxiang.treasury.models import CaseState, Verdict
from tests.acts.town import settle_now
from tests.payments.paying import World, ask, number_of
from tests.payments.test_pages import order_of, signed_in
from tests.payments.test_shares import dispatched

TOKEN = re.compile(r'name="token" value="([^"]+)"')
ONCE = re.compile(r'name="once" value="([^"]+)"')


def text(answer: Any) -> str:  # noqa: ANN401  Django's test answer
    return str(answer.content.decode())


def settled(client: Client, sandbox: Sandbox) -> str:
    """Pay 128.00 and let it settle a day later; give the order's path."""
    path = order_of(client, sandbox)
    ask("UPDATE points_horizon SET offset_seconds = offset_seconds + 86_401")
    settle_now()
    return path


def decide(member: int) -> CaseState:
    ((case,),) = ask("SELECT id FROM treasury_refundcase")
    state = CaseState.REVIEW
    for officer in ("小吴", "小郑"):
        state = review_refund_case(
            member=member, case=case, officer=officer, verdict=Verdict.APPROVE, reason="看过小票"
        )
    return state


def test_a_member_asks_after_the_settlement_and_gets_his_money_through_the_channel(
    world: World, sandbox: Sandbox
) -> None:
    member, owner = signed_in(world.member), signed_in(number_of("fang"))
    order = settled(member, sandbox)
    assert "仍可经客服退款，退款会扣回已卖积分的钱" in text(member.get(f"{order}/refund"))
    typed = {"amount": "64.00", "reason": "少上一菜"}
    check = text(member.get(f"{order}/refund", typed))
    token = TOKEN.search(check)
    assert token is not None
    assert "扣回" not in check.split('<p class="note">')[0]
    assert '<button class="btn wide">申请退 64.00 元，交给客服</button>' in check
    for figure in ('<dd class="n">64.00 元</dd>', '<b class="n">64.00 元</b>'):
        assert figure in check, figure
    assert '<dt>收回抵扣积分</dt><dd class="n">128.00 元</dd>' in check
    empty = text(member.get(f"{order}/refund", {"amount": "", "reason": "x"}))
    assert empty.count("填上退款金额，最多 128.00 元") == 2
    assert 'aria-invalid="true" aria-describedby="amount-why">' in empty
    for _ in range(2):
        answer = member.post(f"{order}/refund", {**typed, "token": token[1]})
        assert answer["Location"] == order
    assert ask("SELECT count(*), max(amount) FROM treasury_refundcase") == [(1, 64_000_000)]
    assert "已申请退回 64.00 元" in text(member.get(f"{order}/refund"))
    assert "已申请" in text(owner.get(f"/store/SAFANG{order}"))
    assert decide(world.member) is CaseState.PLACED
    settle_now()
    advance_refund_cases()
    assert '<li class="now"><b>结算后退款 64.00 元</b>' in text(member.get(order))
    assert dispatch_outbox() == 0
    sandbox.trades.share_wait = 0
    share_profits()
    dispatched(5)
    assert ask("SELECT amount_fen, state FROM payments_channelrefund") == [(6_400, "done")]
    shown = text(member.get(order))
    step = '<li class="done"><b>结算后退款 64.00 元</b>'
    for words in ("已退回", "部分退款", "看过小票", step):
        assert words in shown, words
    assert "部分退款" in text(owner.get(f"/store/SAFANG{order}"))


def test_sold_points_are_kept_back_and_said_so_before_anything_is_asked(
    world: World, sandbox: Sandbox
) -> None:
    member = signed_in(world.member)
    order = settled(member, sandbox)
    ((left,),) = ask('SELECT "left" FROM points_lot')
    sell_points(key="s1", member=world.member, points=left, shown_net=None)
    settle_now()
    ((net,),) = ask("SELECT net FROM points_lot")
    # 14.336000 points bring 16.399…: the fen above it are kept, what is too much becomes cash.
    kept = -(-net // 10_000)
    check = text(member.get(f"{order}/refund", {"amount": "128.00", "reason": "少上一菜"}))
    yuan = f"{kept // 100}.{kept % 100:02}"
    assert f"要扣回 {yuan} 元（不足一分的零头算一分，多扣的记回零钱）" in check
    assert f"实际退 {(12_800 - kept) // 100}.{(12_800 - kept) % 100:02} 元" in check


def test_a_store_offers_a_refund_after_the_settlement_and_sees_the_whole_sum(
    world: World, sandbox: Sandbox
) -> None:
    member, owner = signed_in(world.member), signed_in(number_of("fang"))
    order = settled(member, sandbox)
    page = f"/store/SAFANG{order}/refund"
    typed = {"amount": "128.00", "reason": "菜不新鲜"}
    check = text(owner.get(page, typed))
    for words in ("提出退 128.00 元", "盈利池退", "门店付", "门店应收"):
        assert words in check, words
    once = ONCE.search(check)
    assert once is not None
    for _ in range(2):
        assert owner.post(page, {**typed, "once": once[1]}).status_code == 303
    assert ask("SELECT is_by_store, state FROM treasury_refundcase") == [(True, 1)]
    assert "店家提出" in text(member.get(order))
    assert "菜不新鲜" in text(owner.get("/store/SAFANG/orders"))
    # All of 128.00 is more than the store is owed for it: the rewards that stay fall on it too.
    assert decide(world.member) is CaseState.FUNDS
    assert "等店家补款" in text(member.get(order))
