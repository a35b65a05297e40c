"""The public pages in a real browser: readable, reachable, without script, in both themes.

Each page is served to the browser from memory, with the headers the product sends.
Source: design/ui/faces.md 8, 9 and 11.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from gongxiang.web import shared
from gongxiang.web.middleware import PUBLIC_POLICY
from tests.web.printed import TROUBLES

pytestmark = pytest.mark.urls("tests.web.urls")

HOST = "http://gongxiang.test"
STATIC = Path(shared.__file__).parent / "static"
TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, summary, input')]
  .filter(e => e.getClientRects().length && !e.classList.contains('skip'))
  .map(e => e.closest('label.tick') || e)
  .map(e => {
    const box = e.getBoundingClientRect(), after = getComputedStyle(e, '::after');
    const reach = name => after.position === 'absolute' ? -parseFloat(after[name]) || 0 : 0;
    return [e.textContent.trim(), box.width + reach('left') + reach('right'),
            box.height + reach('top') + reach('bottom')];
  })
  .filter(([, width, height]) => width < 43.5 || height < 43.5)"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def show(page: Page, text: str) -> list[str]:
    """Show a page with the product's policy; give what the browser complained about."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path == "/page":
            route.fulfill(
                body=text,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": PUBLIC_POLICY},
            )
        elif path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            complaints.append(f"asked for {route.request.url}")
            route.abort()

    page.route("**/*", answer)
    page.goto(f"{HOST}/page")
    return complaints


NAMES = (
    *("front", "pool", "pool-empty", "pool-busy", "events", "events-empty", "event"),
    *("event-sale", "rules", "rules-2", "feed", "verify"),
    *TROUBLES,
)
LAID_OUT = ("front", "pool", "events", "event", "rules", "verify")
"""Pages that a wide screen lays out in another way."""


def violations(page: Page, *, only: str = "") -> list[str]:
    """Give what axe-core has to say, by rule and place; of one rule where it is named."""
    options = {"runOnly": [only]} if only else None
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_axe_finds_nothing_on_a_phone(
    page: Page, pages: Mapping[str, str], name: str, theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    assert show(page, pages[name]) == []
    assert violations(page) == []


@pytest.mark.parametrize("name", LAID_OUT)
def test_axe_finds_nothing_on_a_desktop(page: Page, pages: Mapping[str, str], name: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    assert show(page, pages[name]) == []
    assert violations(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_scrolls_sideways_and_every_target_is_as_large_as_a_finger(
    page: Page, pages: Mapping[str, str], name: str
) -> None:
    show(page, pages[name])
    assert page.evaluate(SMALL_TARGETS) == []
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    for width in (320, 390, 639, 960, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate(OVERFLOW) == 0, width


def test_text_at_twice_its_size_does_not_scroll_sideways(
    page: Page, pages: Mapping[str, str]
) -> None:
    page.set_viewport_size({"width": 640, "height": 800})
    show(page, pages["pool-busy"])
    page.evaluate("document.documentElement.setAttribute('style', 'font-size: 200%')")
    assert page.evaluate(OVERFLOW) == 0


def test_a_phone_and_a_desktop_each_see_one_chart(page: Page, pages: Mapping[str, str]) -> None:
    show(page, pages["pool"])
    for width, shown in ((390, "slim"), (1280, "broad")):
        page.set_viewport_size({"width": width, "height": 900})
        visible = [
            name for name in ("slim", "broad") if page.locator(f".chart.{name}").is_visible()
        ]
        assert visible == [shown]


def test_the_table_of_the_chart_opens_without_script(
    browser: Browser, pages: Mapping[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    show(page, pages["pool"])
    table = page.locator("details table")
    assert not table.is_visible()
    page.locator("summary").first.click()
    assert table.is_visible()
    assert "第 3 步" in table.inner_text()
    context.close()


def test_the_dark_theme_follows_the_system(page: Page, pages: Mapping[str, str]) -> None:
    show(page, pages["pool"])
    colour = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light")
    assert page.evaluate(colour) == "rgb(244, 245, 241)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) == "rgb(13, 18, 17)"
