"""The member's part of the API: every figure of the one world, and nobody else's."""

import re
from typing import Any

import pytest

from bench.counting import counted
from gongxiang.members.tokens import Scope
from gongxiang.refusals import WITHDRAWAL_MOVED
from tests.acts import town
from tests.api.asked import Program
from tests.api.programs import key, program_of
from tests.web.test_member_world import due_500

pytestmark = pytest.mark.usefixtures("opened")
ALL = "178661513686092"
FIRST = "112000000000000"


@pytest.fixture
def lin(opened: None) -> Program:
    return program_of("lin")


def sell(program: Program, points: str = FIRST, *, number: int = 1) -> str:
    """Sell points for what is shown; give the number of the sale."""
    quote = program.get("/quotes/sale", points=points)
    body = {"points": points, "shown_net": quote["shown_net"]}
    return str(program.post("/sales", body, key=key(number), status=202)["number"])


def test_the_account_is_told_as_its_owner_sees_it(lin: Program) -> None:
    told = lin.get("/me")
    assert (told["name"], told["recommender"]) == ("lin", "阿芳小馆")
    assert lin.get("/me/team") == {"direct": 1, "indirect": 0}
    assert lin.get("/me/consents") == {"items": []}


def test_orders_are_told_newest_first_page_after_page(lin: Program) -> None:
    whole = lin.get("/orders")
    assert [each["number"] for each in whole["items"]] == ["o99", "o3", "o1"]
    assert whole["items"][0] == {
        "number": "o99",
        "store": "阿芳小馆",
        "state": "pending",
        "is_settled": False,
        "amount_fen": 12_800,
        "returned_fen": 0,
        "paid_at": "2026-11-22T20:36:00+08:00",
    }
    page = lin.get("/orders", limit=2)
    rest = lin.get("/orders", limit=2, cursor=page["next"])
    assert [*page["items"], *rest["items"]] == whole["items"]
    assert rest["next"] is None


def test_one_order_is_exact_once_settled_and_an_estimate_before(lin: Program) -> None:
    settled = lin.get("/orders/o1")
    assert (settled["state"], settled["due_at"]) == ("settled", "2026-11-22T11:42:00+08:00")
    assert settled["gives"] == {
        "is_exact": True,
        "points": FIRST,
        "vouchers": "2000000000",
        "cap": "1200000000",
        "payout_at_cap": "960000000",
    }
    waiting = lin.get("/orders/o99")["gives"]
    assert waiting["is_exact"] is False
    assert (waiting["points"][:5], waiting["vouchers"]) == ("76795", "256000000")


def test_points_are_told_lot_by_lot(lin: Program) -> None:
    told = lin.get("/points")
    assert (told["held"], told["sellable"]) == (ALL, ALL)
    first, second = told["lots"]
    assert (first["store"], first["state"], first["points"]) == ("阿芳小馆", "held", FIRST)
    assert (first["cap_left"], first["payout_at_cap"]) == ("1200000000", "960000000")
    assert (second["store"], second["spend"]) == ("青禾眼镜", "1000000000")
    assert told["facts"]["sentence"] == "积分不保本、不保收益"


def test_a_sale_is_quoted_offered_and_answered(lin: Program) -> None:
    quote = lin.get("/quotes/sale", points=FIRST)
    assert (quote["price"], quote["value"], quote["pays"]) == ("1.8668", "209080000", "167260000")
    assert int(quote["value"]) == int(quote["stays"]) + int(quote["pays"])
    assert quote["shown_net"] == "167262390"
    number = sell(lin)
    assert lin.get(f"/sales/{number}")["state"] == "checking"
    town.settle_now()
    told = lin.get(f"/sales/{number}")
    assert (told["state"], told["net"], told["shown_net"]) == ("sold", "167262390", "167262390")
    assert lin.get("/wallet")["cash"] == "170262390"


def test_a_payout_that_changed_sells_nothing(lin: Program) -> None:
    quote = lin.get("/quotes/sale", points=FIRST)
    due_500()
    town.settle_now()
    body = {"points": FIRST, "shown_net": quote["shown_net"]}
    problem = lin.post("/sales", body, key=key(), status=409)
    assert problem["code"] == "payout_changed"
    assert problem["detail"] == "刚刚又结算了一笔订单，金额已更新，请再看一眼"
    assert town.query("SELECT count(*) FROM points_sale") == [(0,)]


def test_what_cannot_be_sold_is_refused_in_the_words_of_the_page(lin: Program) -> None:
    too_many = lin.get("/quotes/sale", points=str(int(ALL) + 1), status=422)
    assert (too_many["code"], too_many["detail"]) == ("sells_too_much", "最多卖 178.6615 积分")
    nothing = program_of("afang").get("/quotes/sale", points="1", status=422)
    assert nothing["code"] == "nothing_to_sell"


def test_the_same_key_sells_once_and_another_body_is_refused(lin: Program) -> None:
    number = sell(lin)
    town.settle_now()
    body = {"points": FIRST, "shown_net": "167262390"}
    assert lin.post("/sales", body, key=key(), status=202)["number"] == number
    other = {"points": "1", "shown_net": "0"}
    assert lin.post("/sales", other, key=key(), status=409)["code"] == "key_taken"
    assert town.query("SELECT count(*) FROM points_sale") == [(1,)]


def test_a_withdrawal_is_asked_once_and_told_with_its_state(lin: Program) -> None:
    sell(lin)
    town.settle_now()
    told = lin.post("/withdrawals", cash(10_000), key=key(), status=202)
    assert (told["state"], told["amount_fen"]) == ("checking", 10_000)
    again = lin.post("/withdrawals", cash(10_000), key=key(), status=202)
    assert again["number"] == told["number"]
    other = lin.post("/withdrawals", cash(10_001), key=key(), status=409)
    assert other["code"] == "key_taken"
    town.settle_now()
    assert lin.get(f"/withdrawals/{told['number']}")["state"] == "review"
    wallet = lin.get("/wallet")
    assert (wallet["free_fen"], wallet["under_way"]) == (7_026, "100000000")
    more = lin.post("/withdrawals", cash(7_027), key=key(2), status=422)
    assert (more["code"], more["detail"]) == ("withdrawal_too_large", "最多填 70.26 元")
    less = lin.post("/withdrawals", cash(99), key=key(2), status=422)
    assert less["code"] == "withdrawal_too_small"
    listed = lin.get("/withdrawals")
    assert [each["number"] for each in listed["items"]] == [told["number"]]


def test_a_withdrawal_is_quoted_with_tax_payout_account_and_what_is_left(lin: Program) -> None:
    sell(lin)
    town.settle_now()
    quote = lin.get("/quotes/withdrawal", amount_fen=10_000)
    facts = quote.pop("facts")
    assert facts["sentence"] == "积分不保本、不保收益"
    assert quote == {
        "amount_fen": 10_000,
        "fee_fen": 0,
        "shown_tax_fen": 0,
        "is_withheld": False,
        "shown_pays_fen": 10_000,
        "shown_payee": "微信（林小满）",
        "payee_name": "林*满",
        "free_after_fen": 7_026,
        "today_after_fen": 4_990_000,
        "least_fen": 100,
        "officers": 2,
        "is_to_confirm": True,
        "rules_version": 1,
    }
    for fen, code in ((17_027, "withdrawal_too_large"), (99, "withdrawal_too_small")):
        assert lin.get("/quotes/withdrawal", amount_fen=fen, status=422)["code"] == code
    for written in ("0", "-1", "1e3", "1.5", "9" * 17, "", " 1", "१"):
        refused = lin.get("/quotes/withdrawal", amount_fen=written, status=422)
        assert refused["code"] == "invalid", written
    nobody = program_of("afang").get("/quotes/withdrawal", amount_fen=100, status=422)
    assert nobody["code"] == "not_verified"


def test_a_withdrawal_that_is_not_what_was_shown_moves_nothing_and_tells_the_new(
    lin: Program,
) -> None:
    sell(lin)
    town.settle_now()
    figures = "个税 0.00 元，到手 100.00 元，打到微信（林小满）"
    for other in ({"shown_tax_fen": 1}, {"shown_pays_fen": 9_999}, {"shown_payee": "微信（别人）"}):
        refused = lin.post("/withdrawals", cash(10_000) | other, key=key(), status=409)
        assert refused["code"] == "withdrawal_moved"
        assert refused["detail"] == f"{WITHDRAWAL_MOVED}：{figures}"
    missing = lin.post("/withdrawals", {"amount_fen": 10_000}, key=key(), status=422)
    assert [each["where"] for each in missing["errors"]] == [
        *("body.shown_tax_fen", "body.shown_pays_fen", "body.shown_payee"),
    ]
    assert town.query("SELECT count(*) FROM treasury_withdrawal") == [(0,)]
    assert lin.get("/wallet")["free_fen"] == 17_026


def test_every_line_of_cash_is_explained_and_the_month_adds_up(lin: Program) -> None:
    sell(lin)
    town.settle_now()
    whole = lin.get("/wallet/entries")
    assert [(each["title"], each["amount"], each["balance"]) for each in whole["items"]] == [
        ("卖出积分", "167262390", "170262390"),
        ("直推奖励", "3000000", "3000000"),
    ]
    page = lin.get("/wallet/entries", limit=1)
    rest = lin.get("/wallet/entries", limit=1, cursor=page["next"])
    assert [*page["items"], *rest["items"]] == whole["items"]
    why = lin.get(f"/wallet/entries/{whole['items'][1]['entry']}")
    assert (why["rule"], why["again"]) == ("R3：你推荐的人在会员店消费", "3000000")
    month = lin.get("/statements/2026-11")
    assert (month["opening"], month["closing"], month["is_running"]) == ("0", "170262390", True)
    assert sum(int(each["amount"]) for each in month["sums"]) == 170_262_390
    for none in ("2026-13", "2027-01"):
        assert lin.get(f"/statements/{none}", status=404)["code"] == "not_found"


def test_vouchers_are_told_by_store(lin: Program) -> None:
    assert lin.get("/vouchers")["items"] == [
        {"store": "阿芳小馆", "orders": 1, "amount": "2000000000"},
        {"store": "青禾眼镜", "orders": 1, "amount": "2000000000"},
    ]


def test_nobody_reaches_what_is_another_s(lin: Program) -> None:
    sold = sell(lin)
    withdrawn = lin.post("/withdrawals", cash(100), key=key(2), status=202)["number"]
    town.settle_now()
    entry = lin.get("/wallet/entries")["items"][0]["entry"]
    others = ("zhou", "afang", "qinghe")
    paths = (
        "/orders/o1",
        f"/sales/{sold}",
        f"/withdrawals/{withdrawn}",
        f"/wallet/entries/{entry}",
    )
    for path in paths:
        lin.get(path)
        for other in others:
            assert program_of(other).get(path, status=404)["code"] == "not_found", (other, path)
        Program().get(path, status=401)


EXTREMES = (
    *("0", "-1", str(2**53 - 1), str(2**53), str(2**53 + 1), str(2**63 - 1), str(2**63)),
    *(str(2**63 + 1), "1" + "0" * 38, "1" + "0" * 4_400, "NaN", "Infinity", "1.0", "1e2", "true"),
    *("null", '"7.0"', '""', "[]", "{}", '"\\u0000"', '"\\ud800"', "01", "1_0", "0x1"),
)


def test_no_extreme_of_a_number_gets_through(lin: Program) -> None:
    before = town.query("SELECT count(*) FROM orders_fact")
    afang, store = program_of("afang"), fang()
    for written in EXTREMES:
        for program, path, body in (
            (lin, "/withdrawals", cash_of(written)),
            (lin, "/withdrawals", cash_of("100", pays=written)),
            (lin, "/withdrawals", cash_of("100", payee=written)),
            (lin, "/payments", payment_of(store, written)),
            (lin, "/sales", f'{{"points": {written}, "shown_net": "99"}}'),
            (lin, "/sales", f'{{"points": "{written.strip(chr(34))}.5", "shown_net": "99"}}'),
            (lin, "/sales", f'{{"points": "1", "shown_net": {written}}}'),
            (afang, f"/shops/{store}/orders/o99/refunds", f'{{"amount_fen": {written}}}'),
        ):
            answer = send(program, path, body)
            assert 400 <= answer.status_code < 500, (path, written, answer.content)
            assert answer["Content-Type"] == "application/problem+json"
    assert town.query("SELECT count(*) FROM orders_fact") == before


def cash(fen: int) -> dict[str, Any]:
    """Write the body of a withdrawal that no tax is on."""
    shown = {"shown_tax_fen": 0, "shown_pays_fen": fen, "shown_payee": "微信（林小满）"}
    return {"amount_fen": fen, **shown}


def cash_of(amount_fen: str, *, pays: str = "1", payee: str = '"a"') -> str:
    """Write the body of a withdrawal of whatever is written."""
    shown = f'"shown_tax_fen": 0, "shown_pays_fen": {pays}, "shown_payee": {payee}'
    return f'{{"amount_fen": {amount_fen}, {shown}}}'


def payment_of(store: str, amount_fen: str) -> str:
    """Write the body of a payment."""
    return f'{{"store": "{store}", "channel": "wechat", "amount_fen": {amount_fen}}}'


def send(program: Program, path: str, body: str, **headers: str) -> Any:  # noqa: ANN401  an answer
    """Send a body as it is."""
    return program.client.post(
        f"/api/v1{path}",
        body.encode("latin-1"),
        content_type="application/json",
        headers={**program.headers, "Idempotency-Key": key(), **headers},
    )


def test_no_extreme_of_an_address_gets_through(lin: Program) -> None:
    for written in ("0", "-1", "1e3", "1.5", "NaN", "9" * 39, "", " 1", "१", "\0"):
        assert lin.get("/quotes/sale", points=written, status=422)["code"] == "invalid"
    for written in ("0", "-1", "1.5", "9" * 39, "१", str(2**63), str(2**63 - 1), "%00"):
        for path in ("/sales/", "/withdrawals/", "/orders/", "/payments/", "/wallet/entries/"):
            answer = lin.client.get(f"/api/v1{path}{written}", headers=lin.headers)
            assert answer.status_code in {404, 422}, (path, written)


def test_nothing_can_be_set_beside_what_is_named(lin: Program) -> None:
    for path, body in (
        ("/withdrawals", cash(100)),
        ("/sales", {"points": "1", "shown_net": "0"}),
        ("/payments", {"store": "00000000", "channel": "wechat", "amount_fen": 1}),
    ):
        for extra in ("member", "price", "net", "state", "home", "level", "balance"):
            problem = lin.post(path, {**body, extra: 1}, key=key(), status=422)
            assert problem["errors"][0]["where"].endswith(extra)


def test_what_changes_something_wants_a_key(lin: Program) -> None:
    for wrong in ("", "short", "x" * 65, "with space 12345", "\xfcnicode-12345678"):
        answer = send(lin, "/withdrawals", '{"amount_fen": 100}', **{"Idempotency-Key": wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_body_is_small_json_with_each_key_once(lin: Program) -> None:
    for raw, status in (
        ("", 422),
        ("{", 400),
        ('{"amount_fen": 100, "amount_fen": 1}', 400),
        ("[" * 50_000, 400),
        (" " * 70_000, 413),
        ("\xff", 400),
        ("[]", 422),
        ("1", 422),
    ):
        answer = send(lin, "/withdrawals", raw)
        assert answer.status_code == status, (raw[:20], answer.content)
    form = lin.client.post("/api/v1/withdrawals", {"amount_fen": 1}, headers=lin.headers)
    assert (form.status_code, form.json()["code"]) == (415, "wrong_type")


def test_an_answer_about_a_person_is_kept_by_nobody_and_asks_little(lin: Program) -> None:
    for path in (
        *("/me", "/me/consents", "/me/team", "/orders", "/orders/o1", "/points", "/wallet"),
        *("/wallet/entries", "/withdrawals", "/vouchers", "/statements/2026-11", "/shops"),
        *("/quotes/sale?points=1", "/quotes/withdrawal?amount_fen=100"),
    ):
        with counted() as asked:
            answer = lin.client.get(f"/api/v1{path}", headers=lin.headers)
        assert answer.status_code == 200, path
        assert answer["Cache-Control"] == "no-store"
        assert "Authorization" in answer["Vary"]
        assert "ETag" not in answer.headers
        assert len(asked) <= 12, (path, asked)


def fang() -> str:
    """Give the public code of 阿芳小馆."""
    query = "SELECT code FROM merchants_profile WHERE store_id = %s"
    return str(town.query(query, town.party("fang", kind=2))[0][0])


def test_the_owner_sees_his_store_s_orders_with_masked_payers() -> None:
    afang = program_of("afang", Scope.STORE)
    shops = afang.get("/shops")["items"]
    assert [(each["code"], each["role"]) for each in shops] == [(fang(), "owner")]
    orders = afang.get(f"/shops/{fang()}/orders")["items"]
    assert [each["number"] for each in orders] == ["o99", "o2", "o1"]
    assert re.fullmatch(r"游客|.*\*.*", orders[0]["payer"])
    one = afang.get(f"/shops/{fang()}/orders/o99")
    assert (one["state"], one["can_refund"], one["amount_fen"]) == ("pending", True, 12_800)
    page = afang.get(f"/shops/{fang()}/orders", limit=2)
    rest = afang.get(f"/shops/{fang()}/orders", limit=2, cursor=page["next"])
    assert [*page["items"], *rest["items"]] == orders


def test_money_goes_back_once_for_its_key_within_the_window() -> None:
    afang = program_of("afang")
    path = f"/shops/{fang()}/orders/o99/refunds"
    told = afang.post(path, {"amount_fen": 3_600}, key=key())
    assert (told["order"]["state"], told["order"]["returned_fen"]) == ("part_refunded", 3_600)
    assert afang.post(path, {"amount_fen": 3_600}, key=key())["number"] == told["number"]
    assert afang.post(path, {"amount_fen": 1}, key=key(), status=409)["code"] == "key_taken"
    more = afang.post(path, {"amount_fen": 9_201}, key=key(2), status=422)
    assert (more["code"], more["detail"][:15]) == (
        "refund_exceeds_order",
        "这笔最多还能退 92.00 元",
    )
    late = afang.post(
        f"/shops/{fang()}/orders/o1/refunds", {"amount_fen": 1}, key=key(3), status=422
    )
    assert late["code"] == "window_over"
    assert town.query("SELECT count(*) FROM orders_refund") == [(1,)]


def test_a_stranger_and_another_store_see_nothing_of_a_store() -> None:
    for who in ("lin", "qinghe"):
        program = program_of(who)
        for path in (f"/shops/{fang()}/orders", f"/shops/{fang()}/orders/o99"):
            assert program.get(path, status=404)["code"] == "not_found"
        path = f"/shops/{fang()}/orders/o99/refunds"
        assert program.post(path, {"amount_fen": 1}, key=key(), status=404)["code"] == "not_found"
    afang = program_of("afang")
    assert afang.get(f"/shops/{fang()}/orders/o3", status=404)["code"] == "not_found"
