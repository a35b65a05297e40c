"""The stream of arrivals while `up` runs: one small process at a free port, started again if lost.

Open pages come back to it by themselves, and read what they missed.

Source: design/ui/faces.md 7 (c) 4, 5; docs/adr/0015-arrivals-by-notify.md.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Final

from gongxiang.cli.cluster import free_port
from gongxiang.cli.keeping import kept

_PAGES_MAX: Final = 20_000


@contextlib.contextmanager
def arrivals_stream(*, host: str, log: Callable[[str], None]) -> Iterator[None]:
    """Run the stream for the pages of a web server, unless the settings name another one."""
    if os.environ.get("GONGXIANG_STREAM"):
        yield
        return
    port = free_port()
    os.environ["GONGXIANG_STREAM"] = f":{port}"
    try:
        with kept(command(host=host, port=port), name="the stream of arrivals", log=log):
            yield
    finally:
        del os.environ["GONGXIANG_STREAM"]


def command(*, host: str, port: int) -> list[str]:
    """Give the command that runs the stream."""
    options = {
        "--interface": "asgi",
        "--host": host,
        "--port": str(port),
        "--workers": "1",
        "--backlog": str(_PAGES_MAX),
        "--backpressure": str(_PAGES_MAX),
        "--log-level": "error",
    }
    words = [word for option in options.items() for word in option]
    target = "gongxiang.web.live.app:application"
    return [sys.executable, "-m", "granian", *words, "--no-ws", target]
