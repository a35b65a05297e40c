"""Paying inside WeChat: its browser refuses every page of ours that is for others; its sheet pays.

Source: P1; reliability 8 (16, 24); docs/adr/0031-paying-inside-wechat.md.
"""

import html
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings

from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.members.guests import guest_of
from gongxiang.sandbox import wechat
from gongxiang.sandbox.oauth import PERSONS, Authority
from gongxiang.sandbox.pay import Sandbox
from tests.payments.inside import WECHAT, make_real, phone_with
from tests.payments.paying import World, ask, number_of, paid
from tests.payments.test_pages import PAY, signed_in
from tests.payments.test_pay_ins import LACKS_FEN, asked, quiet, the_case
from tests.payments.test_shares import Settle
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture
from tests.web.authority import served
from tests.web.test_browser import HOST

ALIPAY = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 AlipayClient/10.5.90"
XIAOMAN, *_ = PERSONS
TOKEN = re.compile(r'name="token" value="([^"]+)"')
SHEET = re.compile(r'href="(http://127[^"]+/phone/sheet[^"]+)"')


@pytest.fixture(autouse=True)
def authority(sandbox: Sandbox, settings: Settings) -> Iterator[Authority]:
    with served(settings, app=sandbox.keys.appid) as authority:
        yield authority


@pytest.fixture
def phone(world: World) -> Client:
    """Give WeChat's own browser of somebody who is no member."""
    return Client(headers={"User-Agent": WECHAT})


def told_by_wechat(away: Any, person: int = 0) -> dict[str, str]:  # noqa: ANN401  Django's answer
    """Follow to WeChat's page; give what one of its persons comes back with."""
    assert away.status_code == 302
    with urllib.request.urlopen(away["Location"].partition("#")[0]) as answer:  # noqa: S310  ours
        links = re.findall(r'href="([^"]+)"', answer.read().decode())
    link = urlsplit(html.unescape(links[person]))
    assert link.path == "/pay/wechat"
    return dict(parse_qsl(link.query))


def form(phone: Client, address: str = PAY) -> str:
    """Open the form of paying, by way of WeChat where it asks; give the page."""
    shown = phone.get(address)
    if shown.status_code == 302:
        back = phone.get("/pay/wechat", told_by_wechat(shown))
        assert back["Location"] == address
        shown = phone.get(address)
    assert shown.status_code == 200
    return str(shown.content.decode())


def posted(phone: Client, page: str, **fields: str) -> Any:  # noqa: ANN401  Django's answer
    token = TOKEN.search(page)
    assert token is not None
    return phone.post(PAY, {"token": token[1], "provider": "wechat", "amount": "128.00"} | fields)


def number_of_payment(answer: Any) -> str:  # noqa: ANN401  Django's answer
    assert answer.status_code == 303, answer.content.decode()
    return str(answer["Location"]).split("/")[2]


def opened(phone: Client) -> str:
    """Open a payment of 128.00; give its number."""
    return number_of_payment(posted(phone, form(phone)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a browser got."""

    status: int
    address: str
    text: str


def look(address: str, agent: str, body: bytes | None = None) -> Seen:
    """Open an address in a browser, without following it anywhere."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    asked = urllib.request.Request(address, data=body, headers={"User-Agent": agent})  # noqa: S310  ours
    try:
        with urllib.request.build_opener(Stay()).open(asked) as answer:
            return Seen(status=answer.status, address="", text=answer.read().decode())
    except urllib.error.HTTPError as error:
        away = error.headers.get("Location", "")
        return Seen(status=error.code, address=away, text=error.read().decode())


def test_a_guest_pays_in_wechats_own_sheet_and_the_points_wait_for_his_openid(
    phone: Client, world: World, sandbox: Sandbox
) -> None:
    number = opened(phone)
    trade = sandbox.trades.find("wechat", number)
    assert trade is not None
    assert (trade.kind, trade.payer) == ("JSAPI", XIAOMAN)
    assert ask("SELECT hand_off FROM payments_attempt") == [(f"prepay_id={trade.prepay}",)]
    wait = phone.get(f"/orders/{number}/wait").content.decode()
    sheet = SHEET.search(wait)
    assert sheet is not None
    away = look(f"{html.unescape(sheet[1])}", WECHAT)
    assert away.status == 303
    back = urlencode({"redirect_url": f"http://127.0.0.1:9/orders/{number}/wait"})
    assert away.address == f"/phone/wechat/{number}?{back}"
    assert "付款给SAFANG" in look(f"{sandbox.base}{away.address}", WECHAT).text
    paid(sandbox, number)
    ask("UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL")
    sweep_payments()
    guest = guest_of(issuer="payer:wechat", subject=XIAOMAN)
    assert ask("SELECT member_id, amount FROM orders_order") == [(guest, 128_000_000)]


def test_wechat_is_asked_once_a_browser_and_says_nothing_of_who_is_signed_in(
    phone: Client, sandbox: Sandbox
) -> None:
    first = opened(phone)
    assert phone.get(PAY).status_code == 200
    second = opened(phone)
    payers = {sandbox.trades.find("wechat", each).payer for each in (first, second)}  # type: ignore[union-attr]
    assert payers == {XIAOMAN}
    assert "member" not in phone.session


def test_the_amount_that_stands_in_the_address_is_still_there_afterwards(phone: Client) -> None:
    assert 'value="36.50"' in form(phone, f"{PAY}?amount=36.50")


def test_only_wechat_is_offered_inside_wechat_and_only_alipay_inside_alipay(
    phone: Client, world: World
) -> None:
    assert re.findall(r'name="provider" value="(\w+)"', form(phone)) == ["wechat"]
    alipay = Client(headers={"User-Agent": ALIPAY})
    assert re.findall(r'name="provider" value="(\w+)"', form(alipay)) == ["alipay"]
    assert re.findall(r'name="provider" value="(\w+)"', form(Client())) == ["wechat", "alipay"]
    refused = posted(phone, form(phone), provider="alipay")
    assert refused.status_code == 422
    assert ask("SELECT count(*) FROM payments_attempt") == [(0,)]


def test_without_an_app_at_wechat_its_browser_is_told_to_use_another(
    phone: Client, settings: Settings
) -> None:
    settings.WECHAT_APP = ""
    page = phone.get(PAY)
    assert page.status_code == 200
    assert "这家店在微信里付不了" in page.content.decode()
    assert "在浏览器打开" in page.content.decode()


def test_a_state_of_another_browser_or_none_leads_nowhere(phone: Client) -> None:
    told = told_by_wechat(phone.get(PAY))
    stranger = Client(headers={"User-Agent": WECHAT})
    other = {**told, "state": "0" * 32}
    for browser, given in ((stranger, told), (phone, other), (phone, {"state": told["state"]})):
        answer = browser.get("/pay/wechat", given)
        assert answer.status_code == 422
        assert "微信还没有认出是谁在付款" in answer.content.decode()
    assert ask("SELECT count(*) FROM payments_attempt") == [(0,)]


def test_a_code_that_was_used_opens_nothing_and_the_amount_comes_back(
    phone: Client, authority: Authority
) -> None:
    page = form(phone)
    authority.codes.clear()
    refused = posted(phone, page, amount="36.50")
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "钱没有动" in said
    assert f'href="{PAY}?amount=36.50"' in said
    assert ask("SELECT count(*) FROM payments_attempt") == [(0,)]
    assert phone.get(f"{PAY}?amount=36.50").status_code == 302
    assert 'value="36.50"' in form(phone, f"{PAY}?amount=36.50")


def test_another_browser_cannot_go_on_with_what_was_opened_in_wechat(
    world: World, sandbox: Sandbox
) -> None:
    member = signed_in(world.member)
    member.defaults["HTTP_USER_AGENT"] = WECHAT
    number = opened(member)
    del member.defaults["HTTP_USER_AGENT"]
    wait = member.get(f"/orders/{number}/wait").content.decode()
    assert "这笔是在微信里开的" in wait
    assert "prepay_id" not in wait
    assert "去微信支付付款" not in wait


def test_the_sandbox_refuses_in_wechat_what_wechat_refuses(
    phone: Client, world: World, sandbox: Sandbox
) -> None:
    elsewhere = number_of_payment(posted(Client(), form(Client())))
    ((page,),) = ask("SELECT hand_off FROM payments_attempt")
    assert look(page, WECHAT).status == 403
    assert "请在微信外打开" in look(page, WECHAT, b"act=pay").text
    assert look(page, "Safari").status == 200
    trade = sandbox.trades.find("wechat", elsewhere)
    assert (trade.kind, trade.state) == ("MWEB", "open")  # type: ignore[union-attr]


@pytest.mark.parametrize("wrong", ["appId", "timeStamp", "nonceStr", "package", "paySign"])
def test_the_sheet_opens_for_no_word_that_was_changed(
    phone: Client, sandbox: Sandbox, wrong: str
) -> None:
    sheet = SHEET.search(phone.get(f"/orders/{opened(phone)}/wait").content.decode())
    assert sheet is not None
    parts = urlsplit(html.unescape(sheet[1]))
    words = dict(parse_qsl(parts.query))
    assert look(f"{sandbox.base}/phone/sheet?{urlencode(words)}", WECHAT).status == 303
    words[wrong] = words[wrong][:-1] + ("0" if words[wrong][-1] != "0" else "1")
    assert look(f"{sandbox.base}/phone/sheet?{urlencode(words)}", WECHAT).status == 403


def test_a_store_pays_in_for_a_case_inside_wechat_too(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    asked(world, quiet(world, sandbox, settle))
    owner = signed_in(number_of("fang"))
    owner.defaults["HTTP_USER_AGENT"] = WECHAT
    address = f"/store/SAFANG/cases/{the_case(world).number}"
    page = form(owner, address)
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    typed = {"once": once[1], "provider": "wechat", "lacks": str(LACKS_FEN)}
    number = number_of_payment(owner.post(address, typed))
    trade = sandbox.trades.find("wechat", number)
    assert trade is not None
    assert (trade.kind, trade.payer, trade.amount_fen) == ("JSAPI", XIAOMAN, LACKS_FEN)
    assert owner.get(address).status_code == 200


def test_inside_wechat_the_sheet_opens_by_itself_once_and_then_the_server_is_asked(
    phone: Client, sandbox: Sandbox, browser: Browser, settings: Settings
) -> None:
    number = opened(phone)
    make_real(settings.CHANNELS_FOLDER)
    here = f"/orders/{number}/wait"
    seen = phone_with(browser, phone.get(here), says="ok")
    seen.page.goto(f"{HOST}{here}")
    seen.page.get_by_text("asked").wait_for()
    assert seen.sent == ["GET", "POST"]
    ((name, words),) = seen.invoked
    assert name == "getBrandWCPayRequest"
    trade = sandbox.trades.find("wechat", number)
    assert trade is not None
    assert wechat.shown(words, sandbox.keys, sandbox.trades) is trade
    seen.page.context.close()


def test_who_lets_the_sheet_go_is_not_asked_again_until_he_taps(
    phone: Client, sandbox: Sandbox, browser: Browser, settings: Settings
) -> None:
    number = opened(phone)
    make_real(settings.CHANNELS_FOLDER)
    here = f"/orders/{number}/wait"
    seen = phone_with(browser, phone.get(here), says="cancel")
    with seen.page.expect_navigation():
        seen.page.goto(f"{HOST}{here}")
    seen.page.wait_for_load_state("networkidle")
    assert len(seen.invoked) == 1
    with seen.page.expect_navigation():
        seen.page.get_by_role("button", name="去微信支付付款").click()
    assert [name for name, _ in seen.invoked] == ["getBrandWCPayRequest"] * 2
    assert set(seen.sent) == {"GET"}
    seen.page.context.close()
