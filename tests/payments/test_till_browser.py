"""The pages of the till in a real browser: axe-core, fingers, small phones; its code is read.

Source: design/ui/faces.md 7 (c), 8, 11.
"""

import io
import re

import pytest
import zxingcpp
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from gongxiang.sandbox.pay import Sandbox
from tests.payments.paying import World, number_of
from tests.payments.test_case_pages import settled
from tests.payments.test_pages import signed_in
from tests.payments.test_till_pages import (
    SHIFT,
    TILL,
    arrived,
    charged,
    number_in,
    scanned,
    text,
)
from tests.web.test_browser import HOST, OVERFLOW, SMALL_TARGETS, STATIC, TYPES, violations


def every_page(world: World, sandbox: Sandbox) -> dict[str, str]:
    """Print the pages of the till, of its refunds and of the payer's side, in their states."""
    owner, member = signed_in(number_of("fang")), signed_in(world.member)
    found = {"closed": text(owner.get(TILL)), "take over": text(owner.get(SHIFT))}
    owner.post(SHIFT, {"float": "200"})
    found["empty"] = text(owner.get(TILL))
    found["refused"] = text(owner.post(TILL, {"amount": "1.234", "once": "0" * 32}))
    page, link = charged(owner)
    found |= {"code": text(owner.get(page)), "pay": text(Client().get(link))}
    number = number_in(scanned(Client(), link))
    found |= {"taken": text(owner.get(page)), "gone": text(Client().get(link))}
    arrived(sandbox, number)
    found |= {"received": text(owner.get(page)), "till": text(owner.get(TILL))}
    refund = f"/store/SAFANG/orders/{number}/refund"
    found["refund"] = text(owner.get(refund))
    found["check"] = text(owner.get(refund, {"amount": "36.00", "reason": "少上一菜"}))
    found["hand over"] = text(owner.get(SHIFT))
    shift = re.search(r'name="shift" value="(\d+)"', found["hand over"])
    assert shift is not None
    body = {"shift": shift[1], "counted": "199.50", "note": ""}
    found["short"] = text(owner.post(SHIFT, body))
    found["receipt"] = text(owner.get(owner.post(SHIFT, {**body, "note": "找零"})["Location"]))
    order = settled(member, sandbox)
    typed = {"amount": "64.00", "reason": "少上一菜"}
    found["ask"] = text(member.get(f"{order}/refund"))
    found["ask check"] = text(member.get(f"{order}/refund", typed))
    found["offer"] = text(owner.get(f"/store/SAFANG{order}/refund"))
    found["offer check"] = text(owner.get(f"/store/SAFANG{order}/refund", typed))
    token = re.search(r'name="token" value="([^"]+)"', found["ask check"])
    assert token is not None
    member.post(f"{order}/refund", {**typed, "token": token[1]})
    found["asked"] = text(member.get(f"{order}/refund"))
    found["order"] = text(member.get(order))
    found["store's order"] = text(owner.get(f"/store/SAFANG{order}"))
    return {name: re.sub("<meta http-equiv[^>]*>", "", page) for name, page in found.items()}


def read_code(page: Page) -> list[str]:
    """Read the code that the page shows, from a picture of it."""
    picture = Image.open(io.BytesIO(page.locator(".poster").screenshot()))
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.long
def test_axe_finds_nothing_and_all_fits_a_finger_and_a_small_phone(
    browser: Browser, world: World, sandbox: Sandbox
) -> None:
    pages = every_page(world, sandbox)
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
    for name, shown in pages.items():
        assert "style=" not in shown, name
        page.goto(f"{HOST}/page")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page) == [], (name, theme)
        # A channel is chosen by its whole line, which is its label.
        small = [target for target in page.evaluate(SMALL_TARGETS) if name != "pay"]
        assert small == [], name
        if name == "code":
            link = re.search(r"http://127\.0\.0\.1:9/s/\w+\?charge=\w+", shown)
            assert link is not None
            assert read_code(page) == [link[0]]
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(OVERFLOW) == 0, (name, width)
        page.set_viewport_size({"width": 390, "height": 844})
    assert complaints == []
    context.close()
