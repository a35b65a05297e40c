"""The till by program: a charge is opened, looked at, taken back, by who may, in this store."""

import pytest
from django.conf import settings

from gongxiang.acts.open_shift import open_shift
from gongxiang.ledger import raw
from gongxiang.members.tokens import Scope
from gongxiang.payments import charges
from tests.acts import town
from tests.api.asked import PREFIX, Program, told
from tests.api.programs import key, program_of
from tests.api.test_member import fang

pytestmark = pytest.mark.usefixtures("opened")
ASKED = {"amount_fen": 12_800}


def on_shift() -> None:
    """Let the owner of 阿芳小馆 take over her till."""
    open_shift(store=town.party("fang", kind=2), person=town.party("afang"), float_fen=0)


def cancel(program: Program, number: str, *, status: int = 200) -> dict[str, object]:
    """Take a charge back."""
    path = f"{PREFIX}/shops/{fang()}/charges/{number}"
    found: dict[str, object] = told(program.client.delete(path, headers=program.headers), status)
    return found


def test_a_charge_is_opened_once_for_its_key_looked_at_and_taken_back() -> None:
    on_shift()
    afang = program_of("afang", Scope.STORE)
    path = f"/shops/{fang()}/charges"
    opened = afang.post(path, ASKED, key=key())
    number = opened["number"]
    assert {name: opened[name] for name in ("state", "amount_fen", "order", "link")} == {
        "state": "open",
        "amount_fen": 12_800,
        "order": None,
        "link": f"{settings.PUBLIC_ADDRESS}/s/{fang()}?charge={number}",
    }
    assert afang.post(path, ASKED, key=key()) == opened
    assert afang.post(path, {"amount_fen": 1}, key=key(), status=409)["code"] == "key_taken"
    assert afang.get(f"{path}/{number}") == opened
    assert cancel(afang, number)["state"] == "cancelled"
    assert cancel(afang, number) == {**opened, "state": "cancelled"}
    assert town.query("SELECT count(*) FROM payments_charge") == [(1,)]


def test_a_charge_that_somebody_pays_is_not_taken_back_and_one_past_its_end_is_over() -> None:
    on_shift()
    afang = program_of("afang")
    path = f"/shops/{fang()}/charges"
    number = afang.post(path, ASKED, key=key())["number"]
    store = town.party("fang", kind=2)
    with raw.cursor() as cursor:
        charges.take(cursor, store=store, number=number, amount_fen=12_800, attempt="GX1")
    refused = cancel(afang, number, status=422)
    assert (refused["code"], refused["detail"]) == (
        "charge_taken",
        "没有取消。顾客正在付这一笔，等结果出来，收到后可以退款",
    )
    assert afang.get(f"{path}/{number}")["state"] == "taken"
    with raw.cursor() as cursor:
        charges.mark_paid(cursor, store=store, attempt="GX1")
    paid = afang.get(f"{path}/{number}")
    assert (paid["state"], paid["order"]) == ("paid", "GX1")
    late = afang.post(path, ASKED, key=key(2))["number"]
    town.query("UPDATE payments_charge SET expires_at = clock_timestamp() WHERE number = %s", late)
    assert afang.get(f"{path}/{late}")["state"] == "over"


def test_nothing_is_charged_without_a_shift_or_beyond_what_one_payment_may_be() -> None:
    afang = program_of("afang")
    path = f"/shops/{fang()}/charges"
    refused = afang.post(path, ASKED, key=key(), status=422)
    assert (refused["code"], refused["detail"]) == ("no_shift", "还没接班，先填备用金再收款")
    most = settings.PAYMENT_FEN_MAX
    large = afang.post(path, {"amount_fen": most + 1}, key=key(), status=422)
    assert large["code"] == "amount_out_of_range"
    assert large["detail"].startswith("一笔最多 ")
    assert town.query("SELECT count(*) FROM payments_charge") == [(0,)]


def test_a_cashier_charges_and_sees_no_statement_and_another_store_sees_nothing() -> None:
    on_shift()
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', clock_timestamp())",
        town.party("fang", kind=2),
        town.party("zhou"),
    )
    zhou, path = program_of("zhou"), f"/shops/{fang()}"
    number = zhou.post(f"{path}/charges", ASKED, key=key())["number"]
    for page in ("/statements", "/statements/2026-11-22"):
        refused = zhou.get(path + page, status=403)
        assert (refused["code"], refused["detail"]) == ("not_allowed", "店员不能看对账单")
    for who in ("lin", "qinghe"):
        other = program_of(who)
        for page in (f"/charges/{number}", "/statements", "/statements/2026-11-22"):
            assert other.get(path + page, status=404)["code"] == "not_found"
        assert other.post(f"{path}/charges", ASKED, key=key(), status=404)["code"] == "not_found"
        assert cancel(other, number, status=404)["code"] == "not_found"
    qinghe = program_of("qinghe")
    own = qinghe.get("/shops")["items"][0]["code"]
    assert own != fang()
    for taken in (f"/shops/{own}/charges/{number}", f"/shops/{own}/charges/x"):
        assert qinghe.get(taken, status=404)["code"] == "not_found"
    assert zhou.get(f"{path}/charges/{number}")["state"] == "open"
