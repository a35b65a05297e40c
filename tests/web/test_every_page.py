"""Every page of members and stores in a real browser: axe, both themes, fingers, small phones.

The pages come from the resolver: a new address that no look shows fails here by name.
Source: design/ui/faces.md 8, 9, 10 and 11.
"""

from collections.abc import Iterator, Mapping

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page, Route

from gongxiang.sandbox.pay import Sandbox
from tests.conftest import Database
from tests.forgetting import forget
from tests.merchants.applicants import photo
from tests.payments.conftest import payment_keys, sandbox
from tests.web import forms, gallery
from tests.web.test_browser import HOST, OVERFLOW, SMALL_TARGETS, STATIC, TYPES, violations

__all__ = ["payment_keys", "sandbox"]
KINDS = {**TYPES, ".js": "text/javascript"}
TICK = ["", 24, 24]
"""A box or a dot: its label is the target, and 44 px high."""
PALE = """() => [...document.querySelectorAll('.btn.quiet')]
  .filter(one => !one.closest('.card') && getComputedStyle(one).boxShadow === 'none')
  .map(one => one.textContent.trim())"""
"""Quiet buttons on paper without an edge: they are hardly seen."""
BROKEN = """() => [...document.querySelectorAll('.big, .list .v b')].flatMap(one => {
  const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT), broken = [];
  for (let text; (text = texts.nextNode());) for (const found of text.data.matchAll(/[\\d,.]+/g)) {
    const range = new Range();
    range.setStart(text, found.index);
    range.setEnd(text, found.index + found[0].length);
    if (new Set([...range.getClientRects()].map(line => line.top)).size > 1) broken.push(found[0]);
  }
  return broken;
})"""
"""Figures whose digits stand on two lines: they are read as two."""
NO_PAGES = (
    # A form alone, which answers by leading on.
    *("/i/<str:code>/join", "/s/<str:code>/join", "/logout", "/me/accounts/turn"),
    *("/me/phone/code", "/me/sessions/end", "/me/tokens/<int:number>/end", "/messages/read"),
    # A line of a page.
    "/s/<str:code>/pay/estimate",
    # It leads to the channel.
    *("/login/alipay", "/login/wechat", "/me/alipay", "/me/wechat"),
    # A picture, a document, a file.
    *("/me/export", "/s/<str:code>/photo.jpg", "/share/poster.png", "/statements/<str:month>.csv"),
    *("/store/<str:code>/qr/<slug:name>.pdf", "/store/<str:code>/qr/<slug:name>.png"),
    *("/store/<str:code>/statements/<str:day>.csv", "/store/documents/<str:token>"),
)
"""What is no page to look at."""


@pytest.fixture
def pages(database: Database, sandbox: Sandbox) -> dict[str, str]:
    """Print all."""
    assert database.name
    assert sandbox.server_port
    forget()
    with override_settings(
        SECURE_SSL_REDIRECT=False,
        ALLOWED_HOSTS=["testserver"],
        WECHAT_APP="wxtest",
        WECHAT_AUTHORIZE="http://127.0.0.1:9/authorize",
    ):
        return gallery.pages()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Give a phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def test_every_page_can_be_seen_and_used_by_everybody(pages: dict[str, str], phone: Page) -> None:
    assert sorted(set(gallery.wanted()) - {gallery.address(name) for name in pages}) == sorted(
        NO_PAGES
    )
    assert list(forms.undeclared(pages)) == []
    wrong = list(_wrong(pages, phone))
    assert wrong == []


def _wrong(pages: Mapping[str, str], phone: Page) -> Iterator[str]:
    """Name what is wrong with each page."""
    shown = ""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
        elif path == "/page":
            route.fulfill(body=shown, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(body=photo(), content_type="image/jpeg")

    phone.route("**/*", serve)
    for name, shown in pages.items():
        if "style=" in shown:
            yield f"{name}: a style in the page"
        phone.goto(f"{HOST}/page")
        phone.emulate_media(color_scheme="light")
        yield from (f"{name}: {one}" for one in violations(phone))
        phone.emulate_media(color_scheme="dark")
        yield from (f"{name}, dark: {one}" for one in violations(phone, only="color-contrast"))
        small = [one for one in phone.evaluate(SMALL_TARGETS) if one != TICK]
        if small:
            yield f"{name}: too small for a finger: {small}"
        if pale := phone.evaluate(PALE):
            yield f"{name}: hardly seen: {pale}"
        yield from (f"{name}: {one}" for one in _wide(phone))


def _wide(phone: Page) -> Iterator[str]:
    """Tell at which width, and at which size of the text, a page scrolls sideways."""
    for width in (1280, 390, 320):
        phone.set_viewport_size({"width": width, "height": 844})
        if phone.evaluate(OVERFLOW):
            yield f"scrolls sideways at {width} px"
    phone.evaluate("document.documentElement.setAttribute('style', 'font-size: 200%')")
    if phone.evaluate(OVERFLOW):
        yield "scrolls sideways at 320 px with text of twice its size"
    if broken := phone.evaluate(BROKEN):
        yield f"figures broken at 320 px with text of twice its size: {broken}"
    phone.set_viewport_size({"width": 390, "height": 844})
