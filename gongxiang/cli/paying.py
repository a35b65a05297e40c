"""Payments while `up` runs: the sandbox of the channels.

Source: P1.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gongxiang.cli.process import bound, end

_STOP_SECONDS: Final = 5


@contextlib.contextmanager
def sandbox_channels(home: Path, *, address: str) -> Iterator[str]:
    """Run the sandbox of the channels unless the settings name real ones; give its address."""
    os.environ.setdefault("GONGXIANG_ADDRESS", address)
    if os.environ.get("GONGXIANG_CHANNELS") or os.environ.get("GONGXIANG_ENV") == "production":
        yield ""
        return
    folder = str(home / "sandbox")
    process = subprocess.Popen(  # noqa: S603  our own program
        bound([sys.executable, "-m", "gongxiang.sandbox.pay", "--folder", folder]),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None, "the sandbox says its address"
        yield process.stdout.readline().strip()
    finally:
        end(process, seconds=_STOP_SECONDS)
