"""Payments through the sandbox's channels, on the wire: once, exact, back when twice."""

import pytest
import requests
from django.test import Client

from gongxiang.acts.confirm_payment import Confirmation, confirm_payment
from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.open_payment import AmountOutOfRange, ChannelClosed, KeyTaken
from gongxiang.acts.refund_order import RefundExceedsOrder, refund_order
from gongxiang.acts.set_submerchant import NotAnAccount, NumberFixed, ReasonMissing, set_submerchant
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.payments import gateway
from gongxiang.payments.attempts import Payment
from gongxiang.payments.models import SubMerchant
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import RefundOrder, RefundState, TradeState
from gongxiang.sandbox.pay import Sandbox
from tests.payments.paying import (
    World,
    alipay_notice,
    ask,
    opened,
    paid,
    payee,
    standing,
    wechat_notice,
)

DUE = "UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL"
SEND = "UPDATE payments_outbox SET next_at = now() WHERE next_at IS NOT NULL"


def _pay_page(payment_hand_off: str, provider: Provider) -> None:
    """Go to Alipay's page as the payer does: only then the channel knows of the payment."""
    if provider is Provider.ALIPAY:
        assert requests.get(payment_hand_off, timeout=5).status_code == 200


@pytest.mark.parametrize("provider", Provider)
def test_a_payment_becomes_one_order_by_a_query(
    world: World, sandbox: Sandbox, provider: Provider
) -> None:
    payment = opened(world, provider=provider)
    _pay_page(payment.hand_off, provider)
    assert (
        gateway.query(provider=provider, number=payment.number, payee=payee(provider)).state
        is TradeState.OPEN
    )
    paid(sandbox, payment.number, provider.value)
    ask(DUE)
    assert sweep_payments() == 1
    ask(DUE)
    assert sweep_payments() == 0
    assert standing() == (1, 1, 0, 0)
    assert ask("SELECT amount, member_id, store_id FROM orders_order") == [
        (128_000_000, world.member, world.store)
    ]
    assert ask("SELECT key FROM orders_fact ORDER BY at DESC LIMIT 1") == [(payment.number,)]


def test_the_same_key_is_the_same_payment_and_another_body_is_refused(world: World) -> None:
    first = opened(world)
    assert opened(world).number == first.number
    with pytest.raises(KeyTaken):
        opened(world, amount_fen=12_801)
    assert ask("SELECT count(*) FROM payments_attempt") == [(1,)]


@pytest.mark.parametrize("amount_fen", [0, -1, 5_000_001, 2**63, 10**38])
def test_amounts_out_of_range_open_nothing(world: World, amount_fen: int) -> None:
    with pytest.raises(AmountOutOfRange):
        opened(world, amount_fen=amount_fen)
    assert ask("SELECT count(*) FROM payments_attemptkey") == [(0,)]


def test_what_comes_after_its_opener_has_left_is_the_payers(world: World, sandbox: Sandbox) -> None:
    payment = opened(world)
    ask(
        "INSERT INTO members_account (member_id, name, code, epoch, opened_at, closed_at)"
        " VALUES (%s, '', 'LIN', 1, now(), now())",
        world.member,
    )
    paid(sandbox, payment.number)
    ask("UPDATE payments_attempt SET query_at = now()")
    sweep_payments()
    ((owner,),) = ask("SELECT member_id FROM orders_order")
    guests = "SELECT member_id FROM members_identity WHERE issuer = 'payer:wechat'"
    assert (ask(guests), owner == world.member) == ([(owner,)], False)


def test_an_expired_payment_is_closed_at_the_channel_too(world: World, sandbox: Sandbox) -> None:
    payment = opened(world)
    ask("UPDATE payments_attempt SET query_at = now(), expires_at = now()")
    sweep_payments()
    assert ask("SELECT state, query_at FROM payments_attempt") == [("closed", None)]
    trade = sandbox.trades.find("wechat", payment.number)
    assert trade is not None
    assert trade.state == "closed"


@pytest.mark.parametrize("provider", Provider)
def test_what_was_paid_at_the_last_moment_is_found_when_its_time_is_over(
    world: World, sandbox: Sandbox, provider: Provider
) -> None:
    """Nobody told of it: the question before the closing finds it."""
    payment = opened(world, provider=provider)
    _pay_page(payment.hand_off, provider)
    paid(sandbox, payment.number, provider.value)
    ask("UPDATE payments_attempt SET query_at = now(), expires_at = now()")
    assert sweep_payments() == 1
    assert ask("SELECT state, query_at FROM payments_attempt") == [("paid", None)]
    assert standing() == (1, 1, 0, 0)


def test_a_second_payment_of_one_order_goes_back_by_itself(world: World, sandbox: Sandbox) -> None:
    payment = opened(world)
    sandbox.trades.tricks["pay_twice"] = 1
    trade = paid(sandbox, payment.number)
    outcomes = []
    for transaction in (*trade.transactions, *trade.transactions):
        body, headers = wechat_notice(sandbox, trade, transaction=transaction)
        notice = gateway.read_notice(provider=Provider.WECHAT, headers=headers, body=body)
        outcomes.append(confirm_payment(trade=notice.trade, notice=notice))
    again = Confirmation.REPEATED
    assert outcomes == [Confirmation.PAID, Confirmation.SURPLUS, again, again]
    assert dispatch_outbox() == 1
    assert ask("SELECT amount_fen, state FROM payments_channelrefund") == [(12_800, "done")]
    assert trade.refunded_fen == 12_800
    assert standing()[0] == 1


def test_a_guest_is_known_by_his_payer_id(world: World, sandbox: Sandbox) -> None:
    for key in ("a", "b"):
        paid(sandbox, opened(world, key=key, home=0).number)
    ask(DUE)
    sweep_payments()
    guests = {member for (member,) in ask("SELECT member_id FROM orders_order")}
    assert len(guests) == 1
    assert guests != {world.member}


def test_a_refund_within_the_window_is_exact_and_never_more_than_paid(
    world: World, sandbox: Sandbox
) -> None:
    trade = paid(sandbox, opened(world).number)
    ask(DUE)
    sweep_payments()
    ((order,),) = ask("SELECT id FROM orders_order")
    first = refund_order(key="r1", member=world.member, order=order, amount_fen=3_600)
    again = refund_order(key="r1", member=world.member, order=order, amount_fen=3_600)
    assert (first.number, again.is_new) == (again.number, False)
    with pytest.raises(RefundExceedsOrder) as refused:
        refund_order(key="r2", member=world.member, order=order, amount_fen=9_201)
    assert refused.value.left_fen == 9_200
    refund_order(key="r3", member=world.member, order=order, amount_fen=9_200)
    assert dispatch_outbox() == 2
    assert ask("SELECT returned FROM orders_order") == [(128_000_000,)]
    assert trade.refunded_fen == 12_800


@pytest.mark.parametrize("provider", Provider)
def test_a_refund_that_got_lost_is_asked_about_and_never_sent_under_another_number(
    world: World, sandbox: Sandbox, provider: Provider
) -> None:
    payment = opened(world, provider=provider)
    _pay_page(payment.hand_off, provider)
    trade = paid(sandbox, payment.number, provider.value)
    ask(DUE)
    sweep_payments()
    ((order,),) = ask("SELECT id FROM orders_order")
    refund_order(key="r1", member=world.member, order=order, amount_fen=12_800)
    sandbox.trades.tricks["lose_answers"] = 100
    dispatch_outbox()
    assert ask("SELECT state FROM payments_channelrefund") == [("unknown",)]
    sandbox.trades.tricks["lose_answers"] = 0
    ask(SEND)
    dispatch_outbox()
    assert ask("SELECT state FROM payments_channelrefund") == [("done",)]
    assert [refund.amount_fen for refund in trade.refunds] == [12_800]


@pytest.mark.parametrize("provider", Provider)
def test_a_refund_that_nobody_heard_of_is_absent(
    world: World, sandbox: Sandbox, provider: Provider
) -> None:
    payment = opened(world, provider=provider)
    _pay_page(payment.hand_off, provider)
    trade = paid(sandbox, payment.number, provider.value)
    order = RefundOrder(
        payee=payee(provider),
        number="GXR1",
        transaction_id=trade.transactions[0],
        amount_fen=1,
        total_fen=12_800,
    )
    assert gateway.query_refund(provider=provider, order=order).state is RefundState.ABSENT


@pytest.mark.parametrize("provider", Provider)
def test_losing_a_fifth_of_all_answers_loses_and_doubles_nothing(
    world: World, sandbox: Sandbox, provider: Provider
) -> None:
    sandbox.trades.tricks["lose_answers"] = 20

    def opened_again(each: int) -> Payment:
        return opened(world, key=f"key-{each}", amount_fen=100 + each, provider=provider)

    payments = [opened_again(each) for each in range(30)]
    for each in range(30):
        while not payments[each].hand_off:
            payments[each] = opened_again(each)
        _pay_page(payments[each].hand_off, provider)
        paid(sandbox, payments[each].number, provider.value)
    for _ in range(20):
        ask(DUE)
        sweep_payments()
    assert standing() == (30, 30, 0, 0)
    for order, member, amount in ask("SELECT id, member_id, amount FROM orders_order"):
        refund_order(key=f"r{order}", member=member, order=order, amount_fen=amount // 10_000)
    for _ in range(20):
        ask(SEND)
        dispatch_outbox()
    assert ask("SELECT state, count(*) FROM payments_channelrefund GROUP BY 1") == [("done", 30)]
    assert all(
        trade.refunded_fen == trade.amount_fen and len(trade.refunds) == 1
        for trade in sandbox.trades.newest(100)
    )


def test_alipays_notice_confirms_too(world: World, sandbox: Sandbox) -> None:
    payment = opened(world, provider=Provider.ALIPAY)
    _pay_page(payment.hand_off, Provider.ALIPAY)
    body = alipay_notice(sandbox, paid(sandbox, payment.number, "alipay"))
    notice = gateway.read_notice(provider=Provider.ALIPAY, headers={}, body=body)
    assert confirm_payment(trade=notice.trade, notice=notice) is Confirmation.PAID
    assert standing() == (1, 1, 1, 0)


def test_a_store_without_an_account_takes_no_money_and_the_other_channel_does(
    world: World, sandbox: Sandbox
) -> None:
    set_account(world, SubMerchant.State.FROZEN)
    with pytest.raises(ChannelClosed):
        opened(world)
    assert ask("SELECT count(*) FROM payments_attemptkey") == [(0,)]
    assert opened(world, key="key-2", provider=Provider.ALIPAY).hand_off
    page = Client().get("/s/SAFANG/pay").content.decode()
    assert ('value="wechat"' in page, 'value="alipay"' in page) == (False, True)
    form = {"token": "0" * 32, "amount": "128", "provider": "wechat"}
    refused = Client().post("/s/SAFANG/pay", form)
    assert refused.status_code == 422
    assert "钱没有动。这家店还没开通微信支付，换一种支付方式再试" in refused.content.decode()
    set_account(world, SubMerchant.State.OPEN)
    assert opened(world).hand_off


def test_an_account_has_a_number_a_reason_and_an_officer(world: World) -> None:
    for told in ({"number": "2088"}, {"number": ""}):
        with pytest.raises(NotAnAccount):
            set_account(world, SubMerchant.State.OPEN, **told)
    for told in ({"reason": " "}, {"officer": ""}):
        with pytest.raises(ReasonMissing):
            set_account(world, SubMerchant.State.FROZEN, **told)
    assert ask("SELECT state, officer FROM payments_submerchant WHERE provider = 'wechat'") == [
        ("open", "sandbox")
    ]


def test_a_slip_of_the_pen_is_put_right_until_a_payment_was_opened(world: World) -> None:
    number = payee(Provider.WECHAT).number
    set_account(world, SubMerchant.State.FROZEN, number="1900000001")
    set_account(world, SubMerchant.State.OPEN, number=number)
    opened(world)
    with pytest.raises(NumberFixed):
        set_account(world, SubMerchant.State.OPEN, number="1900000001")
    assert ask("SELECT number FROM payments_submerchant WHERE provider = 'wechat'") == [(number,)]


def set_account(world: World, state: SubMerchant.State, **told: str) -> None:
    """Let an officer set how the store stands at WeChat."""
    set_submerchant(
        store=world.store,
        provider=Provider.WECHAT,
        state=state,
        **{
            "number": payee(Provider.WECHAT).number,
            "authorization": "",
            "reason": "渠道通知",
            "officer": "lan",
            **told,
        },
    )
