"""What the tests of the API share: the town of the visual target, nobody counted yet."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser

from gongxiang.members.meter import METER
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget

HOSTS = ["testserver", "localhost", "127.0.0.1"]


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Iterator[Browser]:
    """Let tests go on asking the database: the browser's client keeps an event loop running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield browser


@pytest.fixture
def opened(database: Database) -> Iterator[None]:
    """Open the town."""
    assert database.name
    forget()
    METER.forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=HOSTS):
        yield
