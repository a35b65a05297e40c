"""The embedded server lives exactly as long as somebody uses it."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gongxiang.cli import cluster, server
from gongxiang.cli.cluster import Cluster, ServerError

pytestmark = pytest.mark.db

USER = """
import sys
from pathlib import Path
from gongxiang.cli import server
with server.database(home=Path(sys.argv[1])) as access:
    print(access.admin_url, flush=True)
    sys.stdin.read()
"""
PATIENCE = 60


def of_home(home: Path) -> Cluster:
    """Find the cluster of a home."""
    return Cluster(folder=server._place(home / "database", server._read(home / "database")))


def postmaster(home: Path) -> int:
    """Read the number of the server's first process."""
    return int((of_home(home).data / "postmaster.pid").read_text().split()[0])


def wait_until_down(home: Path) -> None:
    """Wait for the server to be gone."""
    deadline = time.monotonic() + PATIENCE
    while of_home(home).port() is not None:
        assert time.monotonic() < deadline, "the server still runs"
        time.sleep(0.02)


@contextlib.contextmanager
def user(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Use the server from another process, until its standard input closes."""
    words = [sys.executable, "-c", USER, str(home)]
    environment = {**os.environ, "PYTHONPATH": str(server.ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        yield process


def url_of(process: subprocess.Popen[str]) -> str:
    """Read the address that a user printed once it had the server."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_it_starts_durable_stops_and_keeps_its_data(home: Path) -> None:
    with server.database(home=home) as access, psycopg.connect(access.owner_url) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == ("on",)
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert of_home(home).port() is None
    with server.database(home=home) as again, psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert again == access


def test_only_a_password_opens_it_and_only_here(home: Path) -> None:
    with server.database(home=home) as access:
        password = access.url.split(":")[2].split("@")[0]
        for url in (access.url.replace(password, "wrong"), access.url.replace(f":{password}", "")):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url)
        with psycopg.connect(access.admin_url) as connection:
            listens = connection.execute("SHOW listen_addresses").fetchone()
    assert listens == ("127.0.0.1",)
    assert stat.S_IMODE((home / "database" / "access.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(of_home(home).data.stat().st_mode) == 0o700


def test_it_lives_until_its_last_user_ends(home: Path) -> None:
    with user(home) as first:
        url = url_of(first)
        with server.database(home=home) as access:
            assert access.admin_url == url
            first.communicate()
            assert first.returncode == 0
            with psycopg.connect(access.url) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
    assert of_home(home).port() is None


def test_two_users_at_once_start_it_once(home: Path) -> None:
    with user(home) as first, user(home) as second:
        assert url_of(first) == url_of(second) != ""
        assert postmaster(home) > 0
        first.communicate()
        second.communicate()
    assert of_home(home).log.read_text().count("ready to accept connections") == 1
    assert of_home(home).port() is None


@pytest.mark.crash
def test_a_killed_server_starts_again_with_what_was_committed(home: Path) -> None:
    with server.database(home=home) as access:
        with psycopg.connect(access.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(postmaster(home), signal.SIGKILL)
        wait_until_down(home)
        with server.database(home=home) as again, psycopg.connect(again.url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


@pytest.mark.crash
def test_a_killed_last_user_leaves_no_server_behind(home: Path) -> None:
    with user(home) as only:
        url_of(only)
        only.kill()
    wait_until_down(home)


@pytest.mark.crash
def test_a_killed_user_does_not_stop_the_server_of_another(home: Path) -> None:
    with user(home) as first, server.database(home=home) as access:
        url_of(first)
        first.kill()
        first.wait()
        with psycopg.connect(access.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.crash
def test_a_stranger_with_a_dead_servers_number_is_not_the_server(home: Path) -> None:
    with server.database(home=home):
        os.kill(postmaster(home), signal.SIGKILL)
        wait_until_down(home)
        pid_file = of_home(home).data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        with server.database(home=home) as again, psycopg.connect(again.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert postmaster(home) != os.getpid()


def test_a_half_made_cluster_is_made_anew(home: Path) -> None:
    with server.database(home=home):
        pass
    data = of_home(home).data
    data.rename(data.with_name("data.new"))
    with server.database(home=home) as access, psycopg.connect(access.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_taken_port_gives_way_to_a_free_one(home: Path) -> None:
    with server.database(home=home) as access:
        pass
    port = int(access.url.rsplit(":", 1)[1].split("/")[0])
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with server.database(home=home) as again, psycopg.connect(again.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert again.url != access.url


def test_other_settings_need_a_server_of_their_own(home: Path) -> None:
    weak = {"synchronous_commit": "off"}
    with server.database(home=home, settings=weak) as access:
        with psycopg.connect(access.url) as connection:
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("off",)
        with (
            pytest.raises(ServerError, match="synchronous_commit"),
            server.database(home=home),
        ):
            pass


def test_database_url_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann@db.example/town")
    with server.database() as access:
        assert access.url == access.owner_url == "postgresql://ann@db.example/town"
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://olga@db.example/town")
    with server.database() as access:
        assert access.owner_url == "postgresql://olga@db.example/town"


def test_a_database_in_use_is_not_removed(home: Path) -> None:
    with server.database(home=home), pytest.raises(ServerError, match="in use"):
        server.remove(home)


@pytest.mark.parametrize(
    ("pg_bin", "sentence"),
    [("/nowhere", "no PostgreSQL programs in /nowhere"), ("old", "PostgreSQL 18 or newer")],
)
def test_wrong_programs_are_refused_by_name(
    home: Path, monkeypatch: pytest.MonkeyPatch, pg_bin: str, sentence: str
) -> None:
    for name in ("initdb", "postgres"):
        (home / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.18'\n")
        (home / name).chmod(0o755)
    monkeypatch.setenv("PG_BIN", str(home) if pg_bin == "old" else pg_bin)
    cluster.binaries.cache_clear()
    with pytest.raises(ServerError, match=sentence):
        cluster.binaries()
    cluster.binaries.cache_clear()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_what_the_account_cannot_reach_is_put_where_it_can(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = home / "elsewhere"
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    install = cluster.binaries().parent
    for part in (install, *install.parent.parent.glob("*_postgres.libs")):
        shutil.copytree(part, closed / part.relative_to(install.parent.parent), symlinks=True)
    programs = closed / install.relative_to(install.parent.parent) / "bin"
    monkeypatch.setattr(cluster, "ELSEWHERE", elsewhere)
    monkeypatch.setenv("PG_BIN", str(programs))
    cluster.binaries.cache_clear()
    with server.database(home=closed) as access, psycopg.connect(access.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert cluster.binaries().is_relative_to(elsewhere)
        assert of_home(closed).folder.is_relative_to(elsewhere)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    server.remove(closed)
    assert [path.name.split("-")[0] for path in elsewhere.iterdir()] == ["postgresql"]
    cluster.binaries.cache_clear()
