"""A program of ours kept running beside a command, and started again whenever it ends.

Source: reliability C7.
"""

import contextlib
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from gongxiang.cli.process import bound, end

STOP_SECONDS: Final = 5
_WATCH_SECONDS: Final = 0.5


@contextlib.contextmanager
def kept(command: Sequence[str], *, name: str, log: Callable[[str], None]) -> Iterator[None]:
    """Keep a program running for as long as the block lasts."""
    is_over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(is_over, command, name, log), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        keeper.join(2 * STOP_SECONDS)


def _keep(
    is_over: threading.Event, command: Sequence[str], name: str, log: Callable[[str], None]
) -> None:
    """Start the process, and start it again whenever it ends; end it at the end."""
    while not is_over.is_set():
        process = subprocess.Popen(  # noqa: S603  our own program
            bound(command), start_new_session=True
        )
        while process.poll() is None and not is_over.wait(_WATCH_SECONDS):
            pass
        code = process.poll()
        end(process, seconds=STOP_SECONDS)
        if code is not None and not is_over.wait(_WATCH_SECONDS):
            log(f"{name} ended (exit code {code}): starting it again")
