"""64 at once: one form's key is one payment, and refunds never exceed what was paid (C1)."""

from collections.abc import Callable
from typing import TypeVar, cast

import pytest

from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.refund_order import RefundExceedsOrder, refund_order
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.sandbox.pay import Sandbox
from tests.acts import town
from tests.payments.paying import World, ask, opened, paid

AT_ONCE = 64
Answer = TypeVar("Answer")


def at_once(act: Callable[[int], Answer]) -> list[Answer]:
    """Do something 64 times at the same moment, each on a connection of its own.

    None of them may be refused: whatever one raises is raised.
    """
    found = town.at_once(AT_ONCE, act)
    broken = [one for one in found if isinstance(one, Exception)]
    if broken:
        raise ExceptionGroup(f"{len(broken)} of {AT_ONCE}", broken)
    return cast("list[Answer]", found)


def test_64_taps_on_one_form_are_one_payment(world: World, sandbox: Sandbox) -> None:
    numbers = at_once(lambda _: opened(world).number)
    assert len(set(numbers)) == 1
    assert ask("SELECT count(*) FROM payments_attempt") == [(1,)]
    assert len(sandbox.trades.newest(100)) == 1


@pytest.mark.parametrize(("amount_fen", "fit"), [(1_000, 12), (12_800, 1)])
def test_of_64_refunds_as_many_are_done_as_the_order_has_room_for(
    world: World, sandbox: Sandbox, amount_fen: int, fit: int
) -> None:
    trade = paid(sandbox, opened(world).number)
    ask("UPDATE payments_attempt SET query_at = now()")
    sweep_payments()
    ((order,),) = ask("SELECT id FROM orders_order")

    def refund(each: int) -> bool:
        try:
            refund_order(key=f"r{each}", member=world.member, order=order, amount_fen=amount_fen)
        except RefundExceedsOrder:
            return False
        return True

    assert at_once(refund).count(True) == fit
    assert ask("SELECT returned FROM orders_order") == [(fit * amount_fen * 10_000,)]
    at_once(lambda _: dispatch_outbox())
    assert ask("SELECT state, count(*) FROM payments_channelrefund GROUP BY 1") == [("done", fit)]
    assert [refund.amount_fen for refund in trade.refunds] == [amount_fen] * fit


def test_64_sweepers_ask_about_a_payment_once(world: World, sandbox: Sandbox) -> None:
    paid(sandbox, opened(world).number)
    ask("UPDATE payments_attempt SET query_at = now()")
    assert sum(at_once(lambda _: sweep_payments())) == 1
    assert ask("SELECT count(*) FROM orders_order") == [(1,)]
