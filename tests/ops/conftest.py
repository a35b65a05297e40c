"""What the console's tests share: one platform with the picture's world, read by all of them."""

import os
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client, override_settings
from pytest_django.plugin import DjangoDbBlocker

from gongxiang.cli.server import Access
from tests.conftest import Database
from tests.conftest import _copy as copied
from tests.conftest import _django_on as django_on
from tests.ops import world


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
    """Give a database with the world in it, a superuser, a plain employee and a customer."""
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
    cache.clear()
    with override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False):
        yield


@pytest.fixture
def superuser(town: None) -> Client:
    """Give the superuser's browser."""
    return signed_in("min")


@pytest.fixture
def employee(town: None) -> Client:
    """Give the browser of somebody of the staff without any permission of his own."""
    return signed_in("li")


def signed_in(name: str) -> Client:
    """Give a browser in which somebody is signed in."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client
