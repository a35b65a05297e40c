"""Around midnight: what a channel did before it and told us after it stands on the channel's day.

Source: P3; I-6.
"""

import pytest
import requests

from gongxiang.acts.confirm_payment import confirm_payment
from gongxiang.acts.fetch_bill import fetch_bill
from gongxiang.acts.reconcile_day import reconcile_day
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.share_profits import share_profits
from gongxiang.base.clock import DAY, SECOND, shanghai_date, shanghai_midnight
from gongxiang.payments import gateway
from gongxiang.payments.clock import database_now
from gongxiang.payments.provider import Provider
from gongxiang.queries import store_statements
from gongxiang.queries.store_statements_data import Moved
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from tests.payments.paying import (
    World,
    alipay_notice,
    ask,
    opened,
    paid,
    payee,
    wechat_notice,
    whole,
)
from tests.payments.test_shares import Settle, bought, dispatched, send_back
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture


def days() -> tuple[str, str]:
    """Give yesterday and today in Shanghai."""
    now = database_now()
    return shanghai_date(now - DAY).isoformat(), shanghai_date(now).isoformat()


def before_midnight() -> int:
    """Give 23:59:58 of yesterday in Shanghai."""
    return shanghai_midnight(database_now()) - 2 * SECOND


def ours(world: World) -> tuple[Moved, ...]:
    """Give what we say of yesterday and of today."""
    return tuple(store_statements.statement(store=world.store, day=day).ours for day in days())


def listed(world: World) -> list[tuple[str, int, int, int]]:
    """Give the list of days."""
    return [
        (each.day, each.paid, each.refunded, each.given)
        for each in store_statements.days(store=world.store)
    ]


def agree(world: World, provider: Provider) -> None:
    """Fetch both days' bills: they say what we say, to the fen, and nothing is named."""
    for day in days():
        fetch_bill(provider=provider, payee=payee(provider), day=day)
        whole(provider, day)
        found = store_statements.statement(store=world.store, day=day)
        assert (found.ours, found.off) == (found.theirs, ()), day
        assert reconcile_day(provider=provider, day=day) == 0


def paid_late(world: World, sandbox: Sandbox, provider: Provider) -> Trade:
    """Let somebody pay two seconds before midnight; its notice comes after it."""
    payment = opened(world, key="late", provider=provider)
    if provider is Provider.ALIPAY:
        requests.get(payment.hand_off, timeout=5)
    trade = paid(sandbox, payment.number, provider.value)
    trade.paid_at = before_midnight()
    headers: dict[str, str] = {}
    if provider is Provider.WECHAT:
        body, headers = wechat_notice(sandbox, trade)
    else:
        body = alipay_notice(sandbox, trade)
    notice = gateway.read_notice(provider=provider, headers=headers, body=body)
    confirm_payment(trade=notice.trade, notice=notice)
    return trade


@pytest.mark.parametrize("provider", Provider)
def test_what_was_paid_refunded_and_shared_before_midnight_stands_there_however_late_we_hear(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    trade = paid_late(world, sandbox, provider)
    bought(world, sandbox, 5_000, provider=provider)
    ((order,),) = ask("SELECT order_id FROM payments_attempt WHERE number = %s", trade.number)
    refund_order(key="r", member=world.member, order=order, amount_fen=3_600)
    sandbox.trades.tricks["lose_answers"] = 100
    dispatched(1)
    sandbox.trades.tricks["lose_answers"] = 0
    trade.refunds[0].at = before_midnight()
    settle()
    share_profits()
    dispatched(1)
    trade.shares[0].at = before_midnight()
    dispatched(1)
    yesterday, today = days()
    assert ours(world) == (
        Moved(paid=12_800, refunded=3_600, shared=1_840),
        Moved(paid=5_000, shared=1_000),
    )
    assert listed(world) == [(today, 5_000, 0, 1_000), (yesterday, 12_800, 3_600, 1_840)]
    agree(world, provider)


def test_what_came_back_before_midnight_stands_apart_from_its_refund_after_it(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade = paid_late(world, sandbox, Provider.WECHAT)
    settle()
    share_profits()
    dispatched(2)
    send_back(trade, Provider.WECHAT, amount_fen=6_400, returned_fen=1_280)
    bought(world, sandbox, 30_000)
    dispatched(1)
    trade.share_returns[0].at = before_midnight()
    dispatched(1)
    assert ours(world) == (
        Moved(paid=12_800, returned=1_280),
        Moved(paid=30_000, refunded=6_400, shared=2_560),
    )
    agree(world, Provider.WECHAT)


@pytest.mark.parametrize("is_billed_first", [True, False])
def test_where_the_bill_has_another_day_its_word_is_the_later_one(
    world: World, sandbox: Sandbox, *, is_billed_first: bool
) -> None:
    """What the channel told was today's moment, yet the line stands in yesterday's bill."""
    trade = paid_late(world, sandbox, Provider.WECHAT)
    ((order,),) = ask("SELECT id FROM orders_order")
    refund_order(key="r", member=world.member, order=order, amount_fen=3_600)
    sandbox.trades.tricks["lose_answers"] = 100
    dispatched(1)
    sandbox.trades.tricks["lose_answers"] = 0
    told = trade.refunds[0].at
    yesterday, _ = days()
    for step in (True, False):
        if step is is_billed_first:
            trade.refunds[0].at = before_midnight()
            account = payee(Provider.WECHAT)
            assert fetch_bill(provider=Provider.WECHAT, payee=account, day=yesterday) == 2
        else:
            trade.refunds[0].at = told
            dispatched(1)
    trade.refunds[0].at = before_midnight()
    assert ours(world) == (Moved(paid=12_800, refunded=3_600), Moved())
    agree(world, Provider.WECHAT)
