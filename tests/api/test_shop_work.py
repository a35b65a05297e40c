"""A store's work by program: shifts, a request declined, a case offered; and misspelt parameters.

Source: design/ui/faces.md 6.3, 7 (c); E7, E16.
"""

import pytest
from django.test import Client, override_settings

from gongxiang.acts.ask_refund import ask_refund
from gongxiang.api.named import TWICE, UNKNOWN
from gongxiang.members.tokens import Scope
from tests.acts import town
from tests.api.asked import PREFIX, Program, told
from tests.api.programs import key, program_of
from tests.api.test_member import fang

pytestmark = pytest.mark.usefixtures("opened")


@pytest.fixture
def afang() -> Program:
    """Give the program of the owner of 阿芳小馆."""
    return program_of("afang", Scope.STORE)


def path(*, code: str = "") -> str:
    return f"/shops/{code or fang()}"


def cashier(who: str = "zhou") -> Program:
    """Let somebody be a cashier of 阿芳小馆, and give his program."""
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', clock_timestamp())",
        *(town.party("fang", kind=2), town.party(who)),
    )
    return program_of(who)


def test_a_till_is_taken_over_looked_at_and_handed_over_once(afang: Program) -> None:
    shifts = f"{path()}/shifts"
    assert afang.get(f"{shifts}/current", status=404)["detail"] == "还没有人接班"
    opened = afang.post(shifts, {"float_fen": 20_000})
    assert {name: opened[name] for name in ("is_open", "float_fen", "payments", "closed_at")} == {
        "is_open": True,
        "float_fen": 20_000,
        "payments": 0,
        "closed_at": None,
    }
    number = opened["number"]
    assert afang.post(shifts, {"float_fen": 20_000})["number"] == number
    assert afang.get(f"{shifts}/current") == opened == afang.get(f"{shifts}/{number}")
    close = f"{shifts}/{number}/close"
    short = afang.post(close, {"counted_fen": 19_950}, status=422)
    assert (short["code"], short["detail"]) == ("note_missing", "差 0.50 元（少了），写一句为什么")
    counted = {"counted_fen": 19_950, "note": "找零"}
    closed = afang.post(close, counted, status=200)
    assert (closed["is_open"], closed["difference_fen"], closed["note"]) == (False, -50, "找零")
    assert afang.post(close, counted, status=200) == closed
    again = afang.post(close, {"counted_fen": 20_000}, status=422)
    assert again["code"] == "shift_is_closed"
    assert town.query("SELECT count(*) FROM payments_shift") == [(1,)]


def test_a_shift_is_its_persons_or_of_who_manages_the_cashiers(afang: Program) -> None:
    zhou, shifts = cashier(), f"{path()}/shifts"
    number = afang.post(shifts, {"float_fen": 0})["number"]
    refused = zhou.post(shifts, {"float_fen": 0}, status=422)
    assert (refused["code"], refused["detail"]) == (
        "shift_is_open",
        "没有接班。别人还在班上，先请他交班",
    )
    close = f"{shifts}/{number}/close"
    assert zhou.post(close, {"counted_fen": 0}, status=403)["code"] == "not_allowed"
    for other in (program_of("lin"), program_of("qinghe")):
        assert other.get(f"{shifts}/{number}", status=404)["code"] == "not_found"
        assert other.post(close, {"counted_fen": 0}, status=404)["code"] == "not_found"
    assert afang.post(close, {"counted_fen": 0}, status=200)["is_open"] is False
    own = zhou.post(shifts, {"float_fen": 0})["number"]
    assert afang.post(f"{shifts}/{own}/close", {"counted_fen": 0}, status=200)["number"] == own


def test_a_request_is_declined_once_with_an_answer(afang: Program) -> None:
    order = town.query("SELECT id FROM orders_fact WHERE key = 'o99'")[0][0]
    decline = f"{path()}/orders/o99/decline"
    nothing = afang.post(decline, {"answer": "菜都吃完了"}, status=422)
    assert nothing["code"] == "nothing_asked"
    ask_refund(key="q1", member=town.party("lin"), order=order, amount_fen=3_600, reason="少上一菜")
    assert afang.post(decline, {"answer": " "}, status=422)["code"] == "invalid"
    found = afang.post(decline, {"answer": "菜都吃完了"}, status=200)
    assert (found["number"], found["refund_asked_fen"]) == ("o99", 0)
    assert afang.post(decline, {"answer": "菜都吃完了"}, status=422)["code"] == "nothing_asked"
    rows = town.query("SELECT state, answer FROM payments_refundrequest")
    assert rows == [("declined", "菜都吃完了")]
    assert program_of("qinghe").post(decline, {"answer": "x"}, status=404)["code"] == "not_found"


def test_a_store_offers_money_of_a_settled_order_once_for_its_key(afang: Program) -> None:
    cases = f"{path()}/orders/o1/refund-cases"
    asked = {"amount_fen": 10_000, "reason": "菜没有上"}
    made = afang.post(cases, asked, key=key())
    assert {name: made[name] for name in ("state", "amount_fen", "is_by_store", "order")} == {
        "state": "review",
        "amount_fen": 10_000,
        "is_by_store": True,
        "order": "o1",
    }
    assert afang.post(cases, asked, key=key()) == made
    assert afang.get(cases)["items"] == [made]
    assert afang.post(cases, asked, key=key(2), status=422)["code"] == "case_is_open"
    other = {**asked, "amount_fen": 9_000}
    assert afang.post(cases, other, key=key(), status=409)["code"] == "key_taken"
    early = afang.post(f"{path()}/orders/o99/refund-cases", asked, key=key(3), status=422)
    assert early["code"] == "not_settled"
    assert program_of("lin").get(cases, status=404)["code"] == "not_found"


def test_a_parameter_that_no_operation_names_is_refused_by_its_name(afang: Program) -> None:
    for program, page in ((Program(), "/stores"), (Program(), "/pool"), (afang, "/shops")):
        refused = program.get(page, limt=10, status=422)
        assert refused["code"] == "invalid"
        assert refused["errors"] == [{"where": "query.limt", "what": UNKNOWN}]
    assert len(Program().get("/stores", limit=1)["items"]) == 1
    twice = told(Client().get(f"{PREFIX}/stores?limit=1&limit=2"), 422)
    assert twice["errors"] == [{"where": "query.limit", "what": TWICE}]


def test_a_body_that_is_larger_than_any_form_is_a_problem_too() -> None:
    with override_settings(BODY_BYTES_MAX=1_000):
        answer = Client().post(
            f"{PREFIX}/orders", " " * 70_000, content_type="application/json", secure=True
        )
    assert told(answer, 413)["code"] == "too_large"
