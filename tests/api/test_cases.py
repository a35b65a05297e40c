"""Refunds after settlement by program: asked once for a key, of one's own order, by name."""

import pytest

from gongxiang.members.tokens import Scope
from tests.acts import town
from tests.api.programs import key, program_of

pytestmark = pytest.mark.usefixtures("opened")
ASKED = {"amount_fen": 3_600, "reason": "菜没有上"}
PATH = "/orders/o1/refund-cases"


def test_a_case_is_opened_once_for_its_key_and_told() -> None:
    lin = program_of("lin")
    opened = lin.post(PATH, ASKED, key=key())
    assert {name: opened[name] for name in opened if name not in {"number", "asked_at"}} == {
        "order": "o1",
        "state": "review",
        "amount_fen": 3_600,
        "sent_fen": 0,
        "is_refused": False,
        "reason": "菜没有上",
        "is_by_store": False,
    }
    assert lin.post(PATH, ASKED, key=key()) == opened
    assert lin.post(PATH, {**ASKED, "amount_fen": 1}, key=key(), status=409)["code"] == "key_taken"
    assert lin.get(PATH) == {"items": [opened]}
    other = lin.post(PATH, ASKED, key=key(2), status=422)
    assert (other["code"], other["detail"]) == (
        "case_is_open",
        "这笔已有一个退款在等客服处理，等它有结果再申请",
    )
    assert town.query("SELECT amount, state FROM treasury_refundcase") == [(36_000_000, 1)]


def test_what_no_case_is_opened_for_is_refused_by_name() -> None:
    lin = program_of("lin")
    waits = lin.post("/orders/o99/refund-cases", ASKED, key=key(), status=422)
    assert (waits["code"], waits["detail"]) == ("not_settled", "这笔正在结算，几秒后再试")
    ((paid,),) = town.query(
        "SELECT bought.amount / 10000 FROM orders_order bought JOIN orders_fact fact USING (id)"
        " WHERE fact.key = 'o1'"
    )
    more = {**ASKED, "amount_fen": int(paid) + 1}
    assert lin.post(PATH, more, key=key(), status=422)["code"] == "refund_exceeds_order"
    for reason in ("", " ", " x", "a\0b", "x" * 201):
        body = {**ASKED, "reason": reason}
        assert lin.post(PATH, body, key=key(), status=422)["code"] == "invalid"
    assert town.query("SELECT count(*) FROM treasury_refundcase") == [(0,)]


def test_nobody_asks_for_or_sees_a_case_of_another_s_order() -> None:
    lin, zhou = program_of("lin"), program_of("zhou")
    lin.post(PATH, ASKED, key=key())
    assert zhou.get(PATH, status=404)["code"] == "not_found"
    assert zhou.post(PATH, ASKED, key=key(), status=404)["code"] == "not_found"
    reader = program_of("lin", Scope.READ)
    assert reader.post(PATH, ASKED, key=key(2), status=403)["code"] == "not_allowed"
