"""Sign in by Alipay: only what this browser began, only what Alipay signed, only once.

A guest who paid by it finds his points. Source: reliability 8 (11, 16, 24, 32); faces.md 12.1.
"""

import html
import re
import urllib.request
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.members import accounts
from gongxiang.members.guests import guest_of
from gongxiang.queries import people
from gongxiang.sandbox.alipay_sign_ins import PAYER, PERSONS
from gongxiang.sandbox.pay import Sandbox
from tests.acts import town
from tests.conftest import Database
from tests.payments.conftest import payment_keys, sandbox
from tests.web.member.test_wechat import by_phone

__all__ = ["payment_keys", "sandbox"]
BACK = "/login/alipay/back"
BOTH = {"membership": "on", "personal_data": "on"}


@pytest.fixture(autouse=True)
def _town(database: Database, sandbox: Sandbox, settings: Settings) -> None:
    assert database.name
    assert sandbox.server_port
    settings.ALLOWED_HOSTS = ["testserver"]
    town.open_town()
    open_sandbox_accounts()


def leave(client: Client, *, onward: str = "/me", connect: str = "") -> list[dict[str, str]]:
    """Go to Alipay's page; give what each of its persons comes back with."""
    away = client.get("/login/alipay", {"next": onward, "connect": connect})
    assert away.status_code == 302
    with urllib.request.urlopen(away["Location"]) as answer:  # noqa: S310  ours
        page = answer.read().decode()
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page)]
    assert all(link.startswith(f"http://testserver{BACK}?") for link in links)
    return [dict(parse_qsl(urlsplit(link).query)) for link in links]


def posted(told: dict[str, str]) -> dict[str, str]:
    """Give what the page's one button sends."""
    return {"code": told["auth_code"], "state": told["state"]}


def refused(client: Client, told: dict[str, str], words: str) -> None:
    answer = client.post(BACK, told)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def pays(client: Client, sandbox: Sandbox) -> str:
    """Pay 128.00 at 阿芳小馆 by Alipay on the sandbox's phone; give the order's page."""
    sandbox.trades.on_paid = lambda _trade: None
    page = client.get("/s/fang/pay").content.decode()
    (token,) = re.findall(r'name="token" value="([^"]+)"', page)
    form = {"token": token, "provider": "alipay", "amount": "128.00"}
    path = client.post("/s/fang/pay", form)["Location"]
    waits = html.unescape(client.get(path).content.decode())
    (address,) = set(re.findall(r'href="(http://127[^"]+gateway[^"]+)"', waits))
    with urllib.request.urlopen(address) as shown:  # noqa: S310  ours
        phone = shown.geturl()
    trade = sandbox.trades.find("alipay", phone.rpartition("/")[2])
    assert trade is not None
    assert sandbox.trades.pay(trade)
    town.query("UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL")
    sweep_payments()
    return str(path).removesuffix("/wait")


def test_a_guest_pays_by_alipay_then_joins_by_it_and_sees_his_points(
    sandbox: Sandbox, database: Database
) -> None:
    guest = Client()
    order = pays(guest, sandbox)
    page = guest.get(order).content.decode()
    assert "积分先记在付款的支付宝账户名下" in page
    assert f'href="/login/alipay?next={order}">用那个支付宝登录领取' in page
    told = leave(guest, onward=order)[0]
    assert guest.post(BACK, posted(told))["Location"] == "/join"
    page = guest.get("/join").content.decode()
    assert "这个支付宝还不是会员" in page
    assert "支付宝身份和消费记录" in page
    assert "以前没有加入时用它付过的钱" in page
    assert guest.post("/join", BOTH)["Location"] == order
    assert "没有登录" not in guest.get(order).content.decode()
    member = guest.session["member"]
    assert guest_of(issuer="payer:alipay", subject=PAYER) == member
    town.set_clock("2026-12-01T12:00:00+08:00")
    town.settle_now()
    (part,) = people.parts(member=member)
    lots = town.query("SELECT minted, vouchers FROM points_lot WHERE member_id = %s", member)
    assert [(part.points, part.vouchers)] == lots
    assert part.points > 0
    assert "阿芳小馆" in guest.get("/points").content.decode()
    with town.books(database) as books:
        assert books.verdict() == ""
        assert sum('"claimed"' in line for line in books.lines()) == 1


def test_a_member_by_phone_connects_alipay_and_gets_what_the_guest_paid_for(
    sandbox: Sandbox,
) -> None:
    pays(Client(), sandbox)
    client = by_phone("ann")
    assert "/me/alipay" in client.get("/me").content.decode()
    assert client.get("/me/alipay")["Location"] == "/login/alipay?connect=1"
    told = leave(client, connect="1")[0]
    assert "没有加入时用它付过的钱" in client.get(BACK, told).content.decode()
    ann = client.session["member"]
    assert client.post(BACK, posted(told))["Location"] == "/me"
    assert client.session["member"] == ann
    page = client.get("/me").content.decode()
    assert "合在一起的账户" in page
    assert "/me/alipay" not in page
    assert len(people.parts(member=ann)) == 2
    assert "支付宝已经连接" in client.get("/messages").content.decode()


def test_coming_back_shows_one_button_and_writes_nothing() -> None:
    client = Client()
    told = leave(client)[0]
    page = client.get(BACK, told).content.decode()
    assert "支付宝已经认出你" in page
    assert f'name="code" value="{told["auth_code"]}"' in page
    assert town.query("SELECT count(*) FROM members_identity") == [(0,)]
    cookie = client.cookies["alipay_state"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_in_production_this_host_alone_sets_the_state(settings: Settings) -> None:
    """What another host of the domain set would sign its victim in as somebody else."""
    settings.SESSION_COOKIE_SECURE, settings.COOKIE_PREFIX = True, "__Host-"
    client = Client()
    client.get("/login/alipay")
    kept = client.cookies["__Host-alipay_state"]
    assert (kept["secure"], kept["path"], kept["domain"]) == (True, "/", "")


def test_a_state_of_another_browser_of_wechat_or_none_is_refused(settings: Settings) -> None:
    settings.WECHAT_APP = "wxtest"
    settings.WECHAT_AUTHORIZE = "http://127.0.0.1:9/authorize"
    begun, victim = Client(), Client()
    told = posted(leave(begun)[0])
    words = "不是从这台手机开始的"
    refused(victim, told, words)
    leave(victim)
    refused(victim, told, words)
    victim.get("/login/wechat")
    victim.cookies["alipay_state"] = victim.cookies["wechat_state"].value
    refused(victim, told, words)
    refused(begun, {"code": told["code"]}, words)
    refused(begun, {**told, "state": "x"}, words)
    assert town.query("SELECT count(*) FROM members_identity") == [(0,)]


def test_a_code_counts_once() -> None:
    client = Client()
    told = posted(leave(client)[0])
    cookie = client.cookies["alipay_state"].value
    assert client.post(BACK, told)["Location"] == "/join"
    client.cookies["alipay_state"] = cookie
    refused(client, told, "支付宝没有认出这次登录")


@pytest.mark.parametrize("code", ["", "0" * 32, "x" * 5_000, "支付宝", "a&user_id=b"])
def test_a_code_that_alipay_does_not_know_is_nobody(code: str) -> None:
    client = Client()
    told = posted(leave(client)[0])
    refused(client, {**told, "code": code}, "支付宝没有认出这次登录")


@pytest.mark.parametrize("trick", ["forge_sign_ins", "too_many", "lose_answers"])
def test_an_answer_that_alipay_did_not_sign_or_give_signs_nobody_in(
    sandbox: Sandbox, trick: str
) -> None:
    client = Client()
    told = posted(leave(client)[0])
    sandbox.trades.tricks[trick] = 100
    refused(client, told, "支付宝暂时连不上")
    assert "member" not in client.session
    assert town.query("SELECT count(*) FROM members_identity") == [(0,)]


def test_many_who_come_back_at_once_make_one_member() -> None:
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.post("/s/fang/join")
    told = [posted(leave(client)[0]) for client in clients]
    answers = town.at_once(4, lambda place: clients[place].post(BACK, told[place]).status_code)
    assert answers == [303] * 4
    assert len({client.session["member"] for client in clients}) == 1


def test_a_number_that_was_not_used_for_long_is_proved_by_the_connected_alipay() -> None:
    client = by_phone("ann")
    client.post(BACK, posted(leave(client, connect="1")[1]))
    assert accounts.others(issuer="phone", subject="ann") == {"alipay"}
    last = accounts.proved_last(member=client.session["member"])
    assert last is not None
    assert last[:2] == ("alipay", list(PERSONS)[1])


def test_without_alipay_there_is_no_way_to_it(settings: Settings) -> None:
    assert "用支付宝登录" in Client().get("/login").content.decode()
    settings.CHANNELS_FOLDER = ""
    assert "用支付宝登录" not in Client().get("/login").content.decode()
    assert Client().get("/login/alipay").status_code == 404
