"""Applying and running a store in a real browser: axe in both themes, a finger's size, 320 pixels.

Source: design/ui/faces.md 8, 9 and 11.
"""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from gongxiang.acts.review_application import Verdict, review_application
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, filled, open_account, photo, submitted
from tests.web.signed import signed_in
from tests.web.test_browser import HOST, OVERFLOW, SMALL_TARGETS, STATIC, TYPES, violations

pytestmark = pytest.mark.db

TICK = ["", 24, 24]
"""A box that is ticked by its whole label, which is as large as a finger."""


@pytest.fixture
def pages(database: Database) -> dict[str, str]:
    """Print every page of applying and of running a store, also some in their refused state."""
    del database
    town.open_town(settings=BAND)
    for key in ("afang", "zhou"):
        open_account(key)
    _, number = filled("lin")
    lin, base = signed_in("lin"), f"/store/apply/{number}"
    found = {
        step: get(lin, f"{base}/{step}") for step in ("shop", "place", "rate", "papers", "send")
    }
    found |= {"draft": get(lin, base), "apply": get(lin, "/store/apply?by=ZHOU")}
    wrong = {"name": "", "category": "", "phone": "x"}
    found["refused"] = lin.post(f"{base}/shop", wrong).content.decode()
    return found | reviewed() | running(signed_in("afang"))


def reviewed() -> dict[str, str]:
    """Print an application that waits, one that lacks something, one that became a store."""
    member, number = submitted("zhou")
    zhou, path = signed_in("zhou"), f"/store/apply/{number}"
    waiting = get(zhou, path)
    missing = {"licence": "反光，看不清编号"}
    review_application(
        member=member, application=number, officer="o", verdict=Verdict.ASK, missing=missing
    )
    return {"waiting": waiting, "lacking": get(zhou, path)}


def running(owner: Client) -> dict[str, str]:
    """Print settings, staff, changes, the pages of who joins, and a store that is shut."""
    owner.post("/store/fang/staff", {"what": "invite", "role": "cashier", "number": "13800138000"})
    found = {
        "staff": get(owner, "/store/fang/staff"),
        "settings": get(owner, "/store/fang/settings"),
    }
    join = re.search(r"(/store/\w+/join/[\w-]+)", found["staff"])
    assert join is not None
    found["join"] = get(signed_in("lin"), join[1])
    owner.post("/store/fang/changes", {"what": "closing", "reason": "退休"})
    found["changes"] = get(owner, "/store/fang/changes")
    wrong = {"opens": "25:00", "closes": "1", "phone": "", "category": "food"}
    found["bad settings"] = owner.post("/store/fang/settings", wrong).content.decode()
    owner.post("/store/fang/settings", {"category": "food", "resting": "on"})
    return found | {"shut": get(Client(), "/s/fang/pay")}


def get(browser: Client, path: str) -> str:
    """Read a page."""
    return browser.get(path).content.decode()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Give a phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.long
def test_axe_finds_nothing_and_all_fits_a_finger_and_a_small_phone(
    pages: dict[str, str], phone: Page
) -> None:
    shown = ""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        elif path.startswith("/store/documents/"):
            route.fulfill(body=photo(), content_type="image/jpeg")
        else:
            route.fulfill(body=shown, content_type="text/html; charset=utf-8")

    phone.route("**/*", serve)
    for name, shown in pages.items():
        assert "style=" not in shown, name
        phone.goto(f"{HOST}/page")
        for theme in ("light", "dark"):
            phone.emulate_media(color_scheme=theme)
            assert violations(phone) == [], (name, theme)
        small = [one for one in phone.evaluate(SMALL_TARGETS) if one != TICK]
        assert small == [], name
        for width in (320, 1280, 390):
            phone.set_viewport_size({"width": width, "height": 844})
            assert phone.evaluate(OVERFLOW) == 0, (name, width)
