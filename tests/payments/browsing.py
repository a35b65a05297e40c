"""Pages of these tests in a real browser: both themes, axe, small phones. Source: faces.md 9."""

from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Route

from tests.web.test_browser import HOST, OVERFLOW, SMALL_TARGETS, STATIC, TYPES, violations

WIDTHS = (320, 390, 1_280)


def browsed(browser: Browser, pages: Mapping[str, str], *, shots: Path) -> None:
    """Check pages by their names, and leave a picture of each in both themes."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    shown = ""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            kind = {**TYPES, ".js": "text/javascript"}[file.suffix]
            route.fulfill(body=file.read_bytes(), content_type=kind)
        else:
            route.fulfill(body=shown, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    for number, (name, shown) in enumerate(pages.items()):
        assert "style=" not in shown, name
        page.goto(f"{HOST}/page")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page) == [], (name, theme)
            page.screenshot(path=shots / f"{number}-{theme}.png", full_page=True)
        assert page.evaluate(SMALL_TARGETS) == [], name
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(OVERFLOW) == 0, (name, width)
        page.set_viewport_size({"width": 390, "height": 844})
    context.close()
