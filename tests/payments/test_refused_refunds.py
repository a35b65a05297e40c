"""A refund that a channel refused for good is said to be so, and sent again once.

Source: E16; P4.
"""

from typing import Any

import pytest
from django.db import connection

from bench.counting import counted
from gongxiang.acts.receive_arrivals import receive_arrivals
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.reopen_refund import reopen_refund
from gongxiang.acts.send_refund_again import (
    MayStillPay,
    NothingRefused,
    ReasonMissing,
    send_refund_again,
)
from gongxiang.acts.share_profits import share_profits
from gongxiang.governance.models import AuditEntry, Role
from gongxiang.payments import gateway
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Declined, RefundState, RefundTold, Unknown
from gongxiang.sandbox import wechat as sandbox_wechat
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from tests.ops import staff
from tests.ops.staff import officer
from tests.ops.world import text_of
from tests.payments.paying import World, ask, number_of
from tests.payments.test_at_once import at_once
from tests.payments.test_bills import fetched
from tests.payments.test_case_shares import agree, granted
from tests.payments.test_pages import signed_in
from tests.payments.test_shares import Settle, bought, dispatched
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture

QUERIES_MAX = 12
REFUNDS = (
    "SELECT number, state, is_replaced FROM payments_channelrefund ORDER BY created_at, number"
)
OLD = "UPDATE payments_outbox SET sent_at = sent_at - interval '15 minutes'"


def refused(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider = Provider.WECHAT
) -> Trade:
    """Let a case be granted whose refund the channel refuses for good."""
    trade, *_ = bought(world, sandbox, 12_800, 30_000, provider=provider)
    settle()
    share_profits()
    dispatched()
    sandbox.trades.tricks["refuse_refunds"] = 1
    granted(world, trade, amount_fen=6_400)
    dispatched(4)
    sandbox.trades.tricks["refuse_refunds"] = 0
    return trade


def number() -> str:
    ((found,),) = ask("SELECT number FROM payments_channelrefund WHERE NOT is_replaced")
    return str(found)


def again(found: str, why: str = "门店补足了余额") -> str:
    return send_refund_again(number=found, officer="小吴", why=why)


@pytest.mark.parametrize("provider", Provider)
def test_it_is_sent_again_under_a_further_number_and_books_and_bill_agree(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    trade = refused(world, sandbox, settle, provider)
    first = number()
    assert (ask(REFUNDS), trade.refunded_fen) == ([(first, "failed", False)], 0)
    dispatched(3)
    assert ask(REFUNDS) == [(first, "failed", False)], "what failed for good is not sent by itself"
    assert again(first) == f"{first}-2"
    assert ask(REFUNDS) == [(first, "failed", True), (f"{first}-2", "waiting", False)]
    dispatched(4)
    assert ask(REFUNDS) == [(first, "failed", True), (f"{first}-2", "done", False)]
    assert (trade.refunded_fen, [each.number for each in trade.refunds]) == (
        6_400,
        [f"{first}-2"],
    )
    share_profits()
    dispatched()
    agree(world, sandbox, provider)


def test_refused_twice_and_sent_a_third_time_it_is_paid_once(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade = refused(world, sandbox, settle)
    first = number()
    sandbox.trades.tricks["refuse_refunds"] = 1
    again(first)
    dispatched(4)
    sandbox.trades.tricks["refuse_refunds"] = 0
    assert again(number()) == f"{first}-3"
    dispatched(4)
    assert [state for _, state, _ in ask(REFUNDS)] == ["failed", "failed", "done"]
    assert trade.refunded_fen == 6_400
    share_profits()
    dispatched()
    agree(world, sandbox)


def test_of_64_officers_at_once_one_sends_it(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade = refused(world, sandbox, settle)
    first = number()

    def one(each: int) -> bool:
        try:
            send_refund_again(number=first, officer=f"o{each}", why="再试")
        except NothingRefused:
            return False
        return True

    assert sum(at_once(one)) == 1
    dispatched(4)
    assert (trade.refunded_fen, len(ask(REFUNDS))) == (6_400, 2)
    assert AuditEntry.objects.filter(kind="refund_sent_again").count() == 1


def test_what_did_not_fail_for_good_is_not_sent_again(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade, *_ = bought(world, sandbox, 12_800, 30_000)
    settle()
    share_profits()
    dispatched()
    granted(world, trade, amount_fen=6_400)
    for state in ("waiting", "unknown", "done"):
        ask("UPDATE payments_channelrefund SET state = %s", state)
        with pytest.raises(NothingRefused):
            again(number())
    with pytest.raises(NothingRefused):
        again("GXC0")
    ask("UPDATE payments_channelrefund SET state = 'failed'")
    with pytest.raises(ReasonMissing):
        again(number(), why=" ")
    assert len(ask(REFUNDS)) == 1


@pytest.mark.parametrize("said", [RefundState.DONE, RefundState.PROCESSING, Unknown, Declined])
def test_what_the_channel_may_still_pay_is_not_sent_again(
    world: World,
    sandbox: Sandbox,
    settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
    said: RefundState | type[Exception],
) -> None:
    refused(world, sandbox, settle)
    first = number()

    def answer(**_: object) -> RefundTold:
        assert not connection.in_atomic_block, "asked outside a transaction"
        if isinstance(said, RefundState):
            return RefundTold(state=said)
        raise said("NO_AUTH")

    monkeypatch.setattr(gateway, "query_refund", answer)
    with pytest.raises(MayStillPay):
        again(first)
    assert ask(REFUNDS) == [(first, "failed", False)]
    assert not AuditEntry.objects.filter(kind="refund_sent_again").exists()


@pytest.mark.parametrize("provider", Provider)
def test_what_the_channel_pays_after_all_is_asked_about_and_the_books_agree(
    world: World,
    sandbox: Sandbox,
    settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
    provider: Provider,
) -> None:
    """Believe a refusal that the channel did not mean: it paid, and the officer's look mends it."""
    officer("zhi", Role.MAKER)
    client = staff.signed_in("zhi")
    trade, *_ = bought(world, sandbox, 12_800, 30_000, provider=provider)
    settle()
    share_profits()
    dispatched()
    granted(world, trade, amount_fen=6_400)
    whole = gateway.refund

    def misheard(**named: Any) -> RefundTold:  # noqa: ANN401  as the gateway
        whole(**named)
        raise Declined("NOT_ENOUGH")

    with monkeypatch.context() as patched:
        patched.setattr(gateway, "refund", misheard)
        dispatched(4)
    first = number()
    assert (ask(REFUNDS), trade.refunded_fen) == ([(first, "failed", False)], 6_400)
    address = f"/ops/refunds/{first}/"
    asked = {"why": "门店说钱已经扣了", "step": "do"}
    told = text_of(client.post(address, asked, follow=True))
    assert "渠道现在说旧单号已经退了" in told
    assert ask(REFUNDS) == [(first, "unknown", False)]
    entry = AuditEntry.objects.get(kind="refund_reopened")
    assert (entry.officer, entry.subject_id, entry.before["state"]) == ("zhi", first, "failed")
    dispatched(2)
    assert (ask(REFUNDS), trade.refunded_fen) == ([(first, "done", False)], 6_400)
    share_profits()
    dispatched()
    agree(world, sandbox, provider)


def test_of_64_officers_at_once_one_lets_it_be_asked_about(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    refused(world, sandbox, settle)
    ((carried,),) = ask("SELECT carried FROM payments_submerchant WHERE provider = 'wechat'")
    first = number()

    def one(each: int) -> bool:
        return reopen_refund(number=first, officer=f"o{each}", why="渠道说在退")

    assert sum(at_once(one)) == 1
    ((returned_fen,),) = ask("SELECT returned_fen FROM payments_channelrefund")
    assert ask("SELECT carried FROM payments_submerchant WHERE provider = 'wechat'") == [
        (carried - returned_fen * 10_000,)
    ]
    dispatched(4)
    assert not reopen_refund(number="GXC0", officer="o", why="x")


def test_money_that_lies_with_the_channel_is_unknown_and_asked_about_until_it_is_paid(
    world: World, sandbox: Sandbox, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade, *_ = bought(world, sandbox, 12_800, 30_000)
    settle()
    share_profits()
    dispatched()
    whole = sandbox_wechat._refunded

    def stuck(*values: Any) -> dict[str, Any]:  # noqa: ANN401  the sandbox's own
        return whole(*values) | {"status": "ABNORMAL"}

    monkeypatch.setattr(sandbox_wechat, "_refunded", stuck)
    granted(world, trade, amount_fen=6_400)
    dispatched(4)
    first = number()
    assert ask("SELECT state, reason FROM payments_channelrefund") == [("unknown", "ABNORMAL")]
    with pytest.raises(NothingRefused):
        again(first)
    _look_after_an_hour(world, trade, first)
    monkeypatch.setattr(sandbox_wechat, "_refunded", whole)
    dispatched(2)
    assert ask(REFUNDS) == [(first, "done", False)]
    assert trade.refunded_fen == 6_400


def _look_after_an_hour(world: World, trade: Trade, first: str) -> None:
    """Look where the payer and an officer look while a channel gives no result."""
    officer("zhi", Role.MAKER)
    console, member = staff.signed_in("zhi"), signed_in(world.member)
    assert first not in console.get("/ops/refunds/").content.decode()
    assert "退款中" in text_of(member.get(f"/orders/{trade.number}"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_channelrefund SET created_at = created_at - interval '2 hours'"
        )
    listed = text_of(console.get("/ops/refunds/"))
    assert "64.00 没有结果 ABNORMAL" in listed
    address = f"/ops/refunds/{first}/"
    assert "不能重新发起，可能还会到账" in text_of(console.get(address))
    assert "重新发起，退" not in text_of(console.get(address))
    told = text_of(console.post(address, {"why": "银行卡换了"}))
    assert "渠道现在没有确认旧单号没退成" in told
    page = text_of(member.get(f"/orders/{trade.number}"))
    assert "渠道还没有给结果，我们会一直查，不会重复退，这笔钱还是你的" in page
    owner = signed_in(number_of("fang"))
    page = text_of(owner.get(f"/store/SAFANG/orders/{trade.number}"))
    assert "渠道还没有给结果，我们会一直查，不会重复退，这笔钱还是顾客的" in page


def test_the_console_shows_what_was_sent_why_not_and_where_to_send_it_again(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    officer("zhi", Role.MAKER)
    refused(world, sandbox, settle)
    client = staff.signed_in("zhi")
    ((case,),) = ask("SELECT id FROM treasury_refundcase")
    address, first = f"/ops/cases/{world.member}/{case}/", number()
    with counted() as queries:
        answer = client.get(address)
    assert len(queries) <= QUERIES_MAX
    page = text_of(answer)
    ((reason,),) = ask("SELECT reason FROM payments_channelrefund")
    assert reason
    assert f"{first} 64.00 没有退成 微信支付" in page
    assert reason in page
    assert "渠道没有退成，付款人还没收到钱" in page
    assert f'href="/ops/refunds/{first}/"' in answer.content.decode()
    again(first)
    page = text_of(client.get(address))
    assert f"{first}-2 64.00 退款中 微信支付" in page
    assert f"{first} 64.00 没有退成，已重新发起 微信支付" in page
    assert "渠道没有退成，付款人还没收到钱" not in page


def test_member_and_store_read_that_it_was_refused_and_then_that_it_came(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    client = signed_in(world.member)
    trade = refused(world, sandbox, settle)
    page = client.get(f"/orders/{trade.number}").content.decode()
    assert "渠道没有退成，客服会重新发起。这笔钱还是你的，不会少。" in page
    assert "退款中" not in page
    assert "要退给你，还没退成" in page
    owner = signed_in(number_of("fang"))
    ((case, reason),) = ask(
        'SELECT "case".id, back.reason FROM treasury_refundcase "case"'
        " JOIN payments_channelrefund back USING (refund_id)"
    )
    for address in (f"/store/SAFANG/cases/{case}", f"/store/SAFANG/orders/{trade.number}"):
        told = text_of(owner.get(address))
        assert f"渠道没有退成，原因： {reason} 。" in told, address
        assert "要退给顾客，还没退成" in told
        assert "退款中" not in told
        assert "原路退给顾客" not in told
    again(number())
    dispatched(4)
    page = client.get(f"/orders/{trade.number}").content.decode()
    assert "渠道没有退成" not in page
    assert "已退回" in page


def asked_back(world: World, sandbox: Sandbox, provider: Provider) -> Trade:
    """Let the store give money of an order back before it settles."""
    (trade,) = bought(world, sandbox, 12_800, provider=provider)
    ((order,),) = ask("SELECT id FROM orders_order")
    refund_order(key="r", member=world.member, order=order, amount_fen=3_600)
    return trade


@pytest.mark.parametrize("provider", Provider)
def test_a_refusal_right_after_one_without_an_answer_is_no_end_before_a_quarter_of_an_hour(
    world: World, sandbox: Sandbox, provider: Provider
) -> None:
    """The first may be on its way still: it arrives after the second was refused, and is found."""
    trade = asked_back(world, sandbox, provider)
    first = number()
    sandbox.trades.tricks["too_many"] = 100
    dispatched(1)
    sandbox.trades.tricks |= {"too_many": 0, "refuse_refunds": 1}
    dispatched(9)
    assert ask(REFUNDS) == [(first, "unknown", False)]
    with pytest.raises(NothingRefused):
        again(first)
    sandbox.trades.tricks["refuse_refunds"] = 0
    assert sandbox.trades.refund(
        trade, number=first, amount_fen=3_600, transaction=trade.transactions[0]
    )
    dispatched(1)
    assert (ask(REFUNDS), trade.refunded_fen) == ([(first, "done", False)], 3_600)


@pytest.mark.parametrize("provider", Provider)
def test_what_a_question_does_not_find_after_a_quarter_of_an_hour_may_be_refused(
    world: World, sandbox: Sandbox, provider: Provider
) -> None:
    asked_back(world, sandbox, provider)
    first = number()
    sandbox.trades.tricks["too_many"] = 100
    dispatched(1)
    sandbox.trades.tricks |= {"too_many": 0, "refuse_refunds": 1}
    dispatched(1)
    ask(OLD)
    sandbox.trades.tricks["refuse_questions"] = 1
    dispatched(1)
    assert ask(REFUNDS) == [(first, "unknown", False)]
    sandbox.trades.tricks["refuse_questions"] = 0
    dispatched(1)
    assert ask(REFUNDS) == [(first, "failed", False)]


def test_who_was_overtaken_while_the_channel_was_slow_ends_nothing(
    world: World, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow first is refused after a second took it up and was accepted: money is on its way."""
    trade = asked_back(world, sandbox, Provider.WECHAT)
    first = number()
    whole = gateway.refund

    def slow(**named: Any) -> RefundTold:  # noqa: ANN401  as the gateway
        monkeypatch.setattr(gateway, "refund", taken)
        dispatched(1)
        assert ask(REFUNDS) == [(first, "waiting", False)]
        whole(**named)
        raise Declined("NOT_ENOUGH")

    def taken(**_: object) -> RefundTold:
        return RefundTold(state=RefundState.PROCESSING)

    monkeypatch.setattr(gateway, "refund", slow)
    dispatched(1)
    assert ask(REFUNDS) == [(first, "waiting", False)]
    dispatched(1)
    assert (ask(REFUNDS), trade.refunded_fen) == ([(first, "done", False)], 3_600)


def test_one_that_the_channel_paid_after_what_came_back_of_its_share_was_received(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    """The return stays received once, the refund leaves the store's account once (P2)."""
    refused(world, sandbox, settle)
    fetched()
    receive_arrivals()
    received = "SELECT paid_in_id IS NOT NULL, came_back_id IS NOT NULL FROM payments_channelrefund"
    assert ask(received) == [(False, True)]
    assert reopen_refund(number=number(), officer="o", why="渠道说在退")
    dispatched(4)
    agree(world, sandbox)
    assert ask(received) == [(True, True)]
