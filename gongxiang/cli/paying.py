"""Payments while `up` runs: the sandbox of the channels, and the worker that asks and sends.

The worker runs beside the settler, in a thread and on a connection of its own, so that a slow
channel keeps no settlement waiting.

Source: P1, P5; reliability 1.4 (9), C7.
"""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

_STOP_SECONDS: Final = 5
_WORK_SECONDS: Final = 1


@contextlib.contextmanager
def sandbox_channels(home: Path, *, address: str) -> Iterator[str]:
    """Run the sandbox of the channels unless the settings name real ones; give its address."""
    os.environ.setdefault("GONGXIANG_ADDRESS", address)
    if os.environ.get("GONGXIANG_CHANNELS") or os.environ.get("GONGXIANG_ENV") == "production":
        yield ""
        return
    folder = str(home / "sandbox")
    process = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "gongxiang.sandbox.pay", "--folder", folder],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None, "the sandbox says its address"
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def payment_worker(*, log: Callable[[str], None]) -> Iterator[None]:
    """Ask about open payments and send what waits, every second."""
    is_over = threading.Event()
    worker = threading.Thread(target=_work, args=(is_over, log), daemon=True)
    worker.start()
    try:
        yield
    finally:
        is_over.set()
        worker.join(_STOP_SECONDS)


def _work(is_over: threading.Event, log: Callable[[str], None]) -> None:
    from django.db import connection  # noqa: PLC0415  Django must be set up first

    from gongxiang.acts.dispatch_outbox import dispatch_outbox  # noqa: PLC0415
    from gongxiang.acts.sweep_payments import sweep_payments  # noqa: PLC0415

    is_down = False
    while not is_over.wait(_WORK_SECONDS):
        try:
            sweep_payments()
            dispatch_outbox()
            is_down = False
        except Exception as error:  # noqa: BLE001  whatever it was, the next second tries again
            if not is_down:
                log(f"the payment worker waits: {str(error).strip()}")
            is_down = True
            connection.close()
    connection.close()
