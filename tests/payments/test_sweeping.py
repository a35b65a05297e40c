"""When an open payment is asked about: 30 s, 5 min, its end, an hour, and then hourly."""

import pytest

from gongxiang.acts.hasten_payment import hasten_payment
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.sandbox.pay import Sandbox
from tests.payments.paying import World, ask, opened

AGE = "UPDATE payments_attempt SET opened_at = now() - make_interval(secs => %s), query_at = now()"
NEXT = """
SELECT round(extract(epoch FROM query_at - opened_at))::int,
       round(extract(epoch FROM query_at - now()))::int FROM payments_attempt
"""


def test_a_fresh_payment_is_asked_about_after_30_seconds(world: World) -> None:
    opened(world)
    assert sweep_payments() == 0
    assert ask(NEXT)[0][0] == 30


@pytest.mark.parametrize(("age", "after"), [(30, 300), (300, 930), (930, 3_600)])
def test_each_time_it_waits_for_the_next_step(world: World, age: int, after: int) -> None:
    opened(world)
    ask(AGE, age)
    assert sweep_payments() == 1
    assert ask(NEXT)[0][0] == after


def test_after_an_hour_it_is_asked_about_hourly(world: World) -> None:
    opened(world)
    ask(AGE, 4_000)
    assert sweep_payments() == 1
    assert 3_595 <= ask(NEXT)[0][1] <= 3_600


def test_the_payer_may_have_it_asked_about_now(world: World, sandbox: Sandbox) -> None:
    number = opened(world).number
    hasten_payment(number=number)
    assert sweep_payments() == 1
    assert ask(NEXT)[0][0] == 30


def test_a_channel_that_is_down_leaves_it_open(world: World, sandbox: Sandbox) -> None:
    opened(world)
    sandbox.trades.tricks["lose_answers"] = 100
    ask(AGE, 30)
    assert sweep_payments() == 1
    assert ask("SELECT state FROM payments_attempt") == [("paying",)]
