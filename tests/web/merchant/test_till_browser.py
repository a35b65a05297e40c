"""The till in a real browser, with script: told of payments at once, and honest when it is blind.

The product's own web server code and the stream process answer it over loopback.
Source: design/ui/faces.md 7 (c) 4, 5; issue 4 E.
"""

import time
from collections.abc import Iterator
from statistics import median

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from gongxiang.acts.confirm_payment import Confirmation, confirm_payment
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Trade, TradeState
from tests.acts import town
from tests.conftest import Database
from tests.web.live.test_stream import kill, pay, port, stream
from tests.web.serving import serve
from tests.web.signed import signed_in

__all__ = ["port"]
TILL = "/store/fang/cashier"


@pytest.fixture
def site(database: Database, port: int, settings: Settings) -> Iterator[str]:
    """Serve the product to a browser."""
    assert database.name
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.STREAM_ADDRESS = f":{port}"
    with serve(get_wsgi_application(), settings=dict(connection.settings_dict)) as address:
        yield address


@pytest.fixture
def till(browser: Browser, site: str) -> Iterator[Page]:
    """Give a phone on which the owner of 阿芳小馆 is signed in, and what it complains about."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    cookie = signed_in("afang").cookies["session"].value
    context.add_cookies([{"name": "session", "value": cookie, "url": site}])
    page = context.new_page()
    yield page
    context.close()


def test_the_till_shows_a_payment_within_a_second_of_its_commit(
    till: Page, site: str, port: int
) -> None:
    complaints: list[str] = []
    till.on("console", lambda message: complaints.append(message.text))
    till.on("pageerror", lambda error: complaints.append(str(error)))
    with stream(port):
        till.goto(f"{site}{TILL}")
        expect(till.locator("[data-part=last]")).to_contain_text("128.00")
        lags = []
        for number in (3, 2, 1):
            paid_at = pay(number, store="fang")
            till.locator("[data-part=last]", has_text=f"¥1.0{number}").wait_for(timeout=5_000)
            lags.append(time.monotonic() - paid_at)
        expect(till.locator("[data-say]")).to_have_attribute("data-say", "收款，一元零一分")
        expect(till.get_by_role("status", name="最近一笔")).to_have_attribute(
            "aria-live", "assertive"
        )
    assert median(lags) <= 1
    assert complaints == []


def test_a_blind_till_says_so_and_then_how_many_it_missed(till: Page, site: str, port: int) -> None:
    lost = till.get_by_text("断网了，新收款暂时看不到，先别放行")
    with stream(port) as process:
        till.goto(f"{site}{TILL}")
        till.wait_for_timeout(500)
        expect(lost).to_be_hidden()
        till.route("**/cashier", lambda route: route.abort())
        kill(process)
        expect(lost).to_be_visible(timeout=9_000)
        pay(1, store="fang")
        pay(2, store="fang")
    with stream(port):
        till.unroute("**/cashier")
        expect(till.get_by_text("已补上 2 笔")).to_be_visible(timeout=9_000)
        expect(lost).to_be_hidden()
        expect(till.locator("[data-part=last]")).to_contain_text("1.02")


def test_without_a_stream_the_till_still_sees_everything(till: Page, site: str, port: int) -> None:
    with stream(port) as process:
        till.goto(f"{site}{TILL}")
        till.wait_for_timeout(500)
        kill(process)
        pay(1, store="fang")
        expect(till.locator("[data-part=last]")).to_contain_text("1.01", timeout=8_000)
        expect(till.locator("[data-lost]")).to_be_hidden()


def test_the_voice_is_switched_on_by_hand_and_stays_on(till: Page, site: str, port: int) -> None:
    with stream(port):
        till.goto(f"{site}{TILL}")
        till.get_by_role("button", name="播报关").click()
        till.reload()
        voice = till.get_by_role("button", name="播报开")
        expect(voice).to_have_attribute("aria-pressed", "true")
        expect(voice.locator("svg")).to_have_count(1)


def test_after_a_refusal_the_focus_is_on_the_summary(till: Page, site: str, port: int) -> None:
    assert port
    till.goto(f"{site}/store/fang/shift")
    till.get_by_role("button", name="接班").click()
    expect(till.locator(".summary")).to_contain_text("填上金额")
    expect(till.locator(".summary")).to_be_focused()


def test_without_script_the_till_asks_again_every_five_seconds(
    browser: Browser, site: str, port: int
) -> None:
    context = browser.new_context(java_script_enabled=False)
    cookie = signed_in("afang").cookies["session"].value
    context.add_cookies([{"name": "session", "value": cookie, "url": site}])
    page = context.new_page()
    page.goto(f"{site}{TILL}")
    pay(1, store="fang")
    expect(page.locator("[data-part=last]")).to_contain_text("1.01", timeout=9_000)
    assert page.get_by_role("button").count() == 0
    context.close()


def test_the_page_that_waits_for_its_order_leads_on_within_a_second(
    browser: Browser, site: str, port: int
) -> None:
    """However it was confirmed, by a notice or by a query: with the commit the page goes on."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    cookie = signed_in("lin").cookies["session"].value
    context.add_cookies([{"name": "session", "value": cookie, "url": site}])
    with stream(port):
        lags = [_lag(context.new_page(), site, number) for number in (1, 2, 3)]
    assert median(lags) <= 1
    context.close()


def _lag(page: Page, site: str, number: int) -> float:
    """Open the page that waits for an order, confirm it; give how long the page took."""
    order = f"GX{number}"
    town.query(
        "INSERT INTO payments_attempt (id, number, key, home_id, store_id, provider, payee,"
        " amount_fen, state, hand_off, opened_at, expires_at, queries) VALUES (%s, %s, %s, %s,"
        " %s, 'wechat', '', 12800, 'paying', 'https://pay.example', clock_timestamp()"
        " + interval '1 second'"
        " * (SELECT offset_seconds FROM points_horizon), 'infinity', 0)",
        number,
        order,
        order,
        town.party("lin"),
        town.party("fang", kind=2),
    )
    page.goto(f"{site}/orders/{order}/wait")
    page.wait_for_timeout(500)
    trade = Trade(
        provider=Provider.WECHAT,
        number=order,
        state=TradeState.PAID,
        transaction_id=f"T{number}",
        amount_fen=12_800,
        currency="CNY",
        payer="lin",
    )
    assert confirm_payment(trade=trade) is Confirmation.PAID
    paid_at = time.monotonic()
    page.wait_for_url(f"{site}/orders/{order}", wait_until="commit")
    return time.monotonic() - paid_at
