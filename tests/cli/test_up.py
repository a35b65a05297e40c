"""`up`: begins with an empty folder, ends everything it started, and stands what is done to it."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from gongxiang.cli import server
from gongxiang.cli.cluster import Cluster, free_port
from tests.conftest import IS_LONG

pytestmark = pytest.mark.db

PATIENCE = 180
PAUSES = (0.0, 0.02, 0.05) if IS_LONG else (0.02,)
EVERYWHERE = "0.0.0.0"  # noqa: S104  the case under test
TOWN = "SELECT count(*), min(key), max(at) FROM orders_fact"
OWNERS = "SELECT count(*) FROM members_account"


class Up:
    """A running `up`, and what it said so far."""

    def __init__(self, home: Path, *words: str, **more: str) -> None:
        """Start it in a session of its own, as a terminal would."""
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "gongxiang.cli", "up", *words],
            env=environment(home, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines += iter(self.process.stdout.readline, "")

    @property
    def said(self) -> str:
        """Give everything that it said."""
        return "".join(self.lines)

    def wait_for(self, text: str) -> str:
        """Wait until it says something; give all that it said."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.said:
            assert self.process.poll() is None or text in self.said, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.02)
        return self.said

    def children(self) -> list[psutil.Process]:
        """Give what runs under it."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal and wait; give the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.reader.join(5)
        return code


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return {**kept, "PYTHONPATH": str(server.ROOT), "GONGXIANG_HOME": str(home), **more}


@contextlib.contextmanager
def running(home: Path, *words: str, **more: str) -> Iterator[Up]:
    """Start `up`, and see to it that it is gone."""
    up = Up(home, *words, **more)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.end(signal.SIGTERM)
        up.reader.join(5)
        assert up.process.stdout is not None
        up.process.stdout.close()


def answer(address: str) -> int:
    with urllib.request.urlopen(address, timeout=10) as response:  # noqa: S310  our own address
        return int(response.status)


def ask(home: Path, question: str) -> tuple[object, ...]:
    with server.database(home=home) as access, psycopg.connect(access.admin_url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def command(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "gongxiang.cli", *words],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_it_serves_the_town_and_takes_everything_with_it(home: Path, tmp_path: Path) -> None:
    port = str(free_port())
    with running(home, "--port", port) as up:
        said = up.wait_for("Ctrl-C stops everything")
        for page in ("pool", "ops/login/", "healthz"):
            assert answer(f"http://127.0.0.1:{port}/{page}") == 200
        password = re.search(r"staff account: staff / (\S+)", said)
        assert password is not None
        kept = home / "staff_password"
        assert kept.read_text().strip() == password[1]
        assert "its first sign-in sets up two-step verification" in said
        assert kept.stat().st_mode & 0o777 == 0o600

        second = command(home, "up", "--port", str(free_port()))
        assert (second.returncode, second.stdout) == (0, "")
        assert second.stderr.strip() == f"already running: http://127.0.0.1:{port}"

        other = command(tmp_path / "other", "up", "--port", port)
        assert other.returncode == 1
        assert f"cannot listen on 127.0.0.1:{port}" in other.stderr
        assert "choose another with --port" in other.stderr

        children = up.children()
        assert len(children) >= 4
        assert up.end() == 130
        assert [child for child in children if child.is_running()] == []
        assert not is_open(int(port))
    wait_until_down(home)
    with running(home, "--port", port) as again:
        assert "staff account" not in again.wait_for("Ctrl-C stops everything")
        assert again.end(signal.SIGTERM) == 143
    wait_until_down(home)


def wait_until_down(home: Path) -> None:
    folder = home / "database"
    cluster = Cluster(folder=server._place(folder, server._read(folder)))
    deadline = time.monotonic() + PATIENCE
    while cluster.port() is not None:
        assert time.monotonic() < deadline, "the database outlives its last user"
        time.sleep(0.05)


@pytest.mark.crash
def test_a_town_whose_making_was_killed_is_finished_once(home: Path) -> None:
    for pause in PAUSES:
        port = free_port()
        with running(home, "--port", str(port)) as up:
            up.wait_for("seeding a small town")
            time.sleep(pause)
            children = up.children()
            up.process.kill()
            up.process.wait()
            psutil.wait_procs(children, timeout=PATIENCE)
            assert not any(child.is_running() for child in children)
    with running(home, "--port", str(free_port())) as up:
        up.wait_for("Ctrl-C stops everything")
        facts, first, latest = ask(home, TOWN)
        published = ask(home, "SELECT published_at FROM governance_ruleversion")[0]
        assert isinstance(facts, int)
        assert facts > 500
        assert latest <= published  # type: ignore[operator]
        assert ask(home, OWNERS) == (2,)
        assert up.end() == 130
    done = command(home, "verify")
    assert done.returncode == 0, done.stderr
    with running(home, "--port", str(free_port())) as up:
        assert "seeding" not in up.wait_for("Ctrl-C stops everything")
        assert ask(home, TOWN) == (facts, first, latest)


@pytest.mark.crash
def test_a_killed_database_is_started_again_and_a_killed_web_server_ends_it(home: Path) -> None:
    port = free_port()
    with running(home, "--port", str(port)) as up:
        up.wait_for("Ctrl-C stops everything")
        folder = home / "database"
        cluster = Cluster(folder=server._place(folder, server._read(folder)))
        os.kill(int(cluster._pid_file()[0]), signal.SIGKILL)
        up.wait_for("the settler waits")
        deadline = time.monotonic() + PATIENCE
        while status(port) != 200:
            assert time.monotonic() < deadline, up.said
            time.sleep(0.2)
        granian = [child for child in up.children() if {"granian", "wsgi"} <= set(child.cmdline())]
        assert granian
        granian[0].kill()
        assert up.process.wait(PATIENCE) == 1
        up.reader.join(5)
        assert "the web server ended (exit code -9)" in up.said
        assert "Traceback" not in up.said
    assert not is_open(port)
    wait_until_down(home)


def status(port: int) -> int:
    try:
        return answer(f"http://127.0.0.1:{port}/healthz")
    except OSError:
        return 0


def test_production_invents_no_town_and_says_how_to_open(home: Path) -> None:
    more = {
        "GONGXIANG_ENV": "production",
        "GONGXIANG_SECRET_KEY": "k" * 60 + "0123456789",
        "GONGXIANG_HOSTS": "town.example",
    }
    port = str(free_port())
    done = command(home, "up", "--port", port, **more)
    assert done.returncode == 1
    assert "rules publish PRESET" in done.stderr
    assert "Traceback" not in done.stderr
    opened = command(home, "rules", "publish", "town", **more)
    assert (opened.returncode, opened.stdout) == (0, "town: version 1 of the rules is in force\n")
    twice = command(home, "rules", "publish", "town", **more)
    assert (twice.returncode, twice.stdout) == (1, "")
    assert "the platform is open already" in twice.stderr
    with running(home, "--port", port, **more) as up:
        said = up.wait_for("Ctrl-C stops everything")
        assert "seeding" not in said
        assert "短信" not in said
        assert ask(home, "SELECT count(*) FROM orders_fact") == (0,)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
@pytest.mark.long
def test_an_address_of_the_newer_kind_is_listened_on_and_printed_to_be_opened(home: Path) -> None:
    port = str(free_port())
    with running(home, "--host", "::1", "--port", port) as up:
        said = up.wait_for("Ctrl-C stops everything")
        assert f"http://[::1]:{port}/pool" in said
        assert answer(f"http://[::1]:{port}/pool") == 200
        taken = command(home / "other", "up", "--host", "::1", "--port", port)
        assert taken.returncode == 1
        assert "choose another with --port" in taken.stderr


@pytest.mark.long
def test_an_open_house_prints_an_address_that_can_be_opened(home: Path) -> None:
    port = str(free_port())
    with running(home, "--host", EVERYWHERE, "--port", port) as up:
        said = up.wait_for("Ctrl-C stops everything")
        assert f"http://127.0.0.1:{port}/pool" in said
        assert EVERYWHERE not in said


def test_a_moved_data_folder_is_the_same_platform(home: Path) -> None:
    first, second = home / "first", home / "second"
    assert command(first, "rules", "publish", "seed-1").returncode == 0
    wait_until_down(first)
    first.rename(second)
    done = command(second, "result")
    assert done.returncode == 0, done.stderr
    assert '"money": "100000"' in done.stdout
    assert not first.exists()
    server.remove(second)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(home: Path) -> None:
    home.chmod(0o500)
    done = command(home, "result")
    home.chmod(0o700)
    assert done.returncode == 1
    assert str(home) in done.stderr
    assert "Traceback" not in done.stderr
