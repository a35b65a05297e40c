"""The keys and the live line of the pay page; without them the form is the same (test_journey).

Source: design/ui/faces.md 5 (keypad), 7 (a).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gongxiang.base import text
from gongxiang.base.money import FEN
from gongxiang.queries import orders as queries
from gongxiang.queries.estimate import estimate
from gongxiang.queries.present import present
from gongxiang.sandbox.pay import Sandbox
from tests.payments.paying import World
from tests.payments.test_journey import address

__all__ = ["address"]
PAY = "/s/SAFANG/pay"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a phone with script; a fault of it fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if "Policy" in told.text else None)
    yield page
    context.close()
    assert faults == []


def press(page: Page, keys: str) -> None:
    names = {"<": "删一位", ".": "小数点"}
    for key in keys:
        page.locator(".pad").get_by_role("button", name=names.get(key, key), exact=True).click()


def said(page: Page) -> Locator:
    return page.locator("#gives")


def expected(amount_fen: int) -> str:
    """Compute by the engine what the line must say."""
    shop = queries.shop(code="SAFANG")
    assert shop is not None
    now = present()
    told = estimate(
        spend=amount_fen * FEN,
        commission_rate=shop.commission_rate,
        terms=now.terms,
        pair=now.pool.pair,
    )
    points = text.points(atoms=told.points)
    return f"结算后约得 {points} 积分、{text.yuan(amount=told.vouchers)} 元抵扣积分"


def test_keys_type_the_amount_and_the_line_follows(page: Page, address: str) -> None:
    page.goto(f"{address}{PAY}")
    expect(said(page)).to_contain_text("填上金额，可以先看看")
    press(page, "128.5")
    expect(page.get_by_label("付款金额")).to_have_value("128.5")
    expect(said(page)).to_contain_text(expected(12_850))
    press(page, "<<<<")
    expect(page.get_by_label("付款金额")).to_have_value("1")
    expect(said(page)).to_contain_text(expected(100))
    shots = os.environ.get("GONGXIANG_SHOTS")
    if shots:
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=Path(shots) / f"keypad-{theme}.png")
    page.locator(".pad").get_by_role("button", name="付款", exact=True).click()
    expect(page.get_by_role("heading", name="去付款")).to_be_visible()


def test_keys_write_what_an_amount_can_be_and_no_more(page: Page, address: str) -> None:
    page.goto(f"{address}{PAY}?amount=36.50")
    for keys, value in (
        ("7", "7"),  # what came with the page is replaced
        ("..", "7."),
        ("058", "7.05"),
        ("<<<<<", ""),
        ("<", ""),
        (".5", "0.5"),
        ("<<<009", "9"),
    ):
        press(page, keys)
        expect(page.get_by_label("付款金额")).to_have_value(value)


def test_typed_letters_and_too_much_are_answered_in_words(page: Page, address: str) -> None:
    page.goto(f"{address}{PAY}")
    page.get_by_label("付款金额").fill("12块")
    expect(said(page)).to_contain_text("金额最多到分")
    page.get_by_label("付款金额").fill("99999999")
    expect(said(page)).to_contain_text("一笔最多 50,000.00 元")
    page.get_by_label("付款金额").fill("128")
    expect(said(page)).to_contain_text(expected(12_800))


def test_a_desk_has_no_keys_and_one_button(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1_280, "height": 900})
    page.goto(f"{address}{PAY}")
    expect(page.locator(".pad")).to_be_hidden()
    expect(page.get_by_role("button", name="付款", exact=True)).to_have_count(1)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".pad")).to_be_visible()
    expect(page.get_by_role("button", name="付款", exact=True)).to_have_count(1)


def test_a_line_that_does_not_come_changes_nothing(
    browser: Browser, world: World, address: str, sandbox: Sandbox
) -> None:
    assert world is not None
    assert sandbox.server_port
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.route("**/estimate**", lambda route: route.abort())
    page.goto(f"{address}{PAY}?amount=36.50")
    was = said(page).inner_text()
    press(page, "12")
    page.wait_for_timeout(600)
    assert said(page).inner_text() == was
    page.locator(".pad").get_by_role("button", name="付款", exact=True).click()
    expect(page.get_by_role("heading", name="去付款")).to_be_visible()
    context.close()
