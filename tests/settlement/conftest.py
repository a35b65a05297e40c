"""What the settlement's tests share: the books of a platform, open to a superuser."""

from collections.abc import Iterator

import psycopg
import pytest

from gongxiang.cli.snapshot import WholeLoader
from tests.conftest import Database
from tests.settlement.platforms import Books


@pytest.fixture
def books(database: Database) -> Iterator[Books]:
    """Give the books of the test's platform."""
    with psycopg.connect(database.admin_url) as connection:
        connection.adapters.register_loader("numeric", WholeLoader)
        yield Books(connection)
