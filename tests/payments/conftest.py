"""A platform with one store and one member, and the sandbox's channels on the wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from playwright.sync_api import Browser

from gongxiang.sandbox.keys import keys_in
from gongxiang.sandbox.pay import Sandbox
from tests.conftest import Database
from tests.payments.paying import World, make_world


@pytest.fixture
def sandbox(tmp_path: Path, payment_keys: Path) -> Iterator[Sandbox]:
    """Run the sandbox, with this run's keys and no payments."""
    folder = tmp_path / "channels"
    folder.mkdir()
    for kept in payment_keys.iterdir():
        (folder / kept.name).write_bytes(kept.read_bytes())
    with Sandbox(("127.0.0.1", 0), folder=folder) as server:
        server.start()
        with override_settings(CHANNELS_FOLDER=str(folder), PUBLIC_ADDRESS="http://127.0.0.1:9"):
            yield server
        server.shutdown()


@pytest.fixture(scope="session")
def payment_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the sandbox's keys once a run."""
    folder = tmp_path_factory.mktemp("keys")
    keys_in(folder, base="http://127.0.0.1:9")
    return folder


@pytest.fixture
def world(database: Database, sandbox: Sandbox) -> World:
    """Give a platform with a store and a member."""
    return make_world()


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Iterator[Browser]:
    """Let tests go on asking the database: the browser's client keeps an event loop running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield browser
