"""The pages of points and cash in a real browser: without script, in both themes, by hand.

The browser's requests are answered by the product itself, over the test's database.
Source: design/ui/faces.md 7 (b), (d), 8, 9 and 11.
"""

import re
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page, Route, expect

from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in
from tests.web.test_browser import HOST, OVERFLOW, SMALL_TARGETS, STATIC, TYPES, violations
from tests.web.test_member_world import sell, withdraw


@pytest.fixture
def lin(database: Database, browser: Browser) -> Iterator[Client]:
    """Open the town and give the client of 林小满."""
    assert browser.is_connected()
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield signed_in("lin")


@pytest.fixture
def page(browser: Browser, lin: Client) -> Iterator[Page]:
    """Give a phone without script whose every request goes to the product, in its own thread."""
    settings = dict(connection.settings_dict)
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    with ThreadPoolExecutor(1) as product:
        product.submit(point_at, settings).result()
        page.route("**/*", lambda route: answer(route, lin, product))
        yield page
        context.close()
        product.submit(close).result()


def point_at(settings: dict[str, Any]) -> None:
    """Let this thread's connection lead to the test's database."""
    connections["default"].settings_dict.update(settings)


def close() -> None:
    """Close this thread's connection."""
    connections["default"].close()


def answer(route: Route, client: Client, product: Executor) -> None:
    """Answer with a file, or with what the product says."""
    path = route.request.url.removeprefix(HOST)
    if path.startswith("/static/"):
        file = STATIC / path.removeprefix("/static/")
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        return
    status, body, policy = product.submit(ask, client, path, route.request.post_data).result()
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
    route.fulfill(status=status, body=body, headers=headers)


def ask(client: Client, path: str, form: str | None) -> tuple[int, bytes, str]:
    """Ask the product; a form's answer is led on as a browser does."""
    if form is not None:
        posted = client.post(path, form, content_type="application/x-www-form-urlencoded")
        if posted.status_code != 303:
            return posted.status_code, posted.content, posted["Content-Security-Policy"]
        path = posted["Location"]
    found = client.get(path)
    return found.status_code, found.content, found["Content-Security-Policy"]


def test_selling_works_without_script(page: Page) -> None:
    page.goto(f"{HOST}/points")
    page.get_by_role("link", name="一半").click()
    expect(page.get_by_label("卖出多少积分")).to_have_value("89.3307")
    page.get_by_role("link", name="第 1 批").click()
    page.get_by_role("button", name="下一步：核对卖出").click()
    page.get_by_role("button", name="确认卖出，得 167.26 元").click()
    expect(page.get_by_role("status")).to_contain_text("核对中")
    number = town.query("SELECT id FROM points_sale")[0][0]
    town.settle_now()
    page.goto(f"{HOST}/points/sales/{number}")
    expect(page.get_by_role("status")).to_have_text("卖出了 112.0000 积分，167.26 元已到零钱")
    page.get_by_role("link", name="去提现").click()
    expect(page.get_by_label("提现金额")).to_have_value("170.26")


def test_withdrawing_works_without_script(page: Page) -> None:
    page.goto(f"{HOST}/wallet")
    page.get_by_role("link", name="提现", exact=True).click()
    page.get_by_label("提现金额").fill("30")
    page.get_by_role("button", name="下一步：核对提现").click()
    expect(page.get_by_role("alert")).to_contain_text("最多填 3.00 元")
    expect(page.get_by_label("提现金额")).to_have_value("30")
    page.get_by_label("提现金额").fill("2.00")
    page.get_by_role("button", name="下一步：核对提现").click()
    page.get_by_role("button", name="提现 2.00 元").click()
    expect(page.get_by_role("heading", name="提现 2.00 元")).to_be_visible()
    expect(page.locator(".tag")).to_have_text("待审核")


def every_page(lin: Client) -> dict[str, str]:
    """Print every page of points and cash, in its usual and its refused state."""
    found = {path: lin.get(path).content.decode() for path in ("/points", "/home")}
    lot = re.findall(r'href="(/points/lots/\d+)"', found["/points"])[0]
    wrong = lin.get("/points/sell?points=999").content.decode()
    number = sell(lin, "112.0000")
    waiting = lin.get(f"/points/sales/{number}").content.decode()
    town.settle_now()
    withdrawn = withdraw(lin, "100.00")
    town.settle_now()
    paths = (
        *("/points/sell?points=1", f"/points/sales/{number}", lot, "/wallet", "/wallet/entries"),
        *("/wallet/withdraw", f"/wallet/withdrawals/{withdrawn}", "/vouchers"),
        *("/statements/2026-11", "/home", "/points"),
    )
    found |= {path: lin.get(path).content.decode() for path in paths}
    why = re.findall(r'href="(/why/[0-9-]+)"', found["/wallet"])[1]
    found["why"] = lin.get(why).content.decode()
    return found | {"wrong": wrong, "waiting": re.sub("<meta http-equiv[^>]*>", "", waiting)}


@pytest.mark.long
def test_axe_finds_nothing_and_all_fits_a_finger_and_a_small_phone(
    browser: Browser, lin: Client
) -> None:
    pages = every_page(lin)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    shown = ""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            route.fulfill(body=shown, content_type="text/html; charset=utf-8")

    page.route("**/*", serve)
    titles = set()
    for name, shown in pages.items():
        assert "style=" not in shown, name
        assert "<script" not in shown, name
        page.goto(f"{HOST}/page")
        titles.add(page.title())
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page) == [], (name, theme)
        assert page.evaluate(SMALL_TARGETS) == [], name
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(OVERFLOW) == 0, (name, width)
        page.set_viewport_size({"width": 390, "height": 844})
    assert complaints == []
    assert len(titles) == len(pages) - 1, titles
    context.close()
