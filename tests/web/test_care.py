"""Large letters: one choice of a browser, on every page, for everybody (design/ui/faces.md 8)."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.acts import town
from tests.conftest import Database
from tests.web.signed import signed_in

LARGE = '<html lang="zh-CN" class="care">'
PLAIN = '<html lang="zh-CN">'


@pytest.fixture(autouse=True)
def _town(database: Database, settings: Settings) -> None:
    assert database.name
    settings.ALLOWED_HOSTS = ["testserver"]
    town.open_town()


def text(client: Client, path: str) -> str:
    return str(client.get(path).content.decode())


def test_large_letters_are_on_every_page_from_now_on_and_off_again() -> None:
    client = signed_in("lin")
    paths = ("/care", "/home", "/pool", "/s/fang/pay", "/nothing-here")
    assert all(PLAIN in text(client, path) for path in paths)
    done = client.post("/care", {"size": "large"})
    assert (done.status_code, done["Location"]) == (303, "/care")
    assert all(LARGE in text(client, path) for path in paths)
    assert "大字 · 改" in text(client, "/me")
    client.post("/care", {"size": "plain"})
    assert all(PLAIN in text(client, path) for path in paths)


def test_it_needs_no_account_and_stays_in_this_browser() -> None:
    client = Client()
    cookie = client.post("/care", {"size": "large"}).cookies["care"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("large", True, "Lax")
    assert LARGE in text(client, "/")
    assert PLAIN in text(Client(), "/")
    assert sorted(client.cookies) == ["care"]


@pytest.mark.parametrize("value", ["", "huge", "large<", "1"])
def test_another_value_of_the_cookie_is_none(value: str) -> None:
    client = Client()
    client.cookies["care"] = value
    assert PLAIN in text(client, "/care")
