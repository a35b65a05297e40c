"""A hundred kills: nothing that was acknowledged is lost or doubled, and the harness has power."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.crash
def test_a_hundred_kills_lose_and_double_nothing(postgres: object) -> None:
    """The bench ends with 0 only where books are exact and a weak server's losses are seen."""
    del postgres
    run = subprocess.run(
        [sys.executable, "-m", "bench", "crash", "--kills", "100"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    lines = run.stdout.splitlines()
    assert sum("0 lost, 0 double, books exact" in line for line in lines) == 2
    assert "synchronous_commit off" in lines[-1]
