"""Arrivals reach every open page within a second of their commit, and none is missed.

The stream runs as `up` runs it, in a process of its own; pages are plain connections over
loopback. Source: design/ui/faces.md 7 (c) 4, 5; issue 4 E.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg
import pytest
from django.conf import settings

from bench import house
from gongxiang.acts.give_codes import give_codes
from gongxiang.acts.open_shift import open_shift
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.cli.cluster import free_port
from gongxiang.cli.streaming import arrivals_stream, command
from gongxiang.orders import arrivals
from gongxiang.web.live.tokens import token
from tests.acts import town
from tests.conftest import Database

TILLS = 500
OF_THE_STORE = 10
"""The others wait for other stores: a payment makes those of its own store read again."""

NOW = b"event: now"
BEAT = b"event: beat"


@pytest.fixture
def port(database: Database, monkeypatch: pytest.MonkeyPatch) -> int:
    """Open the town, and choose where its stream will be."""
    town.open_town()
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("GONGXIANG_SECRET_KEY", settings.SECRET_KEY)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "gongxiang.config.settings")
    return free_port()


@contextlib.contextmanager
def stream(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the stream process until the block ends."""
    process = subprocess.Popen(command(host="127.0.0.1", port=port), start_new_session=True)
    try:
        until(lambda: status(port, "/healthz") == 204)
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(is_so: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until something is so."""
    over = threading.Event()
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        over.wait(0.02)


def status(port: int, path: str) -> int:
    """Give the status of an answer, 0 for none."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page at the web server, as its browser asks for it."""

    port: int
    path: str
    cookies: str


class Pages:
    """Open pages, in a thread of their own: what each heard and was then shown, and when."""

    def __init__(self, port: int, topics: list[str], shown: Shown | None = None) -> None:
        self.heard: list[list[tuple[float, bytes]]] = [[] for _ in topics]
        self.read: list[list[tuple[float, bytes]]] = [[] for _ in topics]
        self._port, self._topics, self._shown = port, topics, shown
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join()
        self._loop.close()

    def count(self, word: bytes, *, page: int) -> int:
        """Count how often a page heard a word."""
        return sum(heard == word for _, heard in self.heard[page])

    def _run(self) -> None:
        async def together() -> None:
            self._due = [asyncio.Event() for _ in self._topics]
            pages = [self._page(place, topic) for place, topic in enumerate(self._topics)]
            reads = [self._reads(place, self._shown) for place in range(len(self._topics))]
            await asyncio.gather(*pages, *reads)

        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(together())

    def _stop(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    async def _page(self, place: int, topic: str) -> None:
        """Listen, and come back a second after every loss, as a browser does."""
        while True:
            with contextlib.suppress(OSError):
                await self._listen(place, topic)
            await asyncio.sleep(1)

    async def _listen(self, place: int, topic: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            address = f"/live?t={token(topic=topic)}"
            writer.write(
                f"GET {address} HTTP/1.1\r\nHost: till\r\nConnection: close\r\n\r\n".encode()
            )
            while line := await reader.readline():
                if line.startswith(b"event:"):
                    self.heard[place].append((time.monotonic(), line.strip()))
                    if line.strip() == NOW:
                        self._due[place].set()
        finally:
            writer.close()

    async def _reads(self, place: int, shown: Shown | None) -> None:
        """Read the page again after each word, once for all that came while it was read."""
        while shown:
            await self._due[place].wait()
            self._due[place].clear()
            last = await _last_shown(shown)
            self.read[place].append((time.monotonic(), last))


async def _last_shown(shown: Shown) -> bytes:
    """Ask the web server for the page, and give the payment that it shows last."""
    reader, writer = await asyncio.open_connection("127.0.0.1", shown.port)
    try:
        lines = (f"GET {shown.path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {shown.cookies}")
        writer.write("\r\n".join((*lines, "Connection: close", "", "")).encode())
        told = await reader.read()
    finally:
        writer.close()
    assert told.startswith(b"HTTP/1.1 200"), told[:300]
    return told.partition(b'data-last="')[2].partition(b'"')[0]


def pay(number: int, *, store: str) -> float:
    """Record a payment; give the moment after its commit."""
    pay_at_store(
        key=f"L{number}",
        member=town.party("lin"),
        store=town.party(store, kind=2),
        amount_fen=100 + number,
    )
    return time.monotonic()


def test_500_open_tills_learn_of_a_payment_within_a_second_of_its_commit(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    fang, qing = (arrivals.of_store(town.party(name, kind=2)) for name in ("fang", "qing"))
    lags: list[float] = []
    with stream(port), Pages(port, [fang, qing] * (TILLS // 2)) as pages:
        until(lambda: all(pages.count(NOW, page=place) for place in range(TILLS)), seconds=60)
        for number in range(2, 12):
            mine = range(number % 2, TILLS, 2)
            paid_at = pay(number, store=("fang", "qing")[number % 2])
            until(lambda: all(pages.count(NOW, page=place) > number // 2 for place in mine))  # noqa: B023
            lags += [pages.heard[place][-1][0] - paid_at for place in mine]
        counts = {pages.count(NOW, page=place) for place in range(TILLS)}
    lags.sort()
    median, last = lags[len(lags) // 2], lags[-1]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{TILLS} tills, commit to arrival: median {median:.4f} s, last {last:.4f} s\n"
        )
    assert counts == {6}, "another store's tills were woken"
    assert last <= 1


def test_of_500_open_tills_those_of_the_store_show_a_payment_within_a_second_of_its_commit(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each reads its whole page again from the web server, as its script does."""
    fang = town.party("fang", kind=2)
    give_codes()
    ((door,),) = town.query("SELECT code FROM merchants_profile WHERE store_id = %s", fang)
    cookies = house.session_of(town.party("afang"), 1)
    open_shift(store=fang, person=town.party("afang"), float_fen=0)
    topics = [arrivals.of_store(fang)] * OF_THE_STORE
    topics += [arrivals.of_store(place) for place in range(1, TILLS - OF_THE_STORE + 1)]
    lags: list[float] = []
    with stream(port), house.served(house.PRODUCT) as web:
        shown = Shown(
            port=int(web.rpartition(":")[2]), path=f"/store/{door}/cashier", cookies=cookies
        )
        with Pages(port, topics, shown) as pages:
            until(lambda: all(pages.read), seconds=120)
            for number in range(1, 6):
                paid_at, key = pay(number, store="fang"), f"L{number}".encode()
                mine = pages.read[:OF_THE_STORE]
                until(lambda: all(read[-1][1] == key for read in mine))  # noqa: B023
                lags += [next(at for at, last in read if last == key) - paid_at for read in mine]
    lags.sort()
    with capsys.disabled():
        sys.stdout.write(
            f"\n{TILLS} tills, {OF_THE_STORE} of the store, commit to the page that shows it:"
            f" median {lags[len(lags) // 2]:.4f} s, last {lags[-1]:.4f} s\n"
        )
    assert {len(read) for read in pages.read[OF_THE_STORE:]} == {1}, "another store's tills read"
    assert lags[-1] <= 1


def test_the_page_that_waits_for_its_order_is_woken_and_no_other(port: int) -> None:
    topics = [arrivals.of_order("L1"), arrivals.of_order("L2")]
    with stream(port), Pages(port, topics) as pages:
        until(lambda: pages.count(NOW, page=0) == 1 and pages.count(NOW, page=1) == 1)
        pay(1, store="fang")
        until(lambda: pages.count(NOW, page=0) == 2)
        until(lambda: pages.count(BEAT, page=1) == 1)
        assert pages.count(NOW, page=1) == 1


def test_a_payment_that_is_undone_was_never_told(port: int) -> None:
    fang = town.party("fang", kind=2)
    with stream(port), Pages(port, [arrivals.of_store(fang)]) as pages:
        until(lambda: pages.count(NOW, page=0) == 1)
        with psycopg.connect(os.environ["DATABASE_URL"]) as other:
            arrivals.announce(other.cursor(), store=fang, key="L1")
            other.rollback()
        until(lambda: pages.count(BEAT, page=0) == 1)
        assert pages.count(NOW, page=0) == 1


def test_after_a_kill_the_tills_come_back_and_are_told_to_read_what_they_missed(port: int) -> None:
    topics = [arrivals.of_store(town.party("fang", kind=2))] * 20
    with Pages(port, topics) as pages:
        with stream(port) as process:
            until(lambda: all(pages.count(NOW, page=place) == 1 for place in range(20)))
            kill(process)
        paid_at = pay(1, store="fang")
        with stream(port):
            until(lambda: all(pages.count(NOW, page=place) == 2 for place in range(20)))
            assert min(heard[-1][0] for heard in pages.heard) > paid_at
            pay(2, store="fang")
            until(lambda: all(pages.count(NOW, page=place) == 3 for place in range(20)))


def test_whoever_cannot_hear_the_database_sends_its_pages_away(
    port: int, admin: psycopg.Connection
) -> None:
    """Silence tells a till that it is blind; it is told to read again when that is over."""
    with stream(port), Pages(port, [arrivals.of_store(1)]) as pages:
        until(lambda: pages.count(NOW, page=0) == 1)
        killed = admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query ~ '^LISTEN|SELECT 1' AND pid <> pg_backend_pid()"
            " AND datname = current_database()"
        ).fetchall()
        assert killed
        until(lambda: pages.count(NOW, page=0) == 2)


def test_nobody_listens_without_a_fresh_token(port: int) -> None:
    good = token(topic="s1")
    other = token(topic="s2").partition(":")[0]
    with stream(port):
        for wrong in ("", "s1", good[:-1], f"{good}x", f"{other}:{good.partition(':')[2]}"):
            assert status(port, f"/live?t={wrong}") == 403, wrong
        assert status(port, "/") == 404


def test_up_starts_the_stream_again_when_it_is_lost(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GONGXIANG_STREAM", raising=False)
    said: list[str] = []
    with arrivals_stream(host="127.0.0.1", log=said.append):
        own = int(os.environ["GONGXIANG_STREAM"].removeprefix(":"))
        until(lambda: status(own, "/healthz") == 204)
        (process,) = children_at(own)
        os.killpg(process, signal.SIGKILL)
        until(lambda: bool(said))
        until(lambda: status(own, "/healthz") == 204)
    assert said == ["the stream of arrivals ended (exit code -9): starting it again"]
    assert status(own, "/healthz") == 0
    assert "GONGXIANG_STREAM" not in os.environ


def children_at(port: int) -> list[int]:
    """Give the process groups whose command names a port."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if str(port).encode() in words and b"granian" in words:
                found.append(os.getpgid(int(folder.name)))
    return sorted(set(found))
