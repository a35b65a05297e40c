"""Messages, joined accounts and lost numbers in a real browser: both themes, small phones, fingers.

Source: design/ui/faces.md 8, 9 and 11.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings
from playwright.sync_api import Browser, Route

from gongxiang.acts.change_phone import change_phone
from gongxiang.acts.join_accounts import join_accounts
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.sell_points import sell_points
from gongxiang.base.money import POINT
from gongxiang.members import accounts
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in
from tests.web.test_browser import HOST, OVERFLOW, SMALL_TARGETS, STATIC, TYPES, violations

TICK = ["", 24, 24]
"""A box to tick: its label is the target, and 44 px high."""


@pytest.fixture
def lin(database: Database, browser: Browser) -> Iterator[Client]:
    """Open the town and give the client of 林小满."""
    assert browser.is_connected()
    assert database.name
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield signed_in("lin")


def printed(client: Client, path: str, form: dict[str, str] | None = None) -> str:
    answer = client.get(path) if form is None else client.post(path, form)
    assert answer.status_code in {200, 422}, path
    return answer.content.decode()


def every_page(lin: Client) -> dict[str, str]:
    """Print the pages, each in its states."""
    number, zhou, afang = town.party("lin"), town.party("zhou"), signed_in("afang")
    order = pay_at_store(
        key="back", member=number, store=town.party("fang", kind=2), amount_fen=5_000
    )
    refund_order(key="back-1", member=number, order=order.number, amount_fen=1_800)
    sell_points(key="no", member=number, points=POINT, shown_net=1)
    town.settle_now()
    found = {"messages": printed(lin, "/messages"), "empty": printed(afang, "/messages")}
    signed_in("zhou")
    session = lin.session
    session["joining_other"] = [zhou, 2**40]
    session.save()
    found["joining"] = printed(lin, "/me/accounts")
    found["not joined"] = printed(lin, "/me/accounts", {})
    join_accounts(one=number, other=zhou)
    change_phone(member=number, subject="new", shown="138****8000")
    standing = accounts.standing(member=number)
    assert standing is not None
    session["member_epoch"] = standing.epoch
    session.save()
    found["account"] = printed(lin, "/me")
    lin.post("/me/accounts/turn", {"account": str(zhou)})
    found["turned"] = printed(lin, "/wallet")
    return found | numbers()


def numbers() -> dict[str, str]:
    """Print the pages of somebody who proved a number that was not used for long."""
    client = Client()
    session = client.session
    session["entry_proved"] = ["phone", "new", "138****8000", 2**40]
    session.save()
    client.cookies["session"] = str(session.session_key)
    return {
        "stale": printed(client, "/login/number"),
        "not chosen": printed(client, "/login/number", {}),
        "lost": printed(client, "/login/lost"),
        "unreadable": printed(client, "/login/lost", {"phone": "x"}),
        "asked": printed(client, "/login/lost", {"phone": "13800138000"}),
    }


@pytest.mark.long
def test_axe_finds_nothing_and_all_fits_a_finger_and_a_small_phone(
    browser: Browser, lin: Client, tmp_path: Path
) -> None:
    pages = every_page(lin)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
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
            page.screenshot(path=tmp_path / f"{name}-{theme}.png", full_page=True)
        small = [one for one in page.evaluate(SMALL_TARGETS) if one != TICK]
        assert small == [], name
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(OVERFLOW) == 0, (name, width)
        page.set_viewport_size({"width": 390, "height": 844})
    context.close()
