"""What tests share: a real PostgreSQL, databases made from a migrated template, a real browser.

One embedded server serves a whole run, also over several workers; it starts with the first test
that asks for it. In CI (GONGXIANG_CI=1) a test that would be skipped for want of a database, a
browser or the shared folder fails instead.
"""

import contextlib
import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from gongxiang.cli import server
from gongxiang.cli.cluster import ServerError
from gongxiang.cli.server import Access
from gongxiang.config import environment
from tests.leaks import persons_logged

ROOT = Path(__file__).resolve().parents[1]
RUN_HOME = "GONGXIANG_TEST_HOME"
IN_CI = os.environ.get("GONGXIANG_CI") == "1"
IS_LONG = os.environ.get("GONGXIANG_LONG") == "1"
TEMPLATE = "template_migrated"
HASTY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "300",
}
"""This run's server is thrown away; what must survive a crash is tested on servers of its own.

Two workers may have 64 at once each, at the same moment: PostgreSQL's own 100 would refuse some.
"""
QUICK_HASHER = "tests.hashing.QuickHasher"
"""Staff sign in hundreds of times in the tests; test_door asks for the real one."""
interrupts: list[BaseException] = []
_numbers = itertools.count()
SLOW = (
    *("test_every_page.py", "test_up.py", "test_first_day.py", "test_many_transfers.py"),
    *("test_crash.py", "test_schema_cases.py", "test_matrix.py", "test_server.py", "test_audit.py"),
)
"""They begin first, so that nothing long is left for the end."""
MEMORY_MIN = 4 * 2**30
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database of one test, and the ways in for each role."""

    name: str
    url: str
    owner_url: str
    admin_url: str


def missing(what: str) -> NoReturn:
    """Skip for want of something, visibly; in CI, fail."""
    if IN_CI:
        pytest.fail(f"CI must not skip: {what}")
    pytest.skip(what)


def pytest_configure(config: pytest.Config) -> None:
    """Keep every test away from the caller's own database and home."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
    connections["default"].settings_dict.update(NAME="")
    if not hasattr(config, "workerinput"):
        home = Path(tempfile.mkdtemp(prefix="gongxiang-test-", dir=_roomy_memory()))
        _let_pass(home)
        os.environ[RUN_HOME] = str(home)
    os.environ["GONGXIANG_HOME"] = os.environ[RUN_HOME]
    os.environ["GONGXIANG_ALLOW_LOSS"] = "1"
    settings.DOCUMENTS_FOLDER = Path(os.environ[RUN_HOME]) / "documents"
    settings.PASSWORD_HASHERS = [QUICK_HASHER, *settings.PASSWORD_HASHERS]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if not hasattr(config, "workerinput"):
        home = Path(os.environ[RUN_HOME])
        with contextlib.suppress(ServerError):
            server.remove(home)
        shutil.rmtree(home, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a database or a browser; leave the long form out; the slow files first."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if {"postgres", "home"} & set(fixtures) or item.get_closest_marker("django_db"):
            item.add_marker("db")
        if "browser" in fixtures:
            item.add_marker("browser")
        if item.get_closest_marker("long") and not IS_LONG:
            item.add_marker(pytest.mark.skip(reason="long form only: dev.py test --long"))
    items.sort(key=lambda item: item.path.name not in SLOW)


def pytest_xdist_auto_num_workers() -> int:
    """Give one more than there are processors: browsers, servers and clocks are waited for."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test whose logs name a person (reliability 8 (36))."""
    report = yield
    named = [] if item.get_closest_marker("invents") else persons_logged(report.sections)
    if named and report.passed:
        report.outcome = "failed"
        report.longrepr = f"a log names a person: {named}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Remember a Ctrl-C for the exit code."""
    if excinfo.type is KeyboardInterrupt:
        interrupts.append(excinfo.value)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End with 130 after a Ctrl-C, as every command of the house does."""
    if interrupts:
        session.exitstatus = 130


@pytest.fixture(scope="session")
def postgres() -> Iterator[Access]:
    """Give access to the embedded server of this run; its database `gongxiang` stays empty."""
    with contextlib.ExitStack() as stack:
        try:
            access = stack.enter_context(
                server.database(home=Path(os.environ[RUN_HOME]), settings=HASTY)
            )
        except ServerError as error:
            missing(f"no PostgreSQL: {error}")
        yield access


@pytest.fixture
def home() -> Iterator[Path]:
    """Give an empty data folder for commands with a server of their own; both are taken away."""
    with tempfile.TemporaryDirectory(prefix="gongxiang-home-") as name:
        folder = Path(name)
        _let_pass(folder)
        yield folder
        server.remove(folder)


@pytest.fixture(scope="session")
def template(postgres: Access, django_db_blocker: DjangoDbBlocker) -> str:
    """Name the migrated database from which others are made; one worker makes it for all."""
    with (Path(os.environ[RUN_HOME]) / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
            if not _exists(connection, TEMPLATE):
                draft = f"{TEMPLATE}_draft"
                _create(connection, draft, template="gongxiang")
                with django_db_blocker.unblock(), _django_on(_renamed(postgres.owner_url, draft)):
                    call_command("migrate", interactive=False, verbosity=0)
                connection.execute(f"ALTER DATABASE {draft} RENAME TO {TEMPLATE}")
    return TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(
    postgres: Access, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Let `@pytest.mark.django_db` tests run, rolled back, in a database of their worker."""
    name = f"shared_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with (
        _copy(postgres, template, name),
        django_db_blocker.unblock(),
        _django_on(_renamed(postgres.url, name)),
    ):
        django_db_blocker.block()
        yield
        django_db_blocker.unblock()
    django_db_blocker.block()


@pytest.fixture
def database(
    postgres: Access, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    """Give a database of its own to a test that commits; Django is connected to it as the app."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with (
        _copy(postgres, template, name) as made,
        django_db_blocker.unblock(),
        _django_on(made.url),
    ):
        yield made


@pytest.fixture
def elsewhere(
    postgres: Access, template: str, database: Database
) -> Callable[[], AbstractContextManager[Database]]:
    """Give a way to work on another fresh platform for a while, and to come back."""
    assert database.name

    @contextlib.contextmanager
    def opened() -> Iterator[Database]:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        with _copy(postgres, template, name) as made, _django_on(made.url):
            yield made

    return opened


@pytest.fixture
def admin(database: Database) -> Iterator[psycopg.Connection]:
    """Give a superuser's connection to the test's database, each statement for itself."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Debian's Chromium, headless."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        missing("no browser: apt install chromium-headless-shell fonts-noto-cjk")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of worked examples: beside the checkout, or GONGXIANG_SHARED."""
    folder = Path(os.environ.get("GONGXIANG_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        missing(f"no folder {folder}; set GONGXIANG_SHARED")
    return folder


def _roomy_memory() -> str | None:
    """Name a file system in memory with room for this run's databases, where there is one."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
    is_roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_MIN
    return str(memory) if is_roomy and os.access(memory, os.W_OK) else None


def _let_pass(folder: Path) -> None:
    """Let the account through that root's server runs as."""
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


@contextlib.contextmanager
def _copy(access: Access, template: str, name: str) -> Iterator[Database]:
    with psycopg.connect(access.admin_url, autocommit=True) as connection:
        _create(connection, name, template=template)
        try:
            yield Database(
                name=name,
                url=_renamed(access.url, name),
                owner_url=_renamed(access.owner_url, name),
                admin_url=_renamed(access.admin_url, name),
            )
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)


def _create(connection: psycopg.Connection, name: str, *, template: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER gongxiang_owner STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def _exists(connection: psycopg.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def _renamed(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextlib.contextmanager
def _django_on(url: str) -> Iterator[None]:
    """Point Django's connection of this thread at a database for a while."""
    connection = connections["default"]
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(environment.database(url))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
