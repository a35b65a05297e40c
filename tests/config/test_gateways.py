"""Production speaks to no sandbox, and hashes no phone with a key that anybody could guess."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gongxiang.config import environment
from tests.config.test_settings import LONG_KEY, load

NAME = "GONGXIANG_SMS_URL"


@pytest.mark.parametrize(
    "url",
    [
        "http://sms.example/messages",
        "https://127.0.0.1:8001/messages",
        "https://localhost/messages",
        "https://[::1]/messages",
    ],
)
def test_production_refuses_a_sandbox(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(NAME, url)
    with pytest.raises(ImproperlyConfigured, match="is a sandbox"):
        environment.gateway(NAME, is_production=True)
    assert environment.gateway(NAME, is_production=False) == url


@pytest.mark.parametrize("url", ["sms.example", "ftp://sms.example/", "https:///messages"])
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(NAME, url)
    with pytest.raises(ImproperlyConfigured, match="must look like"):
        environment.gateway(NAME, is_production=False)


def test_a_gateway_needs_its_key_and_phones_a_key_of_their_own(tmp_path: Path) -> None:
    production = {
        "GONGXIANG_ENV": "production",
        "GONGXIANG_SECRET_KEY": LONG_KEY,
        NAME: "https://sms.example/messages",
    }
    assert "needs GONGXIANG_SMS_KEY" in load("DEBUG", tmp_path, **production).stderr
    keyed = {**production, "GONGXIANG_SMS_KEY": "k"}
    assert "GONGXIANG_PHONE_KEY must be random" in load("DEBUG", tmp_path, **keyed).stderr
