"""Kills: nothing that was acknowledged is lost or doubled, and the harness has power."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import IS_LONG

ROOT = Path(__file__).resolve().parents[2]
KILLS = 1_000 if IS_LONG else 30
PATIENCE = 3_600 if IS_LONG else 600


@pytest.mark.crash
def test_kills_lose_and_double_nothing(postgres: object) -> None:
    """The bench ends with 0 only where books are exact and a weak server's losses are seen."""
    del postgres
    run = subprocess.Popen(
        [sys.executable, "-m", "bench", "crash", "--kills", str(KILLS)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        told, _ = run.communicate(timeout=PATIENCE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
    assert run.returncode == 0, told
    lines = told.splitlines()
    assert sum("0 lost, 0 double, books exact" in line for line in lines) == 3
    assert any(line.startswith(f"busy minute: {KILLS // 5} kills") for line in lines)
    assert "synchronous_commit off" in lines[-1]
