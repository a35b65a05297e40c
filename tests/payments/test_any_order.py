"""Whatever comes to a payment after its settlement, in whatever order and twice: one end (C13).

The settlement of a refund by case, its money, the share, the share's return, a bill and a late
notice: what comes too early is parked, what comes again changes nothing.

Source: reliability C13; P2, P4; E16.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

import pytest

from gongxiang.acts.advance_refund_cases import advance_refund_cases
from gongxiang.acts.confirm_payment import confirm_payment
from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.dispatch_shares import dispatch_shares
from gongxiang.acts.receive_arrivals import receive_arrivals
from gongxiang.acts.share_profits import share_profits
from gongxiang.payments import gateway
from gongxiang.payments.provider import Provider
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from tests.acts.town import settle_now
from tests.payments.every_order import Order, orders_of
from tests.payments.paying import World, ask, wechat_notice
from tests.payments.test_bills import fetched
from tests.payments.test_case_shares import agree, asked
from tests.payments.test_shares import NOW, SEND, Settle, bought
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture

EVENTS: Final = ("settlement", "case", "share", "refund", "notice", "bill")
ORDERS_SHORT: Final = 12
TWICE_AT_MOST: Final = 3
ROUNDS: Final = 4
"""The money of a case takes this many rounds: share, return, refund, and being asked about."""


@pytest.mark.parametrize("orders", orders_of(EVENTS, sample=ORDERS_SHORT))
def test_every_order_of_share_return_refund_notice_and_bill_ends_in_one_state(
    world: World, sandbox: Sandbox, settle: Settle, orders: Sequence[Order]
) -> None:
    chance = Random(str(orders[0]))  # noqa: S311  a seed, not a secret
    for order in orders:
        (trade,) = bought(world, sandbox, 10_000)
        settle()
        asked(world, trade, amount_fen=5_000)
        twice = [event for event in order for _ in range(chance.randint(1, TWICE_AT_MOST))]
        for event in twice:
            happen(event, sandbox, trade)
        for _ in range(ROUNDS):
            for event in EVENTS:
                happen(event, sandbox, trade)
        agree(world, sandbox)
        assert end_of(trade) == (5_000, 1, 1, 1), twice
        assert ask("SELECT count(*) FROM payments_channelrefund WHERE state <> 'done'") == [(0,)]
        assert ask("SELECT count(*) FROM payments_share WHERE state <> 'done'") == [(0,)]
        assert ask("SELECT count(*) FROM payments_quarantine") == [(0,)]


def end_of(trade: Trade) -> tuple[int, int, int, int]:
    """Give what came back of a payment, and the channel's refunds, shares and returns."""
    return trade.refunded_fen, len(trade.refunds), len(trade.shares), len(trade.share_returns)


def happen(event: str, sandbox: Sandbox, trade: Trade) -> None:
    """Let one thing happen."""
    if event == "notice":
        _hear(sandbox, trade)
    else:
        _HAPPENS[event]()


def _hear(sandbox: Sandbox, trade: Trade) -> None:
    body, headers = wechat_notice(sandbox, trade)
    notice = gateway.read_notice(provider=Provider.WECHAT, headers=headers, body=body)
    confirm_payment(trade=notice.trade, notice=notice)


def _share() -> None:
    share_profits()
    ask(NOW)
    dispatch_shares()


def _refund() -> None:
    ask(SEND)
    dispatch_outbox()


def _bill() -> None:
    fetched()
    receive_arrivals()


_HAPPENS: Final[dict[str, Callable[[], object]]] = {
    "settlement": settle_now,
    "case": advance_refund_cases,
    "share": _share,
    "refund": _refund,
    "bill": _bill,
}
