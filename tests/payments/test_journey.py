"""Journey (a) in a real browser, without script: type 128.00, pay on the phone, see the order.

Source: design/ui/faces.md 7 (a).
"""

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.sandbox.pay import Sandbox
from tests.payments.paying import World, ask, standing


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  its own name
        """Say nothing."""


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, *arguments: object) -> None:
        super().process_request_thread(*arguments)  # type: ignore[arg-type]
        connections.close_all()


@pytest.fixture
def address(world: World, sandbox: Sandbox) -> Iterator[str]:
    """Serve the platform on a port of its own, where the channels reach it too."""
    server = make_server(
        "127.0.0.1", 0, get_wsgi_application(), server_class=Threaded, handler_class=Quiet
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    with override_settings(PUBLIC_ADDRESS=base):
        yield base
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN"
    )
    yield context.new_page()
    context.close()


def test_128_yuan_are_paid_on_the_phone_and_stand_in_the_order(page: Page, address: str) -> None:
    page.goto(f"{address}/s/SAFANG/pay")
    page.get_by_label("付款金额").fill("128.00")
    page.get_by_role("button", name="付款", exact=True).click()
    expect(page.get_by_role("heading", name="去付款")).to_be_visible()
    page.get_by_role("link", name="去微信支付付款").click()
    expect(page.get_by_text("¥128.00")).to_be_visible()
    page.get_by_role("button", name="付款").click()
    expect(page.get_by_role("heading", name="已付给SAFANG")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("待结算")).to_be_visible()
    expect(page.get_by_text("153.60 元，到手 122.88")).to_be_visible()
    assert standing() == (1, 1, 1, 0)


def test_who_cancels_comes_back_to_his_amount(page: Page, address: str) -> None:
    page.goto(f"{address}/s/SAFANG/pay?amount=36.50")
    page.get_by_role("button", name="付款", exact=True).click()
    page.get_by_role("link", name="去微信支付付款").click()
    page.get_by_role("button", name="取消").click()
    page.get_by_role("link", name="先不付，返回门店").click()
    expect(page.get_by_text("没有付款，钱没有动。金额还在，可以接着付")).to_be_visible()
    expect(page.get_by_label("付款金额")).to_have_value("36.50")
    assert standing() == (0, 0, 0, 0)


def test_a_lost_notice_is_made_up_for_by_asking_again(
    page: Page, address: str, sandbox: Sandbox
) -> None:
    sandbox.trades.tricks["lose_notices"] = 100
    page.goto(f"{address}/s/SAFANG/pay?amount=1")
    page.get_by_label("支付宝").check()
    page.get_by_role("button", name="付款", exact=True).click()
    page.get_by_role("link", name="去支付宝付款").click()
    page.get_by_role("button", name="付款").click()
    page.get_by_role("button", name="付完了，再查一次").click()
    sweep_payments()
    expect(page.get_by_role("heading", name="已付给SAFANG")).to_be_visible(timeout=15_000)
    assert ask("SELECT amount_fen, provider FROM payments_transaction") == [(100, "alipay")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, address: str, theme: str) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 700},
        color_scheme=theme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(f"{address}/s/SAFANG/pay?amount=128")
    found = _troubles(page)
    page.get_by_role("button", name="付款", exact=True).click()
    expect(page.get_by_role("heading", name="去付款")).to_be_visible()
    page.get_by_role("link", name="去微信支付付款").click()
    page.get_by_role("button", name="付款").click()
    expect(page.get_by_role("heading", name="已付给SAFANG")).to_be_visible(timeout=15_000)
    found += _troubles(page)
    page.get_by_role("link", name="申请退款").click()
    found += _troubles(page)
    context.close()
    assert found == []


def _troubles(page: Page) -> list[str]:
    """Give what axe says, and whether the page scrolls sideways."""
    said = Axe().run(page).response["violations"]
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    found = [f"{rule['id']}: {node['target']}" for rule in said for node in rule["nodes"]]
    return [*found, *(["scrolls sideways"] if wide else [])]
