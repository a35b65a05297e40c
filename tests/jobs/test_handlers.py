"""Every handler runs once, twice or three times with the same end (P5; reliability C7)."""

from collections.abc import Callable

import pytest
from django.db import OperationalError

from gongxiang.acts.confirm_payment import Confirmation, confirm_payment
from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.jobs.ticks import Tick, ticking
from gongxiang.payments import gateway
from gongxiang.payments.provider import Provider
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from tests.jobs.waiting import until
from tests.payments.paying import World, ask, opened, paid, standing, wechat_notice

DUE = "UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL"
SEND = "UPDATE payments_outbox SET next_at = now() WHERE next_at IS NOT NULL"


def again(act: Callable[[], int], *, times: int) -> None:
    """Run a handler so many times, each time with everything due."""
    for _ in range(times):
        ask(DUE)
        ask(SEND)
        act()


def heard(sandbox: Sandbox, trade: Trade, transaction: str) -> Confirmation:
    """Hear that money came under one of the channel's numbers."""
    body, headers = wechat_notice(sandbox, trade, transaction=transaction)
    notice = gateway.read_notice(provider=Provider.WECHAT, headers=headers, body=body)
    return confirm_payment(trade=notice.trade, notice=notice)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_asking_and_sending_end_in_the_same_state_however_often_they_run(
    world: World, sandbox: Sandbox, times: int
) -> None:
    payment = opened(world)
    sandbox.trades.tricks["pay_twice"] = 1
    trade = paid(sandbox, payment.number)
    again(sweep_payments, times=times)
    assert heard(sandbox, trade, trade.transactions[1]) is Confirmation.SURPLUS
    again(dispatch_outbox, times=times)
    assert [refund.amount_fen for refund in trade.refunds] == [12_800]
    assert ask("SELECT state FROM payments_channelrefund") == [("done",)]
    assert standing() == (1, 2, 1, 0)


def test_the_worker_ticks_until_it_is_told_to_end() -> None:
    ticks: list[int] = []

    def act() -> int:
        ticks.append(1)
        if len(ticks) == 2:
            raise ValueError("the channel is down")
        return 0

    with ticking((Tick(act, seconds=0.01),)):
        until(lambda: len(ticks) > 3)
    count = len(ticks)
    assert not until(lambda: len(ticks) > count, seconds=0.1, is_sure=False)


@pytest.mark.parametrize(
    ("fault", "level"),
    [(OperationalError("the database is starting"), "WARNING"), (ValueError("ours"), "ERROR")],
)
def test_a_tick_says_once_that_it_fails_and_traces_only_a_fault_of_ours(
    fault: Exception, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    ticks: list[int] = []

    def act() -> int:
        ticks.append(1)
        raise fault

    with ticking((Tick(act, seconds=0.01),)):
        until(lambda: len(ticks) > 3)
    (said,) = caplog.records
    assert said.getMessage() == f"act waits: {fault}"
    assert said.levelname == level
    assert (said.exc_info is not None) is (level == "ERROR")
