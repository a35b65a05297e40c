"""The platform starts on an empty home, on a current one, and refuses what it cannot trust."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from gongxiang.cli import server
from gongxiang.cli.server import Access
from tests.conftest import Database

pytestmark = pytest.mark.db

PROBE = """
import sys
from gongxiang.cli import main, start

class Probe:
    add_arguments = staticmethod(lambda parser: None)

    @staticmethod
    def run(arguments):
        with start.platform():
            from django.db import connection
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_user, count(*) FROM django_migrations")
                print(*cursor.fetchone())
            {body}
        return 0

sys.modules["gongxiang.cli.probe"] = Probe
main.COMMANDS["probe"] = main.Command("probe", "a probe")
sys.exit(main.main(["probe"]))
"""


def start(access: Access | Database, *, body: str = "", **more: str) -> "subprocess.Popen[str]":
    """Start the platform in a process of its own, on a database that runs already."""
    urls = {"DATABASE_URL": access.url, "DATABASE_OWNER_URL": access.owner_url}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", PROBE.format(body=body)],
        env={**os.environ, "PYTHONPATH": str(server.ROOT), **urls, **more},
        stdout=pipe,
        stderr=pipe,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Wait for the end; return the exit code and what was said."""
    out, err = process.communicate()
    return process.returncode, out.strip(), err.strip()


def test_two_at_once_bring_an_empty_home_up_to_date_once(home: Path) -> None:
    urls = Access(url="", owner_url="", admin_url="")
    both = [start(urls, GONGXIANG_HOME=str(home)) for _ in range(2)]
    first, second = map(ended, both)
    assert (first[0], second[0]) == (0, 0)
    assert first[1] == second[1]
    assert first[1].startswith("gongxiang_app ")
    assert (first[2] + second[2]).count("bringing the database up to date") == 1
    assert ended(start(urls, GONGXIANG_HOME=str(home)))[2] == "starting PostgreSQL"


def test_a_current_database_is_left_alone(database: Database) -> None:
    code, out, err = ended(start(database))
    assert (code, err) == (0, "")
    assert out.startswith("gongxiang_app ")


def test_a_newer_schema_is_refused_by_name(database: Database, admin: psycopg.Connection) -> None:
    admin.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_future', now())"
    )
    code, out, err = ended(start(database))
    assert (code, out) == (1, "")
    assert err.endswith("the database has a newer schema than this program: ledger.9999_future")


def test_a_database_that_may_lose_orders_is_refused(database: Database) -> None:
    """The server of a test run is one: what it may lose is nobody's money."""
    code, _, err = ended(start(database, GONGXIANG_ALLOW_LOSS="0"))
    assert code == 1
    weak = "fsync, full_page_writes, synchronous_commit must be on"
    assert err.endswith(f"the database may lose acknowledged orders: {weak}")
    assert ended(start(database))[0] == 0


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://ann:x@127.0.0.1:1/town", "the database gave up: connection failed"),
        ("mysql://ann@db/town", "DATABASE_URL must look like postgresql://"),
    ],
)
def test_a_wrong_address_is_one_sentence(url: str, sentence: str) -> None:
    code, out, err = ended(start(Access(url=url, owner_url=url, admin_url=url)))
    assert (code, out) == (1, "")
    assert err.startswith(f"gongxiang probe: {sentence}")
    assert "Traceback" not in err


def test_a_database_that_goes_away_is_one_sentence(database: Database) -> None:
    body = "connection.cursor().execute('SELECT pg_terminate_backend(pg_backend_pid())')"
    code, _, err = ended(start(database, body=body))
    assert code == 1
    assert err.startswith("gongxiang probe: the database gave up: ")
    assert "Traceback" not in err
