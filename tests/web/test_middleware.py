"""Every answer says what a browser may do with it, and a lost database is a page.

Source: design/ui/faces.md 9.
"""

import logging

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from gongxiang.web.middleware import Shield
from gongxiang.web.shared.address import address_of

PAGES, CONSOLE = "town.example", "console.example"
pytestmark = pytest.mark.urls("tests.web.urls")


def request(path: str) -> HttpRequest:
    made = HttpRequest()
    made.method, made.path, made.path_info = "GET", path, path
    return made


def headers(path: str) -> HttpResponse:
    answer = Shield(lambda _: HttpResponse())(request(path))
    assert isinstance(answer, HttpResponse)
    return answer


def test_public_pages_may_load_their_own_sheet_and_pictures_only() -> None:
    assert headers("/pool")["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize("path", ["/", "/pool", "/opsx", "/rules/1", "/healthz", "/nothing"])
def test_nothing_unsafe_is_allowed_outside_the_console(path: str) -> None:
    assert "unsafe" not in headers(path)["Content-Security-Policy"]


def test_the_console_may_do_what_its_theme_needs() -> None:
    policy = headers("/ops/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self' 'unsafe-eval' 'unsafe-inline'" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_page_with_its_own_policy_keeps_it() -> None:
    own = HttpResponse(headers={"Content-Security-Policy": "default-src 'self'"})
    answer = Shield(lambda _: own)(request("/pool"))
    assert answer.headers["Content-Security-Policy"] == "default-src 'self'"


def test_pages_ask_for_no_device() -> None:
    assert "camera=()" in headers("/pool")["Permissions-Policy"]


@pytest.mark.parametrize("lost", [OperationalError("gone"), InterfaceError("closed")])
def test_a_lost_database_is_a_503_page_and_a_record(
    lost: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    asked = request("/pool")
    shield = Shield(lambda _: HttpResponse())
    shield(asked)
    with caplog.at_level(logging.ERROR):
        answer = shield.process_exception(asked, lost)
    assert answer is not None
    assert answer.status_code == 503
    record = asked.record  # type: ignore[attr-defined]
    assert record in answer.content.decode()
    assert record in caplog.text


def test_another_failure_is_recorded_and_left_to_the_500_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = request("/pool")
    shield = Shield(lambda _: HttpResponse())
    shield(asked)
    with caplog.at_level(logging.ERROR):
        assert shield.process_exception(asked, ValueError("no")) is None
    assert asked.record in caplog.text  # type: ignore[attr-defined]


def test_what_an_address_hides_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    asked = request("/x\nERROR record 000: forged")
    asked.record = "r"  # type: ignore[attr-defined]
    Shield(lambda _: HttpResponse()).process_exception(asked, ValueError("x"))
    assert caplog.messages == [r"record r: GET '/x\nERROR record 000: forged' failed"]


def at(host: str, path: str) -> tuple[int, str]:
    """Ask a host for a page; give the status, and where it leads."""
    asked = request(path)
    asked.META["HTTP_HOST"] = host
    answer = Shield(lambda _: HttpResponse())(asked)
    return answer.status_code, answer.headers.get("Location", "")


def test_a_console_with_a_host_of_its_own_stands_there_alone(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [PAGES, CONSOLE]
    assert {at(host, path) for host in (PAGES, CONSOLE) for path in ("/pool", "/ops/")} == {
        (200, "")
    }
    settings.CONSOLE_HOST = CONSOLE
    assert [at(PAGES, path)[0] for path in ("/", "/pool", "/api/v1/pool", "/ops/")] == [
        *(200, 200, 200),
        404,
    ]
    assert [at(CONSOLE, path)[0] for path in ("/ops/", "/ops/login/", "/pool", "/api/v1/me")] == [
        *(200, 200),
        *(404, 404),
    ]
    assert at(CONSOLE, "/") == (302, "/ops/")
    for host in (PAGES, CONSOLE):
        assert [at(host, path)[0] for path in ("/static/shared/app.css", "/healthz")] == [200, 200]


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_an_address_counts_as_proxies_of_ours_wrote_it_and_a_forged_one_does_not(
    settings: Settings, proxies: int, told: str, address: str
) -> None:
    settings.PROXIES = proxies
    asked = RequestFactory().get("/", headers={"X-Forwarded-For": told, "X-Real-IP": "192.0.2.1"})
    assert address_of(asked) == address


def test_a_forged_host_leads_nowhere(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["town.example"]
    forged = {"X-Forwarded-Host": "evil.example", "Host": "town.example"}
    asked = RequestFactory().get("/pool", headers=forged)
    assert asked.build_absolute_uri() == "http://town.example/pool"


def test_every_request_has_its_own_record_number() -> None:
    one, other = request("/"), request("/")
    shield = Shield(lambda _: HttpResponse())
    shield(one)
    shield(other)
    assert one.record != other.record  # type: ignore[attr-defined]


def test_while_it_rests_everything_says_until_when_and_nothing_is_asked(settings: Settings) -> None:
    settings.MAINTENANCE = "03:30"
    asked: list[str] = []
    shield = Shield(lambda one: asked.append(one.path) or HttpResponse())  # type: ignore[func-returns-value]
    for path in ("/", "/pay/callback/wechat", "/ops/", "/s/7GKM0211/pay"):
        answer = shield(request(path))
        assert isinstance(answer, HttpResponse)
        assert (answer.status_code, answer["Retry-After"]) == (503, "300")
        assert "正在维护，预计 03:30 恢复" in answer.content.decode()
    assert asked == []
    for path in ("/healthz", "/static/shared/app.css", "/api/v1/pool"):
        assert shield(request(path)).status_code == 200


@pytest.mark.urls("gongxiang.config.urls")
def test_the_api_rests_in_its_own_form(settings: Settings, client: Client) -> None:
    settings.MAINTENANCE = "03:30"
    answer = client.get("/api/v1/pool", secure=True)
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    told = answer.json()
    assert (told["code"], told["detail"]) == ("resting", "正在维护，预计 03:30 恢复")
