"""Paying in for a case by program: what lacks, one payment for a key, who may, by name.

Source: E16; P2; I-18; merchants/access.py (who may).
"""

from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client, override_settings

from bench.counting import counted
from gongxiang.acts.give_codes import give_codes
from gongxiang.acts.make_token import make_token
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.members.meter import METER
from gongxiang.members.tokens import Scope
from gongxiang.sandbox.pay import Sandbox
from tests.api.asked import Program
from tests.api.changed import changed
from tests.api.programs import key
from tests.payments.paying import World, ask, number_of, paid
from tests.payments.test_at_once import at_once
from tests.payments.test_pay_ins import LACKS_FEN, asked, billed, pay_in, quiet, the_case, went_on
from tests.payments.test_shares import Settle, bought
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture

PAY_IN = "POST /shops/{code}/refund-cases/{number}/pay-ins"
BODY = {"channel": "wechat", "amount_fen": LACKS_FEN}
QUERIES_MAX = 12
STORE_PAYS = 102_826_561


def program(who: str, scopes: Iterable[Scope] = (Scope.STORE,)) -> Program:
    """Give a program of somebody, with an account of his own."""
    member = number_of(who)
    ask(
        "INSERT INTO members_account (member_id, name, code, epoch, opened_at)"
        " VALUES (%s, %s, %s, 1, clock_timestamp()) ON CONFLICT DO NOTHING",
        *(member, who, who),
    )
    return Program(make_token(member=member, name="程序", scopes=tuple(scopes), days=30).token)


@pytest.fixture
def owner(world: World, sandbox: Sandbox, settle: Settle) -> Program:
    """Give the program of the owner, whose case waits for his store."""
    asked(world, quiet(world, sandbox, settle))
    METER.forget()
    give_codes()
    return program("fang")


def cases() -> str:
    """Give the address of the store's cases."""
    return f"/shops/{ask('SELECT code FROM merchants_profile')[0][0]}/refund-cases"


def the_page(world: World) -> str:
    """Give the address of its one case."""
    return f"{cases()}/{the_case(world).number}"


def moments(told: dict[str, Any]) -> dict[str, Any]:
    """Leave the moments out, which the clock makes."""
    return {name: value for name, value in told.items() if not name.endswith("_at")}


def test_what_lacks_is_told_paid_in_and_the_case_goes_on(
    world: World, sandbox: Sandbox, owner: Program
) -> None:
    page = the_page(world)
    (listed,) = owner.get(cases())["items"]
    assert (listed["state"], listed["number"]) == ("funds", page.rpartition("/")[2])
    with counted() as queries:
        before = owner.get(page)
    assert len(queries) <= QUERIES_MAX
    assert before["lack"] == {
        "to_member": "128000000",
        "kept": "0",
        "returned": "0",
        "pool_pays": "20437439",
        "platform": "2560000",
        "unspent": "2176000",
        "store_pays": str(STORE_PAYS),
        "store_owed": "0",
        "on_way_fen": 0,
        "lacks_fen": LACKS_FEN,
        "asks_fen": LACKS_FEN,
    }
    assert (before["pay_ins"], before["is_refused"]) == ([], False)
    told = owner.post(f"{page}/pay-ins", BODY, key=key())
    assert moments(told) == {
        "number": told["number"],
        "state": "paying",
        "amount_fen": LACKS_FEN,
        "channel": "wechat",
        "can_be_paid": True,
        "is_netted": False,
        "hand_off": told["hand_off"],
    }
    assert told["hand_off"].startswith("http")
    assert owner.get(page)["pay_ins"] == [told]
    for _, other in changed(PAY_IN, BODY):
        assert owner.post(f"{page}/pay-ins", other, key=key(), status=409)["code"] == "key_taken"
    trade = paid(sandbox, told["number"])
    assert not trade.is_frozen
    ask("UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL")
    sweep_payments()
    came = owner.get(page)
    assert (came["lack"]["on_way_fen"], came["lack"]["lacks_fen"]) == (LACKS_FEN, 0)
    (line,) = came["pay_ins"]
    assert (line["state"], line["can_be_paid"], line["hand_off"]) == ("paid", False, None)
    assert line["came_at"] is not None
    went_on()
    billed()
    after = owner.get(page)
    assert (after["state"], after["sent_fen"], after["lack"]) == ("granted", 12_800, None)
    assert [each["is_netted"] for each in after["pay_ins"]] == [True]
    more = owner.post(f"{page}/pay-ins", BODY, key=key(2), status=422)
    assert more["code"] == "nothing_lacks"


def test_64_at_once_with_one_key_or_many_are_one_payment(
    world: World, sandbox: Sandbox, owner: Program
) -> None:
    way = f"{the_page(world)}/pay-ins"
    before = len(sandbox.trades.newest(100))

    def pay(each: int) -> str:
        own = Program()
        own.client, own.headers = Client(), owner.headers
        return str(own.post(way, BODY, key=key(each % 2))["number"])

    with override_settings(API_RATE=1_000, API_ADDRESS_RATE=1_000):
        numbers = at_once(pay)
    assert len(set(numbers)) == 1
    assert ask("SELECT count(*) FROM treasury_payin") == [(1,)]
    assert len(sandbox.trades.newest(100)) == before + 1


def test_a_key_stands_for_its_body_and_gives_the_same_answer_for_ever(
    world: World, sandbox: Sandbox, owner: Program
) -> None:
    way = f"{the_page(world)}/pay-ins"
    stale = owner.post(way, {**BODY, "amount_fen": 1}, key=key(), status=422)
    assert (stale["code"], stale["detail"]) == (
        "lack_changed",
        "钱没有动。差的数变了，现在还差 102.83 元，核对后再补",
    )
    first = owner.post(way, BODY, key=key())
    other = {**BODY, "channel": "alipay"}
    assert owner.post(way, other, key=key(), status=409)["code"] == "key_taken"
    # One is open at a time: who asks by another key, even for another channel, is given that one.
    assert owner.post(way, BODY, key=key(2)) == owner.post(way, other, key=key(3)) == first
    ask("UPDATE payments_attempt SET state = 'closed' WHERE number = %s", first["number"])
    for again in (key(), key(2)):
        told = owner.post(way, BODY, key=again)
        assert (told["number"], told["state"]) == (first["number"], "closed")
    # The third key stood for nothing: what it asks for was never opened.
    second = owner.post(way, other, key=key(3))
    assert (second["channel"], second["state"]) == ("alipay", "paying")
    assert owner.post(way, other, key=key(3)) == second
    assert ask("SELECT count(*) FROM treasury_payin") == [(2,)]


def test_who_may_not_or_what_is_not_there_is_refused_by_name(
    world: World, sandbox: Sandbox, owner: Program
) -> None:
    page = the_page(world)
    way = f"{page}/pay-ins"
    ask(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', now())",
        *(world.store, world.member),
    )
    cashier = program("lin")
    for refused in (
        cashier.get(cases(), status=403),
        cashier.get(page, status=403),
        cashier.post(way, BODY, key=key(), status=403),
    ):
        assert (refused["code"], refused["detail"]) == ("not_allowed", "店员不能给退款补款")
    ask("UPDATE merchants_staff SET role = 'manager'")
    assert cashier.get(page)["lack"]["lacks_fen"] == LACKS_FEN
    reader = program("fang", [Scope.READ, Scope.PAY])
    assert reader.post(way, BODY, key=key(), status=403)["code"] == "not_allowed"
    assert Program().get(page, status=401)["code"] == "signed_out"
    ask("UPDATE merchants_staff SET left_at = now()")
    assert cashier.post(way, BODY, key=key(), status=404)["code"] == "not_found"
    for number in ("1", "9223372036854775807"):
        missing = owner.get(f"{cases()}/{number}", status=404)
        assert (missing["code"], missing["detail"]) == ("not_found", "没有这笔退款")
        assert owner.post(f"{cases()}/{number}/pay-ins", BODY, key=key(), status=404)
    for number in ("0", "x", "9223372036854775808"):
        assert owner.get(f"{cases()}/{number}", status=422)["code"] == "invalid"
    for body in ({}, {**BODY, "channel": "cash"}, {**BODY, "amount_fen": 0}, {**BODY, "x": 1}):
        assert owner.post(way, body, key=key(), status=422)["code"] == "invalid"
    assert owner.post(way, BODY, status=422)["code"] == "invalid"
    ask("UPDATE payments_submerchant SET state = 'frozen' WHERE provider = 'alipay'")
    shut = owner.post(way, {**BODY, "channel": "alipay"}, key=key(), status=422)
    assert shut["code"] == "channel_closed"
    assert ask("SELECT count(*) FROM treasury_payin") == [(0,)]


def test_programs_are_counted_as_at_any_other_address(world: World, owner: Program) -> None:
    page = the_page(world)
    with override_settings(API_RATE=2):
        METER.forget()
        owner.get(page)
        owner.get(page)
        assert owner.get(page, status=429)["code"] == "too_fast"


def test_the_cases_of_a_store_are_told_page_by_page(
    world: World, sandbox: Sandbox, owner: Program, settle: Settle
) -> None:
    for number, trade in enumerate(bought(world, sandbox, 2_000, 3_000)):
        settle()
        ((order,),) = ask("SELECT order_id FROM payments_attempt WHERE number = %s", trade.number)
        ask(
            "INSERT INTO treasury_refundcase (id, member_id, order_id, store_id, key, amount,"
            " reason, is_by_store, state, maker, maker_reason, checker, checker_reason, tries,"
            " opened_at)"
            " SELECT id + %s, member_id, %s, store_id, %s, 10000, reason, false, 1, '', '', '', '',"
            " 0, opened_at FROM treasury_refundcase WHERE tries = 0 ORDER BY id LIMIT 1",
            *(number + 1, order, f"k{number}"),
        )
    whole = [each["number"] for each in owner.get(cases())["items"]]
    assert whole == sorted(whole, key=int, reverse=True)
    assert len(whole) == 3
    found: list[str] = []
    cursor: dict[str, Any] = {}
    for _ in range(3):
        page = owner.get(cases(), limit=1, **cursor)
        found += [each["number"] for each in page["items"]]
        cursor = {"cursor": page["next"]}
    assert (found, page["next"]) == (whole, None)


def test_a_payment_opened_on_the_page_is_told_to_the_program(
    world: World, sandbox: Sandbox, owner: Program
) -> None:
    payment = pay_in(world)
    (line,) = owner.get(the_page(world))["pay_ins"]
    assert (line["number"], line["hand_off"]) == (payment.number, payment.hand_off)
    assert owner.post(f"{the_page(world)}/pay-ins", BODY, key=key()) == line
