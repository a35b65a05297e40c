"""Pages about people: no GET writes, no step is skipped, sessions end, no way out of the site."""

import io
import json
import re
import threading
from collections.abc import Iterator

import psycopg
import pytest
import zxingcpp
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from bench.counting import counted
from gongxiang.acts.ask_change import ask_change
from gongxiang.acts.ask_refund import ask_refund
from gongxiang.acts.close_shift import close_shift
from gongxiang.acts.end_sessions import end_sessions
from gongxiang.acts.join_accounts import join_accounts
from gongxiang.acts.open_shift import open_shift
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.base.money import YUAN
from gongxiang.merchants.changes import Closing
from gongxiang.sandbox.sms import Gateway
from gongxiang.web.member.poster import draw
from tests.acts import town
from tests.conftest import Database
from tests.web.signed import client_of, signed_in

KEY = "a key of the test"
PAGES = (
    *("/login", "/agreement", "/privacy", "/s/fang", "/me", "/me/name", "/me/phone", "/me/close"),
    *("/me/export", "/team", "/share", "/share/poster.png", "/login?again=1"),
)
QUERIES_MAX = 12


@pytest.fixture(autouse=True)
def gateway(database: Database, settings: Settings) -> Iterator[Gateway]:
    town.open_town()
    with Gateway(("127.0.0.1", 0), key=KEY) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.SMS_URL = f"http://127.0.0.1:{served.server_port}/messages"
        settings.SMS_KEY = KEY
        settings.ALLOWED_HOSTS = ["testserver"]
        yield served
        served.shutdown()
        thread.join()


def prove(client: Client, gateway: Gateway, phone: str, *, onward: str = "/me") -> HttpResponseBase:
    """Sign in with a code; give the answer to the code."""
    town.query("UPDATE members_phonecode SET sent_at = sent_at - interval '2 minutes'")
    sent = client.post("/login", {"phone": phone, "next": onward})
    assert sent.status_code == 303, sent.content.decode()
    found = re.search(r"验证码 (\d{6})", gateway.messages[0]["text"])
    assert found is not None
    return client.post("/login/code", {"code": found[1]})


def member(gateway: Gateway, phone: str = "13800138000", *, door: str = "/s/fang") -> Client:
    """Give the browser of somebody who joined at a door."""
    client = Client()
    client.post(f"{door}/join")
    prove(client, gateway, phone)
    return client


def number_of(client: Client) -> int:
    number: int = client.session["member"]
    return number


def test_who_agrees_at_a_store_joins_and_goes_on_to_pay(gateway: Gateway) -> None:
    client = Client()
    page = client.get("/s/fang").content.decode()
    assert "你的推荐人会记为阿芳小馆" in page
    assert "0.3%" in page
    agreed = client.post("/s/fang/join")
    assert (agreed.status_code, agreed["Location"]) == (303, "/login?next=/s/fang/pay")
    done = prove(client, gateway, "13800138000", onward="/s/fang/pay")
    assert (done.status_code, done["Location"]) == (303, "/s/fang/pay")
    bound = town.query(
        "SELECT referrer_id, via_store_id FROM members_member WHERE member_id = %s",
        number_of(client),
    )
    assert bound == [(town.party("afang"), town.party("fang", kind=2))]


def test_a_member_goes_straight_on_and_stays_bound_as_he_was(gateway: Gateway) -> None:
    client = member(gateway)
    assert client.get("/s/qing")["Location"] == "/s/qing/pay"
    assert client.post("/s/qing/join")["Location"] == "/s/qing/pay"
    again = Client()
    again.post("/s/qing/join")
    prove(again, gateway, "13800138000")
    assert number_of(again) == number_of(client)
    via = "SELECT via_store_id FROM members_member WHERE member_id = %s"
    assert town.query(via, number_of(client)) == [(town.party("fang", kind=2),)]


@pytest.mark.parametrize("state", ["closed", "delisted"])
def test_the_plate_of_a_store_that_is_gone_binds_nobody(state: str) -> None:
    store = town.party("fang", kind=2)
    town.query(
        "INSERT INTO merchants_profile (store_id, code, state) VALUES (%s, 'FANG', %s)"
        " ON CONFLICT (store_id) DO UPDATE SET state = excluded.state",
        store,
        state,
    )
    client = Client()
    for answer in (client.get("/s/fang"), client.post("/s/fang/join")):
        assert answer["Location"] == "/s/fang/pay"
    assert "entry_door" not in client.session


def test_who_agreed_nowhere_is_asked_with_nothing_ticked(gateway: Gateway) -> None:
    client = Client()
    assert prove(client, gateway, "13800138000")["Location"] == "/join"
    page = client.get("/join").content.decode()
    assert "checked" not in page
    refused = client.post("/join", {"membership": "on"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert page.count("两项都勾上，才能成为会员") == 2
    assert '<a href="#personal_data">' in page
    assert 'name="membership" checked>' in page
    assert 'name="personal_data" aria-invalid="true" aria-describedby="personal_data-why">' in page
    both = {"membership": "on", "personal_data": "on", "referrer_id": town.party("lin")}
    assert client.post("/join", both)["Location"] == "/me"
    bound = "SELECT referrer_id FROM members_member WHERE member_id = %s"
    assert town.query(bound, number_of(client)) == [(None,)]


def test_who_sends_a_form_after_his_session_is_told_so_and_comes_back_to_it() -> None:
    client = Client(headers={"referer": "http://testserver/me/name?x=1"})
    sent = client.post("/me/name", {"name": "小满"})
    assert sent["Location"] == "/login?next=%2Fme%2Fname%3Fx%3D1&over=1"
    told = "登录过期了，填的内容还在。登录后接着来。钱没有动。"
    assert told in client.get(sent["Location"]).content.decode()
    for referer in ("https://elsewhere.example/a", "http://[", ""):
        elsewhere = Client(headers={"referer": referer})
        assert elsewhere.post("/me/name")["Location"] == "/login?next=%2Fme%2Fname&over=1"
    looked = client.get("/me")["Location"]
    assert looked == "/login?next=%2Fme"
    assert told not in client.get(looked).content.decode()


def test_who_cannot_leave_yet_is_told_what_is_open_and_asked_for_no_box() -> None:
    lin = signed_in("lin")
    page = lin.post("/me/close").content.decode()
    assert '<a href="#open">下面还有没处理完的</a>' in page
    assert '<section class="card" id="open">' in page
    assert "勾上" not in page
    assert page.count("没有注销") == 1


def test_what_is_open_is_named_on_the_page_with_number_and_moment() -> None:
    page = signed_in("lin").get("/me/close").content.decode()
    assert '<li><a href="/orders/o99"><span class="t"><b>待结算的订单 · 阿芳小馆</b>' in page
    assert (
        '自动结算</span><span class="s mono">o99</span></span><span class="v"><b>128.00</b>' in page
    )
    assert '<a href="/wallet/withdraw"><span class="t"><b>零钱</b><span class="s">先提现' in page
    assert "4,000.00 元抵扣积分作废。" in page
    stores = signed_in("qinghe").get("/me/close").content.decode()
    assert '<a href="/store"><span class="t"><b>你名下的门店 · 青禾眼镜</b>' in stores
    assert '<span class="s">先转给别人或关店</span>' in stores


def test_what_waits_is_given_up_by_a_tick_of_its_own_with_the_sum() -> None:
    afang = signed_in("afang")
    town.query("DELETE FROM merchants_store WHERE owner_id = %s", town.party("afang"))
    town.query("DELETE FROM ledger_balance WHERE party_id = %s", town.party("afang"))
    asked = afang.get("/me/close").content.decode()
    assert "要给你的奖励一共 0.38 元，结算后没有人能再取" in asked
    refused = afang.post("/me/close", {"sure": "on"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert '<a href="#given_up">勾上「这些我放弃」，再注销</a>' in page
    assert "<span>0.38 元和以后再有的奖励，这些我放弃</span>" in page
    assert '<input id="sure" type="checkbox" name="sure" checked>' in page
    done = afang.post("/me/close", {"sure": "on", "given_up": "on"})
    assert (done.status_code, done["Location"]) == (303, "/")


@pytest.mark.parametrize(
    ("path", "typed", "attributes"),
    [
        ("/me/name", {"name": "满" * 21}, 'aria-describedby="name-why name-hint"'),
        ("/me/phone", {"phone": "1"}, 'aria-describedby="phone-why"'),
    ],
)
def test_a_field_that_is_refused_says_why_to_who_hears_the_page(
    path: str, typed: dict[str, str], attributes: str
) -> None:
    page = signed_in("lin").post(path, typed).content.decode()
    assert f'aria-invalid="true" {attributes}' in page
    assert page.count('class="err-text"') == 1


def test_who_leaves_without_the_box_is_told_at_the_box() -> None:
    qinghe = signed_in("qinghe")
    town.query("DELETE FROM merchants_store WHERE owner_id = %s", town.party("qinghe"))
    page = qinghe.post("/me/close").content.decode()
    assert 'name="sure" aria-invalid="true" aria-describedby="sure-why">' in page
    assert '<p class="err-text" id="sure-why">' in page


def test_a_store_s_door_is_titled_by_its_welcome() -> None:
    assert "<title>欢迎来到阿芳小馆</title>" in Client().get("/s/fang").content.decode()


def test_no_step_is_skipped() -> None:
    client = Client()
    assert client.get("/login/code")["Location"] == "/login"
    assert client.post("/join", {"membership": "on", "personal_data": "on"})["Location"] == "/login"
    assert client.get("/me")["Location"] == "/login?next=%2Fme"


def test_a_friend_comes_by_a_link_and_is_seen_masked(gateway: Gateway) -> None:
    host = member(gateway)
    host.post("/me/name", {"name": "林小满"})
    code = town.query("SELECT code FROM members_account WHERE name = '林小满'")[0][0]
    page = Client().get(f"/i/{code}").content.decode()
    assert "你的推荐人会记为林*满" in page
    assert "<title>林*满邀请你</title>" in page
    assert "林小满" not in page
    friend = member(gateway, "13900139000", door=f"/i/{code}")
    friend.post("/me/name", {"name": "周二"})
    team = host.get("/team").content.decode()
    assert "周*" in team
    assert "周二" not in team
    assert "13900139000" not in team
    assert "你已经是会员，推荐人不会改变" in friend.get(f"/i/{code}").content.decode()
    assert "这是你自己的码" in host.get(f"/i/{code}").content.decode()


def test_refusals_keep_what_was_typed_and_say_what_to_do(gateway: Gateway) -> None:
    client = Client()
    refused = client.post("/login", {"phone": "12345"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'value="12345"' in page
    assert page.count("填上 11 位手机号，例如 13800138000") == 2
    assert client.post("/login", {"phone": "13800138000"}).status_code == 303
    soon = client.post("/login", {"phone": "13800138000"})
    assert soon.status_code == 422
    assert re.search(r"(60|59|58) 秒后可以再发", soon.content.decode())
    sent = gateway.messages[0]["text"]
    bad = "000000" if "000000" not in sent else "000001"
    assert "验证码不对，还能试 4 次" in client.post("/login/code", {"code": bad}).content.decode()


def test_nobody_is_sent_out_of_the_site(gateway: Gateway) -> None:
    for onward in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:1"):
        client = Client()
        client.post("/s/fang/join")
        assert prove(client, gateway, "13800138000", onward=onward)["Location"] in {
            "/home",
            "/s/fang/pay",
        }
        client.post("/logout")


def test_signing_in_gives_the_session_a_new_key(gateway: Gateway) -> None:
    client = Client()
    client.post("/s/fang/join")
    before = client.session.session_key
    prove(client, gateway, "13800138000")
    after = client.session.session_key
    assert before != after
    stolen = Client()
    stolen.cookies["session"] = str(before)
    assert stolen.get("/me").status_code == 302


def test_a_session_ends_by_signing_out_by_a_new_epoch_and_by_closing(gateway: Gateway) -> None:
    client, other = member(gateway), Client()
    prove(other, gateway, "13800138000")
    key = client.session.session_key
    client.post("/logout")
    replayed = Client()
    replayed.cookies["session"] = str(key)
    assert replayed.get("/me").status_code == 302
    assert other.get("/me").status_code == 200
    end_sessions(member=number_of(other))
    assert other.get("/me").status_code == 302
    third = Client()
    prove(third, gateway, "13800138000")
    fourth = Client()
    prove(fourth, gateway, "13800138000")
    assert third.post("/me/close").status_code == 422
    assert third.post("/me/close", {"sure": "on"})["Location"] == "/"
    assert fourth.get("/me").status_code == 302


def test_change_of_phone_needs_a_fresh_proof_and_ends_other_sessions(gateway: Gateway) -> None:
    client, other = member(gateway), Client()
    prove(other, gateway, "13800138000")
    session = client.session
    session["member_proved_at"] = 0
    session.save()
    assert "再确认一次是你" in client.get("/me/phone").content.decode()
    messages = len(gateway.messages)
    client.post("/me/phone", {"phone": "13900139000"})
    assert len(gateway.messages) == messages
    prove(client, gateway, "13800138000", onward="/me/phone")
    assert client.post("/me/phone", {"phone": "13900139000"})["Location"] == "/me/phone/code"
    found = re.search(r"验证码 (\d{6})", gateway.messages[0]["text"])
    assert found is not None
    wrong = client.post("/me/phone/code", {"code": "x"}).content.decode()
    assert 'aria-invalid="true" aria-describedby="code-why"' in wrong
    assert client.post("/me/phone/code", {"code": found[1]})["Location"] == "/me"
    assert "139****9000" in client.get("/me").content.decode()
    assert other.get("/me").status_code == 302


def test_own_data_come_whole_and_are_nobody_elses(gateway: Gateway) -> None:
    client, other = member(gateway), member(gateway, "13900139000")
    store = town.party("fang", kind=2)
    pay_at_store(key="p1", member=number_of(client), store=store, amount_fen=12_800)
    told = json.loads(client.get("/me/export").content)
    account = told["account"]
    assert account["identities"] == [{"issuer": "手机号", "shown": "138****8000"}]
    assert [(one["store"], one["amount"]) for one in told["orders"]] == [("阿芳小馆", 128_000_000)]
    assert len(account["consents"]) == 3
    assert json.loads(other.get("/me/export").content)["orders"] == []


def test_own_data_are_of_every_account_of_the_person_with_what_is_sealed_masked() -> None:
    for key in ("lin", "zhou"):
        signed_in(key)
    lin, zhou = town.party("lin"), town.party("zhou")
    order = town.query("SELECT id FROM orders_fact WHERE key = 'o99'")[0][0]
    ask_refund(key="q1", member=lin, order=order, amount_fen=3_600, reason="少上一菜")
    kept = join_accounts(one=lin, other=zhou)
    told = json.loads(client_of(kept).get("/me/export").content)
    found = [told["account"], *told["joined_accounts"]]
    assert sorted(one["link_code"] for one in found) == sorted([f"code{lin}", f"code{zhou}"])
    spent = [(one["account"], one["amount"]) for one in told["orders"]]
    assert sorted(spent) == sorted(
        [(f"code{lin}", 1_000 * YUAN)] * 2
        + [(f"code{lin}", 128 * YUAN), (f"code{zhou}", 1_000 * YUAN)]
    )
    (verified,) = told["verified"]
    assert (verified["name"], verified["document"]) == ("林*满", "110*************2X")
    assert [one["provider"] for one in told["payees"]] == ["wechat"]
    (asked,) = told["refund_requests"]
    assert (asked["amount"], asked["reason"], asked["state"]) == (36 * YUAN, "少上一菜", "asked")
    assert [one["kind"] for one in told["messages"]] == ["accounts_joined"]
    kinds = set(told) - {"units", "account", "joined_accounts"}
    assert kinds == {
        *("orders", "refunds", "refund_requests", "refund_cases", "lots", "sales", "withdrawals"),
        *("balances", "verified", "payees", "messages", "released_numbers", "tokens"),
        *("applications", "stores", "payments", "recoveries", "store_requests", "shifts"),
        "contracts",
    }


def test_own_data_have_what_somebody_did_in_a_store_also_when_it_is_anothers_now() -> None:
    afang, fang = town.party("afang"), town.party("fang", kind=2)
    client = signed_in("afang")
    shift = open_shift(store=fang, person=afang, float_fen=20_000)
    close_shift(store=fang, shift=shift, person=afang, counted_fen=19_950, note="找零")
    ask_change(store=fang, by=afang, wish=Closing(), reason="家里有事")
    town.query("UPDATE merchants_store SET opened_by_id = owner_id, owner_id = NULL")
    told = json.loads(client.get("/me/export").content)
    (worked,), (asked,) = told["shifts"], told["store_requests"]
    sums = (worked["float"], worked["counted"], worked["note"], worked["store"])
    assert sums == (200_000_000, 199_500_000, "找零", "阿芳小馆")
    assert (asked["kind"], asked["reason"], asked["state"]) == ("closing", "家里有事", "asked")
    assert json.loads(signed_in("lin").get("/me/export").content)["shifts"] == []


def test_no_get_writes_as_a_role_that_cannot(
    gateway: Gateway, admin: psycopg.Connection, database: Database
) -> None:
    client = member(gateway)
    role = f"ALTER ROLE gongxiang_app IN DATABASE {database.name}"
    admin.execute(f"{role} SET default_transaction_read_only = on")
    connection.close()
    for browser in (client, Client()):
        for path in PAGES:
            assert browser.get(path).status_code in {200, 302}, path
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        client.post("/me/name", {"name": "林小满"})


def test_every_page_asks_few_questions_and_is_kept_private(gateway: Gateway) -> None:
    client = member(gateway)
    for path in PAGES:
        with counted() as asked:
            answer = client.get(path)
        assert len(asked) <= QUERIES_MAX, (path, asked)
        if path.startswith(("/me", "/team", "/share")):
            assert "no-store" in answer["Cache-Control"], path


def test_forms_need_their_token(gateway: Gateway) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("/login", "/login/code", "/join", "/logout", "/s/fang/join", "/me/close"):
        assert strict.post(path, {"phone": "13800138000"}).status_code == 403, path
    assert gateway.messages == []


def test_a_code_that_leads_nowhere_says_so() -> None:
    assert "可能是旧码，请店家换一张" in Client().get("/s/nothing").content.decode()
    for path in ("/i/nothing", "/s/%00", "/i/" + "x" * 500):
        assert Client().get(path).status_code == 404, path


def test_the_poster_reads_back_as_its_link() -> None:
    link = "https://town.example/i/D4F2SX39"
    picture = Image.open(io.BytesIO(draw(link=link, name="林小满")))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [link]
