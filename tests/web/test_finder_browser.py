"""The finder and the store's own pages in a real browser: both themes, small phones, by script.

Source: design/ui/faces.md 6.1, 6.3, 8, 9 and 11.
"""

import re

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Route, expect
from pytest_django.fixtures import Settings

from gongxiang.acts.place_stores import Location, place_stores
from gongxiang.merchants.categories import Category
from gongxiang.merchants.distance import Point
from gongxiang.merchants.hours import Hours
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.serving import serve
from tests.web.signed import signed_in
from tests.web.test_browser import HOST, OVERFLOW, SMALL_TARGETS, STATIC, TYPES, violations

SCRIPT = '<script defer src="/static/shared/near.js"></script>'
WIDTHS = (320, 390, 1_280)
FANG = Point(latitude=23_132_400, longitude=113_329_800)
QING = Point(latitude=23_124_900, longitude=113_269_400)


@pytest.fixture(autouse=True)
def _town(database: Database, settings: Settings) -> None:
    assert database.name
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    settings.SECURE_SSL_REDIRECT = False
    forget()
    town.open_town()
    hours = Hours(opens=630, closes=1_320)
    place_stores(
        locations={
            key: Location(category=category, address=address, point=point, hours=hours)
            for key, category, address, point in (
                ("fang", Category.FOOD, "体育东横街 18 号首层", FANG),
                ("qing", Category.SHOPPING, "北京路 242 号 2 楼 206", QING),
            )
        }
    )


def every_page() -> dict[str, str]:
    """Print every page of the finder and of a store, and the member's home."""
    guest, owner, new = Client(), signed_in("afang"), signed_in("qinghe")
    found = {
        path: guest.get(path).content.decode() for path in ("/", "/stores", "/stores?q=没有这样")
    }
    here = {"latitude": "23130100", "longitude": "113325100"}
    found["near"] = guest.post("/stores/near", here).content.decode()
    found["refused"] = guest.post("/stores/near", {}).content.decode()
    store = re.findall(r'href="(/stores/\w{8})"', found["/stores"])[0]
    found["store"] = guest.get(store).content.decode()
    for path in ("", "?range=30d", "/qr", "/more", "/members", "/income", "/recruit"):
        found[f"fang{path}"] = owner.get(f"/store/fang{path}").content.decode()
    for path in ("/members", "/income", "/recruit"):
        found[f"qing{path}"] = new.get(f"/store/qing{path}").content.decode()
    found["home"] = signed_in("lin").get("/home").content.decode()
    found["home of a new one"] = new.get("/home").content.decode()
    return found


@pytest.mark.long
def test_axe_finds_nothing_and_all_fits_a_finger_and_a_small_phone(browser: Browser) -> None:
    pages = every_page()
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    shown = ""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path.endswith(".png"):
            route.fulfill(body=b"", content_type="image/png")
        elif path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            kind = {**TYPES, ".js": "text/javascript"}[file.suffix]
            route.fulfill(body=file.read_bytes(), content_type=kind)
        else:
            route.fulfill(body=shown, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    for name, shown in pages.items():
        assert "style=" not in shown, name
        assert "<script" not in shown.replace(SCRIPT, ""), name
        page.goto(f"{HOST}/page")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page) == [], (name, theme)
        assert page.evaluate(SMALL_TARGETS) == [], name
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(OVERFLOW) == 0, (name, width)
        page.set_viewport_size({"width": 390, "height": 844})
    assert complaints == []
    context.close()


def test_a_tap_asks_for_the_position_and_a_refusal_leads_to_the_districts(
    browser: Browser, settings: Settings
) -> None:
    with serve(get_wsgi_application(), settings=dict(connection.settings_dict)) as site:
        context = browser.new_context(
            viewport={"width": 390, "height": 844},
            geolocation={"latitude": 23.1301, "longitude": 113.3251},
            permissions=["geolocation"],
        )
        page = context.new_page()
        page.goto(f"{site}/stores")
        page.get_by_role("button", name="用我的位置找").click()
        expect(page.get_by_role("heading", name="由近到远")).to_be_visible()
        expect(page.locator(".list li").first).to_contain_text("540 米")
        assert "23130100" not in page.url
        page.get_by_label("多远").select_option("3000")
        page.get_by_role("button", name="找店").click()
        expect(page.locator(".list li")).to_have_count(1)
        context.close()
        context = browser.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.goto(f"{site}/stores")
        page.get_by_role("button", name="用我的位置找").click()
        expect(page.get_by_role("status")).to_have_text("没有拿到位置。选一个区，一样能找")
        context.close()


def test_without_script_a_district_is_chosen(browser: Browser, settings: Settings) -> None:
    with serve(get_wsgi_application(), settings=dict(connection.settings_dict)) as site:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{site}/stores")
        expect(page.get_by_role("button", name="用我的位置找")).to_be_hidden()
        page.get_by_label("地区").select_option("440104")
        page.get_by_role("button", name="找店").click()
        expect(page.locator(".list li")).to_have_count(1)
        page.get_by_role("link", name="青禾眼镜").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("青禾眼镜")
        context.close()
