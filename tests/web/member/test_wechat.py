"""Sign in by WeChat: only what this browser began, only whom WeChat vouches for, only once."""

import html
import re
import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from gongxiang.acts.join import Proved, join
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.members.guests import guest_of
from gongxiang.sandbox.oauth import PERSONS, Authority
from tests.acts import town
from tests.conftest import Database
from tests.web.authority import served

BACK = "/login/wechat/back"
OPENID, OTHER, _ = PERSONS


@pytest.fixture(autouse=True)
def authority(database: Database, settings: Settings) -> Iterator[Authority]:
    town.open_town()
    with served(settings, app="wxtest") as authority:
        yield authority


def leave(client: Client, *, onward: str = "/me", connect: str = "") -> list[dict[str, str]]:
    """Go to WeChat's page; give what each of its persons comes back with."""
    away = client.get("/login/wechat", {"next": onward, "connect": connect})
    assert away.status_code == 302
    with urllib.request.urlopen(away["Location"].partition("#")[0]) as answer:  # noqa: S310  ours
        page = answer.read().decode()
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page)]
    assert all(link.startswith(f"http://testserver{BACK}?") for link in links)
    return [dict(parse_qsl(urlsplit(link).query)) for link in links]


def test_who_agreed_at_a_store_joins_by_wechat(authority: Authority) -> None:
    client = Client()
    client.post("/s/fang/join")
    told = leave(client, onward="/s/fang/pay")[0]
    shown = client.get(BACK, told)
    assert "微信已经认出你" in shown.content.decode()
    assert "member" not in client.session
    done = client.post(BACK, told)
    assert (done.status_code, done["Location"]) == (303, "/s/fang/pay")
    assert town.query("SELECT subject FROM members_identity WHERE issuer = 'wechat'") == [(OPENID,)]


def test_coming_again_is_the_same_member(authority: Authority) -> None:
    numbers = set()
    for _ in range(2):
        client = Client()
        client.post("/s/fang/join")
        client.post(BACK, leave(client)[0])
        numbers.add(client.session["member"])
    assert len(numbers) == 1


def test_the_payer_of_a_guest_finds_his_points_by_wechat(authority: Authority) -> None:
    guest = guest_of(issuer="payer:wechat", subject=OPENID)
    pay_at_store(key="g1", member=guest, store=town.party("fang", kind=2), amount_fen=10_000)
    client = Client()
    client.post("/s/fang/join")
    client.post(BACK, leave(client)[0])
    assert client.session["member"] == guest
    assert guest_of(issuer="payer:wechat", subject=OPENID) == guest


def refused(client: Client, told: dict[str, str], words: str) -> None:
    answer = client.post(BACK, told)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_state_of_another_browser_or_none_is_refused(authority: Authority) -> None:
    begun, victim = Client(), Client()
    told = leave(begun)[0]
    refused(victim, told, "不是从这台手机开始的")
    leave(victim)
    refused(victim, told, "不是从这台手机开始的")
    refused(begun, {"code": told["code"]}, "不是从这台手机开始的")
    assert told["code"] in authority.codes
    assert town.query("SELECT count(*) FROM members_identity") == [(0,)]


def test_a_code_counts_once(authority: Authority) -> None:
    client = Client()
    client.post("/s/fang/join")
    told = leave(client)[0]
    cookie = client.cookies["wechat_state"].value
    client.post(BACK, told)
    client.cookies["wechat_state"] = cookie
    refused(client, told, "微信没有认出这次登录")


@pytest.mark.parametrize("code", ["", "0" * 32, "x" * 5_000, "微信", "a&openid=b"])
def test_a_code_that_wechat_does_not_know_is_nobody(authority: Authority, code: str) -> None:
    client = Client()
    told = leave(client)[0]
    refused(client, {**told, "code": code}, "微信没有认出这次登录")


def test_a_wrong_secret_signs_nobody_in(authority: Authority, settings: Settings) -> None:
    settings.WECHAT_SECRET = "other"
    client = Client()
    refused(client, leave(client)[0], "微信没有认出这次登录")


def test_wechat_that_does_not_answer_is_no_fault_of_the_person(
    authority: Authority, settings: Settings
) -> None:
    client = Client()
    told = leave(client)[0]
    settings.WECHAT_API = "http://127.0.0.1:1"
    refused(client, told, "微信暂时连不上")


def test_a_phone_cannot_speak_for_wechat(authority: Authority) -> None:
    town.query(
        "INSERT INTO members_identity (issuer, subject, member_id, shown, proved_at)"
        " VALUES ('phone', %s, 1, '', now())",
        OPENID,
    )
    client = Client()
    client.post("/s/fang/join")
    client.post(BACK, leave(client)[0])
    assert client.session["member"] != 1


def connecting(client: Client) -> dict[str, str]:
    """Set out from the account to connect a WeChat; give what its first person comes back with."""
    assert client.get("/me/wechat")["Location"] == "/login/wechat?connect=1"
    return leave(client, connect="1")[0]


def by_phone(name: str) -> Client:
    """Give the browser of a member who joined by phone and proved it just now."""
    made = join(
        proved=Proved(issuer="phone", subject=name, shown="138****0000"),
        bringer=None,
        consents=(("membership", "1"),),
    )
    client = Client()
    session = client.session
    (now,) = town.query("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")[0]
    session.update({"member": made.member, "member_epoch": 0, "member_proved_at": now})
    session.save()
    client.cookies["session"] = str(session.session_key)
    return client


def test_a_phone_account_and_a_wechat_become_one(authority: Authority) -> None:
    client = by_phone("ann")
    answer = client.post(BACK, connecting(client))
    assert (answer.status_code, answer["Location"]) == (303, "/me")
    other = Client()
    other.post(BACK, leave(other)[0])
    assert other.session["member"] == client.session["member"]
    assert guest_of(issuer="payer:wechat", subject=OPENID) == client.session["member"]


def test_a_wechat_of_another_account_is_not_taken(authority: Authority) -> None:
    first, second = by_phone("ann"), by_phone("bob")
    first.post(BACK, connecting(first))
    offered = second.post(BACK, connecting(second))
    assert (offered.status_code, offered["Location"]) == (303, "/me/accounts")
    assert town.query("SELECT count(*) FROM members_identity WHERE issuer = 'wechat'") == [(1,)]


def test_who_connects_the_wechat_of_a_guest_gets_what_the_guest_paid_for(
    authority: Authority,
) -> None:
    guest = guest_of(issuer="payer:wechat", subject=OTHER)
    pay_at_store(key="g1", member=guest, store=town.party("fang", kind=2), amount_fen=10_000)
    client = by_phone("ann")
    ann = client.session["member"]
    connecting(client)
    told = leave(client, connect="1")[1]
    assert "没有加入时用它付过的钱" in client.get(BACK, told).content.decode()
    assert client.post(BACK, told)["Location"] == "/me"
    assert client.session["member"] == ann
    assert "合在一起的账户" in client.get("/me").content.decode()
    assert guest_of(issuer="payer:wechat", subject=OTHER) == ann
    assert client.post("/me/accounts/turn", {"account": guest})["Location"] == "/wallet"


def test_two_accounts_that_were_both_proved_are_joined_and_both_are_seen(
    authority: Authority,
) -> None:
    first, second = by_phone("ann"), by_phone("bob")
    ann, bob = first.session["member"], second.session["member"]
    first.post(BACK, connecting(first))
    assert second.post("/me/accounts", {"sure": "on"})["Location"] == "/me"
    assert second.session["member"] == bob
    second.post(BACK, connecting(second))
    page = second.get("/me/accounts").content.decode()
    assert "两个账户都是我的" in page
    assert "checked" not in page
    assert second.post("/me/accounts").status_code == 422
    done = second.post("/me/accounts", {"sure": "on"})
    assert (done.status_code, done["Location"]) == (303, "/me")
    kept = second.session["member"]
    assert kept == ann
    assert "合在一起的账户" in second.get("/me").content.decode()
    assert second.post("/me/accounts/turn", {"account": bob})["Location"] == "/wallet"
    assert "正在看合并进来的另一个账户" in second.get("/wallet").content.decode()
    assert second.post("/me/accounts/turn", {"account": ann})["Location"] == "/wallet"
    for number in (town.party("lin"), 0, "x", "9" * 40, ""):
        assert second.post("/me/accounts/turn", {"account": number}).status_code == 404
    assert first.get("/me").status_code == 302


def test_connecting_needs_a_fresh_proof(authority: Authority) -> None:
    client = by_phone("ann")
    told = connecting(client)
    session = client.session
    session["member_proved_at"] = 0
    session.save()
    assert "再确认一次是你" in client.get("/me/wechat").content.decode()
    refused(client, told, "先重新登录一次")


def test_without_an_app_there_is_no_way_to_wechat(settings: Settings) -> None:
    settings.WECHAT_APP = ""
    assert "用微信登录" not in Client().get("/login").content.decode()
    assert Client().get("/login/wechat").status_code == 404


REAL = "https://open.weixin.qq.com/connect/oauth2/authorize"
INSIDE = {"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.50"}


def test_wechats_own_page_is_offered_where_it_opens_alone(settings: Settings) -> None:
    settings.WECHAT_AUTHORIZE = REAL
    button = 'href="/login/wechat?next='
    outside, inside = (Client(headers=each).get("/login").content.decode() for each in ({}, INSIDE))
    assert button not in outside
    assert "用微信登录，要在微信里打开这一页。" in outside
    assert button in inside
    assert "要在微信里打开" not in inside
    refused = Client().get("/login/wechat")
    assert refused.status_code == 404
    assert "要在微信里登录" in refused.content.decode()
    assert Client(headers=INSIDE).get("/login/wechat")["Location"].startswith(REAL)


def test_inside_another_channels_app_wechats_page_is_not_offered() -> None:
    alipay = Client(headers={"User-Agent": "Mozilla/5.0 AlipayClient/10.5.90"})
    page = alipay.get("/login").content.decode()
    assert 'href="/login/wechat?next=' not in page
    assert "用微信登录，要在微信里打开这一页。" in page
