"""What the page tests share: every page, printed once, a browser beside a database, channels."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.test import override_settings
from playwright.sync_api import Browser

from gongxiang.payments.provider import Provider
from tests.web import printed


@pytest.fixture(scope="session")
def pages() -> Mapping[str, str]:
    """Give every page in every state by its name."""
    with override_settings(ROOT_URLCONF="tests.web.urls"):
        return printed.all_pages()


@pytest.fixture
def channels(tmp_path: Path) -> Iterator[None]:
    """Let there be channels to choose, though none that answers."""
    for provider in Provider:
        (tmp_path / f"{provider.value}.json").touch()
    with override_settings(CHANNELS_FOLDER=str(tmp_path)):
        yield


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Iterator[Browser]:
    """Let tests go on asking the database: the browser's client keeps an event loop running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield browser
