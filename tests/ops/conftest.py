"""What the console's tests share: one platform with the picture's world, read by all of them."""

import os
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from pytest_django.plugin import DjangoDbBlocker

from gongxiang.cli.server import Access
from tests.conftest import Database
from tests.conftest import _copy as copied
from tests.conftest import _django_on as django_on
from tests.forgetting import forget
from tests.ops import world
from tests.ops.staff import signed_in


@pytest.fixture(autouse=True, scope="session")
def _beside_a_browser() -> Iterator[None]:
    """Let the database be asked in the thread where the browser's client runs its loop."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def town_database(
    postgres: Access, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    """Give a database with the world in it, somebody of every role and a customer."""
    name = f"town_{os.getpid()}"
    with copied(postgres, template, name) as made:
        with django_db_blocker.unblock(), django_on(made.url):
            world.platform()
            world.users()
        yield made


@pytest.fixture
def town(town_database: Database, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Connect a test to the world; it must not change anything there but sessions."""
    with django_db_blocker.unblock(), django_on(town_database.url):
        yield


@pytest.fixture(autouse=True)
def _plain() -> Iterator[None]:
    forget()
    with override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False):
        yield


@pytest.fixture
def superuser(town: None) -> Client:
    """Give an admin's browser."""
    return signed_in("min")


@pytest.fixture
def employee(town: None) -> Client:
    """Give the browser of an auditor, who sees everything and changes nothing."""
    return signed_in("li")
