"""Payments through the API, over the wire to the sandbox: once for a key, and then an order."""

import pytest
from django.test import Client, override_settings

from gongxiang.acts.give_codes import give_codes
from gongxiang.acts.make_token import make_token
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.members.meter import METER
from gongxiang.members.tokens import Scope
from gongxiang.sandbox.pay import Sandbox
from tests.api.asked import Program
from tests.payments.paying import World, ask, paid
from tests.payments.test_at_once import at_once

KEY = "api-key-00000001"


@pytest.fixture
def lin(world: World) -> Program:
    METER.forget()
    give_codes()
    ask(
        "INSERT INTO members_account (member_id, name, code, epoch, opened_at)"
        " VALUES (%s, 'lin', 'lin', 1, clock_timestamp())",
        world.member,
    )
    made = make_token(member=world.member, name="程序", scopes=tuple(Scope), days=1)
    return Program(made.token)


def body(amount_fen: int = 12_800) -> dict[str, object]:
    """Give what is to be paid."""
    code = ask("SELECT code FROM merchants_profile")[0][0]
    return {"store": code, "channel": "wechat", "amount_fen": amount_fen}


def test_64_at_once_with_one_key_are_one_payment(lin: Program, sandbox: Sandbox) -> None:
    asked = body()

    def pay(_: int) -> str:
        own = Program()
        own.client, own.headers = Client(), lin.headers
        return str(own.post("/payments", asked, key=KEY)["number"])

    with override_settings(API_RATE=1_000):
        numbers = at_once(pay)
    assert len(set(numbers)) == 1
    assert ask("SELECT count(*) FROM payments_attempt") == [(1,)]
    assert len(sandbox.trades.newest(100)) == 1


def test_a_payment_is_opened_told_and_becomes_an_order(lin: Program, sandbox: Sandbox) -> None:
    told = lin.post("/payments", body(), key=KEY)
    assert (told["state"], told["amount_fen"], told["order"]) == ("paying", 12_800, None)
    assert told["hand_off"].startswith("http")
    assert lin.post("/payments", body(12_801), key=KEY, status=409)["code"] == "key_taken"
    paid(sandbox, told["number"])
    ask("UPDATE payments_attempt SET query_at = now()")
    sweep_payments()
    after = lin.get(f"/payments/{told['number']}")
    assert (after["state"], after["order"]) == ("paid", told["number"])
    order = lin.get(f"/orders/{told['number']}")
    assert (order["state"], order["amount_fen"]) == ("pending", 12_800)


def test_what_cannot_be_paid_is_refused_by_name_and_asks_no_channel(
    lin: Program, sandbox: Sandbox
) -> None:
    over = lin.post("/payments", body(5_000_001), key=KEY, status=422)
    assert over["code"] == "amount_out_of_range"
    assert over["detail"] == "一笔最多 50,000.00 元，可以分两笔，或请店家在收银台收款"
    lin.post("/payments", {**body(), "store": "00000000"}, key=KEY, status=404)
    lin.post("/payments", {**body(), "channel": "cash"}, key=KEY, status=422)
    ask("DELETE FROM payments_submerchant")
    assert lin.post("/payments", body(), key=KEY, status=422)["code"] == "channel_closed"
    assert sandbox.trades.newest(100) == []


@pytest.mark.usefixtures("sandbox")
def test_keys_that_differ_at_their_end_alone_are_two_payments(lin: Program) -> None:
    numbers = [lin.post("/payments", body(), key="k" * 63 + end)["number"] for end in "abab"]
    assert numbers[0] != numbers[1]
    assert numbers[:2] == numbers[2:]
