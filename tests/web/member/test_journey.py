"""Scan, agree, prove, joined: in a real browser, with script off; then every page under axe."""

import re
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from playwright.sync_api import Browser, Page
from pytest_django.fixtures import Settings

from gongxiang.sandbox.oauth import Authority
from gongxiang.sandbox.sms import Gateway
from tests.acts import town
from tests.conftest import Database
from tests.web.test_browser import OVERFLOW

KEY = "a key of the test"
PAGES = (
    *("/login?again=1", "/me", "/me/name", "/me/phone", "/me/close", "/team", "/share"),
    *("/agreement", "/privacy", "/login/wechat/back"),
)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  its form
        """Say nothing."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    database: dict[str, object]

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Answer from the test's database, and leave no connection behind."""
        connections["default"].settings_dict.update(self.database)
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            connections["default"].close()


@pytest.fixture
def gateway(database: Database, settings: Settings) -> Iterator[Gateway]:
    town.open_town()
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.SMS_KEY = KEY
    settings.WECHAT_APP, settings.WECHAT_SECRET = "wxtest", "s3"
    with (
        Gateway(("127.0.0.1", 0), key=KEY) as served,
        Authority(("127.0.0.1", 0), app="wxtest", secret="s3") as authority,
        _running(served),
        _running(authority),
    ):
        settings.SMS_URL = f"http://127.0.0.1:{served.server_port}/messages"
        address = f"http://127.0.0.1:{authority.server_port}"
        settings.WECHAT_AUTHORIZE = f"{address}/connect/oauth2/authorize"
        settings.WECHAT_API = address
        yield served


@pytest.fixture
def site(gateway: Gateway, settings: Settings) -> Iterator[str]:
    application = get_wsgi_application()
    with make_server("127.0.0.1", 0, application, _Server, _Quiet) as server:
        assert isinstance(server, _Server)
        server.database = dict(connection.settings_dict)
        with _running(server):
            settings.PUBLIC_ADDRESS = f"http://127.0.0.1:{server.server_port}"
            yield settings.PUBLIC_ADDRESS


class _running:  # noqa: N801  read as a word in a with
    """Serve in a thread for as long as the block lasts."""

    def __init__(self, server: Gateway | Authority | WSGIServer) -> None:
        self.server = server
        self.thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()


def join_at_the_store(page: Page, site: str, gateway: Gateway) -> None:
    page.goto(f"{site}/s/fang")
    page.get_by_role("button", name="同意，并去付款").click()
    page.get_by_label("手机号").fill("138 0013 8000")
    page.get_by_role("button", name="用手机号登录").click()
    found = re.search(r"验证码 (\d{6})", gateway.messages[0]["text"])
    assert found is not None
    page.get_by_label("发到 138****8000 的 6 位验证码").fill(found[1])
    page.get_by_role("button", name="确认是我").click()
    page.wait_for_url(f"{site}/s/fang/pay")


def test_without_script_a_person_joins_shares_and_a_friend_comes_by_wechat(
    browser: Browser, site: str, gateway: Gateway
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    join_at_the_store(page, site, gateway)
    page.goto(f"{site}/share")
    link = page.locator(".code").inner_text()
    page.goto(f"{site}/me")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(f"{site}/")
    page.goto(link)
    page.get_by_role("button", name="同意，并加入").click()
    page.get_by_role("link", name="用微信登录").click()
    page.get_by_role("link", name="周二").click()
    page.get_by_role("button", name="继续").click()
    page.wait_for_url(f"{site}/home")
    page.goto(f"{site}/team")
    assert page.locator(".trio").inner_text().split()[-1] == link[-4:]
    context.close()
    bound = town.query("SELECT count(*) FROM members_member WHERE referrer_id IS NOT NULL")
    assert bound == [(4,)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, site: str, gateway: Gateway, theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if theme == "dark" else "light",
        bypass_csp=False,
    )
    page = context.new_page()
    page.goto(f"{site}/s/fang")
    assert Axe().run(page).response["violations"] == []
    join_at_the_store(page, site, gateway)
    for path in PAGES:
        page.goto(site + path)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(OVERFLOW) == 0, (path, width)
    context.close()
