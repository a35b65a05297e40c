"""A program that ends with whoever started it, also when that one was killed and could not end it.

    python -m gongxiang.cli.process PARENT COMMAND ...    asks the system for SIGTERM at the
                                                          parent's death, then becomes COMMAND

It asks in a process of its own: between fork and exec of a program with threads nothing is safe.
Linux alone offers it; elsewhere the command runs as it is.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Final

_SIGNAL_AT_PARENTS_DEATH: Final = 1


def bound(command: Sequence[str]) -> list[str]:
    """Give the command that runs `command` for as long as this process lives."""
    return [sys.executable, "-m", __name__, str(os.getpid()), *command]


def end(process: subprocess.Popen[Any], *, seconds: float) -> None:
    """End a program that leads a group of its own, and all that it left in the group.

    What a killed program had started lives on without it, and would keep its port.
    """
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _main(parent: int, command: Sequence[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SIGNAL_AT_PARENTS_DEATH, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(f"process {parent} has gone before its program began")
    os.execvp(command[0], list(command))  # noqa: S606  our own programs, by the caller's own words


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2:])
