"""`work`: the worker of a platform whose web server runs elsewhere, until it is told to end.

It asks the channels about what is open, sends what waits, and runs the jobs of the queue. Any
number of workers may run; `up` has one of its own.
"""

import argparse
import subprocess
import sys
from typing import Final

from gongxiang.cli.failure import Failure
from gongxiang.cli.keeping import STOP_SECONDS
from gongxiang.cli.process import bound, end
from gongxiang.cli.start import platform, say

_PROGRAM: Final = (sys.executable, "-m", "gongxiang.jobs")


def worker(*, is_sandbox: bool = False) -> list[str]:
    """Give the command of the worker's process; beside a sandbox it opens the stores' accounts."""
    return [*_PROGRAM, *(["--sandbox"] if is_sandbox else [])]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare no options."""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001  every command's form
    """Work until told to stop."""
    with platform():
        process = subprocess.Popen(bound(worker()), start_new_session=True)  # noqa: S603  our own
        say("working; Ctrl-C stops")
        try:
            code = process.wait()
        finally:
            end(process, seconds=STOP_SECONDS)
    raise Failure(f"the worker ended (exit code {code})")
