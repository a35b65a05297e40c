"""The console in a real browser: its own files alone, no complaint, readable, in both themes.

Each page is served to the browser from memory, with the headers the product sends.
Source: design/ui/faces.md 8 and 11.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.http import HttpResponse
from django.test import Client, override_settings
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, Page, Route
from pytest_django.plugin import DjangoDbBlocker

from tests.conftest import IS_LONG, Database
from tests.conftest import _django_on as django_on
from tests.ops import world
from tests.ops.staff import signed_in
from tests.web.test_browser import HOST, OVERFLOW, violations

TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
NAMES = (
    *("today", "orders", "order settled", "order waiting", "steps", "lots", "postings", "batches"),
    *("batch", "balances", "members", "member", "stores", "store", "contracts", "versions"),
    *("version", "find", "sign-in", "password", "missing"),
    *("withdrawals", "quarantine", "officers", "officer", "audit", "factor", "set-up", "unmask"),
    *(
        "cases",
        "applications",
        "differences",
        "refunds",
        "recoveries",
        "channels",
        "channel",
        "changes",
        "must see",
    ),
)
# In the short form three of them.
DARK = (
    *("today", "orders", "order settled", "order waiting", "version", "sign-in"),
    *("officer", "audit", "set-up", "channel"),
)
TAKEN_IN = """<dl class="facts told" id="h2-now"><div><dd class="n">0</dd><dt>事</dt></div></dl>"""
"""What the first page takes in from the page of facts, which is shown as a page of its own."""
SMALL_TARGETS = """() => [...document.querySelectorAll('main a, main button, main input, nav a')]
  .filter(e => e.getClientRects().length && !e.closest('p, .s'))
  .map(e => [e.textContent.trim(), e.getBoundingClientRect().width,
             e.getBoundingClientRect().height])
  .filter(([, width, height]) => width < 23.5 || height < 31.5)"""


@pytest.fixture(scope="module")
def printed(
    town_database: Database, django_db_blocker: DjangoDbBlocker
) -> Mapping[str, HttpResponse]:
    """Give the answer of every page by its name."""
    with (
        override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False),
        django_db_blocker.unblock(),
        django_on(town_database.url),
    ):
        client = signed_in("min")
        paths = world.pages() | {"password": "/ops/password_change/", "missing": "/ops/没有/"}
        answers = {name: client.get(path) for name, path in paths.items()}
        answers["unmask"] = client.get(f"{world.member(world.BUYER)}unmask/")
        answers["sign-in"] = Client().get("/ops/login/")
        for name, is_set in (("factor", True), ("set-up", False)):
            TOTPDevice.objects.filter(user__username="ke").update(confirmed=is_set)
            gate = Client()
            gate.post("/ops/login/", {"username": "ke", "password": world.PASSWORD})
            answers[name] = gate.get("/ops/factor/")
        TOTPDevice.objects.filter(user__username="ke").update(confirmed=True)
    return answers  # type: ignore[return-value]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


def show(page: Page, response: HttpResponse) -> list[str]:
    """Show a page with the product's policy; give what the browser complained about."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        file = find(path.removeprefix("/static/")) if path.startswith("/static/") else None
        if path == "/page":
            route.fulfill(
                body=response.content,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": response["Content-Security-Policy"]},
            )
        elif path == "/ops/must-see/":
            route.fulfill(body=TAKEN_IN, content_type="text/html; charset=utf-8")
        elif file:
            kind = TYPES[Path(file).suffix]
            route.fulfill(body=Path(file).read_bytes(), content_type=kind)
        else:
            complaints.append(f"asked for {route.request.url}")
            route.abort()

    page.route("**/*", answer)
    page.goto(f"{HOST}/page")
    page.wait_for_function("!document.documentElement.hasAttribute('x-cloak')")
    return complaints


@pytest.mark.parametrize("name", NAMES)
def test_the_browser_and_axe_have_nothing_to_say_and_nothing_scrolls_sideways(
    page: Page, printed: Mapping[str, HttpResponse], name: str
) -> None:
    page.emulate_media(color_scheme="light")
    assert show(page, printed[name]) == []
    assert violations(page) == []
    for width in (390, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERFLOW) == 0, width


@pytest.mark.parametrize("name", DARK if IS_LONG else DARK[:3])
def test_neither_have_they_in_the_dark(
    page: Page, printed: Mapping[str, HttpResponse], name: str
) -> None:
    page.emulate_media(color_scheme="dark")
    assert show(page, printed[name]) == []
    assert page.evaluate("document.documentElement.classList.contains('dark')")
    assert violations(page) == []


@pytest.mark.parametrize("name", ["today", "orders", "order settled", "member", "sign-in"])
def test_what_can_be_clicked_is_32_pixels_high(
    page: Page, printed: Mapping[str, HttpResponse], name: str
) -> None:
    show(page, printed[name])
    assert page.evaluate(SMALL_TARGETS) == []


def test_the_menu_opens_and_closes_on_a_phone(
    page: Page, printed: Mapping[str, HttpResponse]
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    show(page, printed["today"])
    menu = page.get_by_role("navigation", name="运营导航")
    assert not menu.is_visible()
    page.get_by_role("button", name="打开菜单").click()
    assert menu.is_visible()
    page.get_by_role("button", name="关闭菜单").click()
    assert not menu.is_visible()


def test_the_theme_can_be_switched_by_hand(page: Page, printed: Mapping[str, HttpResponse]) -> None:
    page.emulate_media(color_scheme="light")
    show(page, printed["today"])
    page.get_by_role("button", name="深色").click()
    colour = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    assert page.evaluate(colour) == "rgb(22, 29, 27)"
    assert page.get_by_role("button", name="深色").get_attribute("aria-pressed") == "true"
