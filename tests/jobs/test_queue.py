"""Jobs come with the commit of their reason, and a dead worker's jobs run again (C7)."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from gongxiang.jobs.worker import run_jobs
from gongxiang.ledger.deferring import defer
from tests.conftest import Database
from tests.jobs.waiting import until
from tests.payments.paying import ask

JOBS = (
    "SELECT task_name, status::text, args->>'number' FROM procrastinate_jobs WHERE args ? 'number'"
)
DEAD = """
WITH dead AS (
    INSERT INTO procrastinate_workers (last_heartbeat)
    VALUES (now() - make_interval(secs => %s)) RETURNING id
)
UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)
"""
ran: list[int] = []


@pytest.fixture(autouse=True)
def _note(database: Database) -> Iterator[None]:
    assert database.name
    ran.clear()

    @app.task(name="note")
    def note(number: int) -> None:
        ran.append(number)

    yield
    del app.tasks["note"]


def run() -> None:
    """Work in a thread without an event loop: a browser's client keeps one running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(run_jobs(is_waiting=False))).result()


def test_a_job_is_there_with_its_commit_and_not_without() -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        defer(task="note", number=1)
        raise ZeroDivisionError
    assert ask(JOBS) == []
    with transaction.atomic():
        defer(task="note", number=2)
    assert ask(JOBS) == [("note", "todo", "2")]
    run()
    assert ran == [2]
    assert ask(JOBS) == []


def test_outside_a_transaction_nothing_is_deferred() -> None:
    with pytest.raises(AssertionError, match="together with what it follows from"):
        defer(task="note", number=1)


@pytest.mark.parametrize(("silent", "expected"), [(25, []), (35, [7])])
def test_a_dead_workers_job_runs_again_and_a_living_ones_does_not(
    silent: int, expected: list[int]
) -> None:
    with transaction.atomic():
        defer(task="note", number=7)
    ask(DEAD, silent)
    for _ in range(2):
        app.configure_task("reap").defer(timestamp=0)
        run()
    run()
    assert ran == expected


@contextlib.contextmanager
def a_worker(database: Database) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker in a process of its own until the block ends."""
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "DATABASE_OWNER_URL": database.owner_url,
        "DJANGO_SETTINGS_MODULE": "gongxiang.config.settings",
    }
    process = subprocess.Popen([sys.executable, "-m", "gongxiang.jobs"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def take_up_a_job() -> None:
    """Defer a job, and wait until somebody has done it."""
    with transaction.atomic():
        app.configure_task("reap").defer(timestamp=0)
    until(lambda: ask("SELECT 1 FROM procrastinate_jobs WHERE args ? 'timestamp'") == [])


def test_the_worker_takes_a_job_up_and_ends_when_told(database: Database) -> None:
    with a_worker(database) as process:
        take_up_a_job()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_the_worker_outlives_the_loss_of_its_connections(
    database: Database, admin: psycopg.Connection
) -> None:
    with a_worker(database) as process:
        take_up_a_job()
        connection.close()
        lost = admin.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
        assert lost
        assert lost[0] > 0
        take_up_a_job()
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
