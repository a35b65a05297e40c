"""`work`: runs beside a web server of one's own, and ends whole."""

import os
import signal
import subprocess
import sys

import psutil

from gongxiang.cli.server import ROOT
from tests.conftest import Database
from tests.jobs.waiting import until


def test_it_works_until_told_to_stop_and_leaves_nothing_behind(database: Database) -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "gongxiang.cli", "work"],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database.url,
            "DATABASE_OWNER_URL": database.owner_url,
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.readline() == "working; Ctrl-C stops\n"
        running = psutil.Process(process.pid)
        until(lambda: len(running.children()) == 1)
        children = running.children(recursive=True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 143
        assert [child for child in children if child.is_running()] == []
