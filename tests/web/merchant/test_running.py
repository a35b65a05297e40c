"""Settings and staff on the pages: saved, refused in words, for who may alone.

Source: design/ui/faces.md 6.3, 4; reliability 8 (27, 28).
"""

import re

import pytest
from django.db import connection
from django.test import Client

from gongxiang.acts.invite_staff import invite_staff
from gongxiang.base.clock import SECOND
from gongxiang.merchants.access import Role, role_in
from gongxiang.queries.settings import settings_of
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import open_account
from tests.web.signed import client_of, signed_in

pytestmark = pytest.mark.db

SEE_OTHER = 303
FORBIDDEN = 403
MISSING = 404
UNPROCESSABLE = 422
FORM = {
    "opens": "10:30",
    "closes": "02:00",
    "phone": "020-88886666",
    "category": "food",
    "address": "体育东路 1 号",
    "latitude": "23.129163",
    "longitude": "113.264435",
    "sound": "on",
}


@pytest.fixture
def owner(database: Database) -> Client:
    """Give the browser of the owner of 阿芳小馆."""
    del database
    town.open_town()
    for key in ("afang", "lin", "zhou"):
        open_account(key)
    return signed_in("afang")


def test_settings_are_kept_and_shown_again(owner: Client) -> None:
    answer = owner.post("/store/fang/settings", FORM)
    assert (answer.status_code, answer["Location"]) == (SEE_OTHER, "/store/fang/settings?kept=1")
    kept = settings_of(store=town.party("fang", kind=2))
    assert (kept.hours, kept.place) == ((630, 120), (23_129_163, 113_264_435))
    assert (kept.has_sound, kept.is_resting) == (True, False)
    page = owner.get("/store/fang/settings?kept=1").content.decode()
    for shown in ("已保存", 'value="10:30"', 'value="02:00"', 'value="23.129163"'):
        assert shown in page, shown


def test_the_till_is_loud_where_the_store_says_so(owner: Client) -> None:
    assert "data-loud" not in owner.get("/store/fang/cashier").content.decode()
    owner.post("/store/fang/settings", FORM)
    assert 'data-loud="on"' in owner.get("/store/fang/cashier").content.decode()


def test_a_day_off_is_today_and_taken_back(owner: Client) -> None:
    owner.post("/store/fang/settings", FORM | {"resting": "on"})
    assert "今天休息，暂时收不了款" in Client().get("/s/fang/pay").content.decode()
    owner.post("/store/fang/settings", FORM)
    assert "暂时收不了款" not in Client().get("/s/fang/pay").content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("opens", "25:00", "开门和关门都写成时间"),
        ("closes", "", "开门和关门都写成时间"),
        ("phone", "none", "电话写成数字"),
        ("category", "bank", "选一个主营类目"),
        ("latitude", "91", "纬度和经度都写成度数"),
        ("longitude", "", "纬度和经度都写成度数"),
        ("address", "长" * 81, "地址最多 80 个字"),
    ],
)
def test_what_does_not_fit_is_refused_and_kept(
    owner: Client, field: str, typed: str, words: str
) -> None:
    answer = owner.post("/store/fang/settings", FORM | {field: typed})
    page = answer.content.decode()
    assert answer.status_code == UNPROCESSABLE
    assert words in page
    assert 'value="体育东路 1 号"' in page or field == "address"
    assert settings_of(store=town.party("fang", kind=2)).phone == ""


def test_a_link_is_shown_to_who_invited_and_makes_a_cashier(owner: Client) -> None:
    owner.post("/store/fang/staff", {"what": "invite", "role": "cashier", "number": ""})
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        page = owner.get("/store/fang/staff").content.decode()
        cursor.execute("SET default_transaction_read_only = off")
    found = re.search(r"https?://[^/]+(/store/\w+/join/[\w-]+)", page)
    assert found is not None
    assert found[1] not in signed_in("afang").get("/store/fang/staff").content.decode()
    kept = owner.session
    kept["staff_link"] = [kept["staff_link"][0], kept["staff_link"][1] - 600 * SECOND]
    kept.save()
    assert found[1] not in owner.get("/store/fang/staff").content.decode()
    lin = signed_in("lin")
    assert lin.get("/store/fang/cashier").status_code == MISSING
    assert "请你来帮忙的是" in lin.get(found[1]).content.decode()
    assert lin.get("/store/fang/cashier").status_code == MISSING
    assert lin.post(found[1])["Location"].endswith("/cashier")
    assert lin.get("/store/fang/cashier").status_code == 200
    answer = signed_in("zhou").post(found[1])
    assert answer.status_code == UNPROCESSABLE
    assert "这个邀请用过了" in answer.content.decode()


def test_the_owner_lets_somebody_go_at_once(owner: Client) -> None:
    lin = town.party("lin")
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', clock_timestamp())",
        town.party("fang", kind=2),
        lin,
    )
    browser = signed_in("lin")
    assert browser.get("/store/fang/orders").status_code == 200
    owner.post("/store/fang/staff", {"what": "change", "member": str(lin), "role": "manager"})
    assert role_in(member=lin, store=town.party("fang", kind=2)) is Role.MANAGER
    owner.post("/store/fang/staff", {"what": "let_go", "member": str(lin)})
    ended = browser.get("/store/fang/orders")
    assert (ended.status_code, ended["Location"][:6]) == (302, "/login")
    assert owner.get("/store/fang/staff").status_code == 200
    assert signed_in("lin").get("/store/fang/orders").status_code == MISSING


def test_who_takes_up_a_role_or_leaves_by_himself_stays_signed_in_there_alone(
    owner: Client,
) -> None:
    signed_in("lin")
    store, lin = town.party("fang", kind=2), town.party("lin")
    token = invite_staff(store=store, by=town.party("afang"), role=Role.MANAGER, number="")
    code = town.query("SELECT code FROM merchants_profile WHERE store_id = %s", store)[0][0]
    browser, elsewhere = client_of(lin), client_of(lin)
    key = browser.session.session_key
    answer = browser.post(f"/store/{code}/join/{token}")
    assert (answer.status_code, answer["Location"]) == (303, f"/store/{code}/cashier")
    assert browser.get("/store/fang/orders").status_code == 200
    assert browser.session.session_key != key
    assert elsewhere.get("/me").status_code == 302
    left = browser.post("/store/fang/staff", {"what": "let_go", "member": str(lin)})
    assert left.status_code == 303
    assert role_in(member=lin, store=store) is None
    assert browser.get("/me").status_code == 200


def test_who_works_at_the_till_sees_neither_settings_nor_staff(owner: Client) -> None:
    del owner
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', clock_timestamp())",
        town.party("fang", kind=2),
        town.party("lin"),
    )
    browser = signed_in("lin")
    for path in ("settings", "staff"):
        for answer in (browser.get(f"/store/fang/{path}"), browser.post(f"/store/fang/{path}")):
            assert answer.status_code == FORBIDDEN
            assert "这一页只有店主和店长能用" in answer.content.decode()


@pytest.mark.parametrize("what", ["change", "let_go", "withdraw", "x", ""])
def test_a_form_that_makes_no_sense_changes_nothing(owner: Client, what: str) -> None:
    form = {"what": what, "member": "x" * 9, "role": "owner", "hashed": "y"}
    answer = owner.post("/store/fang/staff", form)
    assert answer.status_code == (SEE_OTHER if what == "withdraw" else UNPROCESSABLE)
    assert town.query("SELECT count(*) FROM merchants_staff") == [(0,)]
