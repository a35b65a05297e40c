"""What the page tests share: every page, printed once, and a browser beside a database."""

from collections.abc import Iterator, Mapping

import pytest
from django.test import override_settings
from playwright.sync_api import Browser

from tests.web import printed


@pytest.fixture(scope="session")
def pages() -> Mapping[str, str]:
    """Give every page in every state by its name."""
    with override_settings(ROOT_URLCONF="tests.web.urls"):
        return printed.all_pages()


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Iterator[Browser]:
    """Let tests go on asking the database: the browser's client keeps an event loop running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield browser
