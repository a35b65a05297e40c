"""The database goes away at any statement: 503, nothing half done, and the same form then works.

The connection is really lost: the server ends its own side of it. A full disk is told by the server
with its own code; an empty pool of connections is told by the pool.

Source: reliability C10, 8 (4, 38, 40).
"""

import contextlib
import re
from collections.abc import Iterator
from typing import Any, Final

import psycopg
import pytest
from django.db import connection
from django.test import Client, override_settings

from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.reading import footprint
from tests.web.signed import signed_in

COUNTS: Final = "members_pace"
"""How often somebody came is counted also for what then fails."""
FORMS: Final = {
    "sell": ("lin", "/points/sell?points=12.0000"),
    "withdraw": ("lin", "/wallet/withdraw/check?amount=1.00"),
    "refund": ("afang", "/store/fang/orders/o99/refund?amount=36&reason=x"),
}


@pytest.fixture(autouse=True)
def _town(database: Database) -> Iterator[None]:
    assert database.name
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


def form_of(client: Client, path: str) -> tuple[str, dict[str, str]]:
    """Give where the form of a check page goes, and what it holds."""
    page = client.get(path).content.decode()
    return path.partition("?")[0].removesuffix("/check"), dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    )


@contextlib.contextmanager
def lost_at(place: int, admin: psycopg.Connection) -> Iterator[list[str]]:
    """End the server's side of a connection right before its so-manieth statement from now on."""
    asked: list[str] = []
    execute = psycopg.Cursor.execute

    def losing(cursor: Any, query: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401  passed on
        if cursor.connection is not admin:
            asked.append(str(query))
            if len(asked) == place:
                end = "SELECT pg_terminate_backend(%s, 5000)"
                execute(admin.cursor(), end, (cursor.connection.info.backend_pid,))
        return execute(cursor, query, *rest, **named)

    psycopg.Cursor.execute = losing  # type: ignore[assignment, method-assign]
    try:
        yield asked
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
        connection.close()


@pytest.mark.parametrize("name", FORMS)
def test_a_connection_lost_at_any_statement_leaves_nothing_and_the_form_then_works(
    name: str, admin: psycopg.Connection
) -> None:
    who, path = FORMS[name]
    client = signed_in(who)
    target, form = form_of(client, path)
    before = footprint(COUNTS)
    place, answer = 0, None
    while answer is None or answer.status_code == 503:
        place += 1
        with lost_at(place, admin) as asked:
            answer = client.post(target, form)
        if answer.status_code == 503:
            assert footprint(COUNTS) == before, asked[-1]
            assert answer["Retry-After"] == "30"
    assert answer.status_code == 303
    assert place == len(asked) + 1
    assert place > 8
    assert footprint(COUNTS) != before


@pytest.mark.parametrize("name", FORMS)
def test_a_full_disk_leaves_nothing_and_the_form_then_works(
    name: str, admin: psycopg.Connection
) -> None:
    who, path = FORMS[name]
    client = signed_in(who)
    target, form = form_of(client, path)
    before = footprint(COUNTS)
    admin.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$"
    )
    admin.execute("CREATE TRIGGER fills BEFORE INSERT ON orders_fact EXECUTE FUNCTION full_disk()")
    assert client.post(target, form).status_code == 503
    assert footprint(COUNTS) == before
    admin.execute("DROP TRIGGER fills ON orders_fact")
    assert client.post(target, form).status_code == 303


def test_an_empty_pool_of_connections_is_503_until_one_is_free() -> None:
    connection.close()
    pooled: Any = connection
    kept = dict(connection.settings_dict["OPTIONS"])
    connection.settings_dict["OPTIONS"] |= {"pool": {"min_size": 1, "max_size": 1, "timeout": 0.2}}
    try:
        pooled.pool.open()
        held = pooled.pool.getconn()
        assert Client().get("/pool").status_code == 503
        pooled.pool.putconn(held)
        assert Client().get("/pool").status_code == 200
    finally:
        connection.close()
        pooled.close_pool()
        connection.settings_dict["OPTIONS"] = kept
