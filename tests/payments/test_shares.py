"""Profit sharing: the platform's part of what settled, once, after refunds, within the limits."""

import secrets
from collections.abc import Callable

import psycopg
import pytest
import requests
from django.db import transaction

from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.dispatch_shares import dispatch_shares
from gongxiang.acts.move_horizon import move_horizon
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.share_profits import share_profits
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.cli.settling import settle_all
from gongxiang.ledger import raw
from gongxiang.payments import gateway, receipts, submerchants
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Declined, RefundTold
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from tests.payments.paying import World, ask, opened, paid
from tests.payments.test_at_once import at_once

NOW = "UPDATE payments_share SET next_at = now() WHERE next_at IS NOT NULL"
SEND = "UPDATE payments_outbox SET next_at = now() WHERE next_at IS NOT NULL"
Settle = Callable[[], None]


@pytest.fixture
def settle(world: World, sandbox: Sandbox, admin: psycopg.Connection) -> Settle:
    """Let everything that was paid settle; the sandbox does not wait a minute."""
    sandbox.trades.share_wait = 0

    def act() -> None:
        admin.execute("UPDATE points_horizon SET offset_seconds = offset_seconds + 90000")
        settle_all(until=move_horizon())

    return act


def bought(
    world: World, sandbox: Sandbox, *amounts: int, provider: Provider = Provider.WECHAT
) -> list[Trade]:
    """Pay so many orders through the sandbox."""
    trades = []
    for amount_fen in amounts:
        payment = opened(world, key=secrets.token_hex(8), provider=provider, amount_fen=amount_fen)
        if provider is Provider.ALIPAY:
            requests.get(payment.hand_off, timeout=5)
        trades.append(paid(sandbox, payment.number, provider.value))
    ask("UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL")
    sweep_payments()
    return trades


def dispatched(times: int = 3) -> None:
    """Let shares and refunds go to the channels, and be asked about."""
    for _ in range(times):
        ask(NOW)
        ask(SEND)
        dispatch_outbox()
        dispatch_shares()


def shares() -> list[tuple[int, str]]:
    """Give amount and state of each share, oldest first."""
    return [
        (amount, state)
        for amount, state in ask(
            "SELECT amount_fen, state FROM payments_share ORDER BY length(number), number"
        )
    ]


@pytest.mark.parametrize("provider", Provider)
def test_the_commission_of_a_settled_order_goes_to_the_platform_once(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    (trade,) = bought(world, sandbox, 12_800, provider=provider)
    assert share_profits() == 0
    settle()
    assert (share_profits(), share_profits()) == (1, 0)
    assert shares() == [(2_560, "waiting")]
    dispatched()
    assert shares() == [(2_560, "done")]
    assert (trade.shared_fen, trade.is_frozen, len(trade.shares)) == (2_560, False, 1)
    assert trade.kept_fen == 12_800 - 2_560 - 77
    assert ask("SELECT bool_and(next_at IS NULL AND done_at IS NOT NULL) FROM payments_share") == [
        (True,)
    ]


def test_a_refund_in_the_window_leaves_first_and_what_is_left_is_shared(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    (trade,) = bought(world, sandbox, 12_800)
    ((order,),) = ask("SELECT id FROM orders_order")
    refund_order(key="r", member=world.member, order=order, amount_fen=3_600)
    settle()
    share_profits()
    ask(NOW)
    assert dispatch_shares() == 0
    assert trade.shares == []
    dispatched()
    assert shares() == [(1_840, "done")]
    assert (trade.refunded_fen, trade.shared_fen) == (3_600, 1_840)


def test_parts_of_a_fen_are_carried_to_the_next_payment(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    bought(world, sandbox, 13, 13, 14)
    settle()
    share_profits()
    assert [amount for amount, _ in shares()] == [2, 3, 3]
    assert ask("SELECT carried FROM payments_submerchant WHERE provider = 'wechat'") == [(0,)]
    dispatched()
    assert [state for _, state in shares()] == ["done"] * 3
    assert not any(trade.is_frozen for trade in sandbox.trades.all())


def test_what_is_over_the_channels_ratio_is_carried(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    ask("UPDATE payments_submerchant SET carried = 20000000 WHERE provider = 'wechat'")
    bought(world, sandbox, 12_800)
    settle()
    share_profits()
    assert shares() == [(3_840, "waiting")]
    assert ask("SELECT carried FROM payments_submerchant WHERE provider = 'wechat'") == [
        (25_600_000 + 20_000_000 - 38_400_000,)
    ]


def test_a_share_that_the_channel_refuses_is_carried_and_named(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    bought(world, sandbox, 12_800)
    settle()
    share_profits()
    sandbox.trades.tricks["refuse_shares"] = 1
    dispatched()
    assert ask("SELECT state, reason FROM payments_share") == [("failed", "RULE_LIMIT")]
    assert ask("SELECT carried FROM payments_submerchant WHERE provider = 'wechat'") == [
        (25_600_000,)
    ]


def test_a_share_that_may_be_on_its_way_is_not_refused_before_a_quarter_of_an_hour(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    bought(world, sandbox, 12_800)
    settle()
    share_profits()
    ask("UPDATE payments_submerchant SET is_bound = true")
    sandbox.trades.tricks["too_many"] = 100
    dispatched(1)
    sandbox.trades.tricks |= {"too_many": 0, "refuse_shares": 1}
    dispatched(9)
    assert shares() == [(2_560, "unknown")]
    ask("UPDATE payments_share SET sent_at = sent_at - interval '15 minutes'")
    dispatched(1)
    assert shares() == [(2_560, "failed")]


def test_who_was_overtaken_while_the_channel_was_slow_refuses_no_share(
    world: World, sandbox: Sandbox, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow first is refused after a second was accepted: its commission is not taken again."""
    (trade,) = bought(world, sandbox, 12_800)
    settle()
    share_profits()
    whole = gateway.share

    def slow(**_: object) -> RefundTold:
        monkeypatch.setattr(gateway, "share", whole)
        ask(NOW)
        assert dispatch_shares() == 1
        assert shares() == [(2_560, "waiting")]
        raise Declined("NOT_ENOUGH")

    monkeypatch.setattr(gateway, "share", slow)
    dispatched(1)
    assert shares() == [(2_560, "waiting")]
    dispatched(1)
    assert (shares(), trade.shared_fen) == ([(2_560, "done")], 2_560)
    assert ask("SELECT carried FROM payments_submerchant WHERE provider = 'wechat'") == [(0,)]


def test_a_share_waits_a_minute_after_the_payment_whose_moment_is_told_cut_to_the_second(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    """A share asked for within that second is refused for good, and the commission stays out."""
    bought(world, sandbox, 12_800)
    settle()
    share_profits()
    assert dispatch_shares() == 0
    assert ask(
        "SELECT share.next_at - money.paid_at = interval '61 seconds' FROM payments_share share"
        " JOIN payments_transaction money USING (provider, transaction_id)"
    ) == [(True,)]


@pytest.mark.parametrize("provider", Provider)
def test_after_settlement_the_platforms_part_comes_back_before_the_payers_money_leaves(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    (trade,) = bought(world, sandbox, 12_800, provider=provider)
    settle()
    send_back(trade, provider, amount_fen=12_800, returned_fen=2_560)
    ask(SEND)
    assert dispatch_outbox() == 0
    share_profits()
    dispatched(5)
    assert ask("SELECT state FROM payments_channelrefund") == [("done",)]
    assert (trade.refunded_fen, trade.shared_fen, trade.kept_fen) == (12_800, 0, 0)
    assert len(trade.share_returns) == 1


@pytest.mark.parametrize("provider", list(Provider))
def test_what_was_paid_to_a_former_account_is_given_back_and_shared_from_it(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    trade, other = bought(world, sandbox, 12_800, 10_000, provider=provider)
    with transaction.atomic(), raw.cursor() as cursor:
        submerchants.retire(cursor, store=world.store, officer="o", reason="换了店主")
    ((order,),) = ask("SELECT order_id FROM payments_attempt WHERE number = %s", trade.number)
    refund_order(key="r", member=world.member, order=order, amount_fen=2_800)
    dispatched()
    assert trade.refunded_fen == 2_800
    settle()
    share_profits()
    dispatched(5)
    assert (trade.shared_fen, other.shared_fen) == (2_000, 2_000)
    assert ask(
        "SELECT is_bound FROM payments_formeraccount WHERE provider = %s", provider.value
    ) == [(True,)]


@pytest.mark.parametrize("provider", Provider)
def test_a_channel_that_loses_answers_shares_and_returns_once(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    """C8: a fifth of all answers lost; nothing double, nothing lost."""
    trades = bought(world, sandbox, *[10_000] * 20, provider=provider)
    settle()
    share_profits()
    for trade in trades[:10]:
        send_back(trade, provider, amount_fen=5_000, returned_fen=1_000)
    sandbox.trades.tricks["lose_answers"] = 20
    dispatched(12)
    sandbox.trades.tricks["lose_answers"] = 0
    dispatched(3)
    assert shares() == [(2_000, "done")] * 20
    assert [len(trade.shares) for trade in trades] == [1] * 20
    assert [len(trade.share_returns) for trade in trades] == [1] * 10 + [0] * 10
    assert [len(trade.refunds) for trade in trades] == [1] * 10 + [0] * 10
    assert [trade.shared_fen for trade in trades] == [1_000] * 10 + [2_000] * 10
    assert [trade.refunded_fen for trade in trades] == [5_000] * 10 + [0] * 10


@pytest.mark.parametrize("provider", list(Provider))
def test_a_refused_question_and_too_many_calls_end_nothing(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    trade, other = bought(world, sandbox, 12_800, 10_000, provider=provider)
    settle()
    share_profits()
    send_back(other, provider, amount_fen=5_000, returned_fen=1_000)
    sandbox.trades.tricks["lose_answers"] = 100
    dispatched(1)
    sandbox.trades.tricks |= {"lose_answers": 0, "refuse_questions": 1}
    dispatched(2)
    sandbox.trades.tricks |= {"refuse_questions": 0, "too_many": 100}
    dispatched(2)
    assert {state for _, state in shares()} == {"unknown"}
    assert ask("SELECT DISTINCT carried FROM payments_submerchant") == [(0,)]
    sandbox.trades.tricks["too_many"] = 0
    dispatched(6)
    assert shares() == [(2_560, "done"), (2_000, "done")]
    assert ask("SELECT state FROM payments_channelrefund") == [("done",)]
    assert [len(one.shares) for one in (trade, other)] == [1, 1]
    assert (trade.shared_fen, other.shared_fen, other.refunded_fen) == (2_560, 1_000, 5_000)


def test_64_sharers_and_dispatchers_at_once_share_each_payment_once(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trades = bought(world, sandbox, *[10_000] * 8)
    settle()
    assert sum(at_once(lambda _: share_profits())) == 8
    ask(NOW)
    at_once(lambda _: dispatch_shares())
    dispatched(2)
    assert shares() == [(2_000, "done")] * 8
    assert [len(trade.shares) for trade in trades] == [1] * 8


def send_back(trade: Trade, provider: Provider, *, amount_fen: int, returned_fen: int) -> None:
    """Write the instruction of a refund after settlement, as a case does."""
    with raw.cursor() as cursor:
        receipts.send_back(
            cursor,
            number=f"GXR{trade.number[-12:]}",
            provider=provider,
            transaction_id=trade.transactions[0],
            amount_fen=amount_fen,
            total_fen=trade.amount_fen,
            refund=1,
            returned_fen=returned_fen,
        )
