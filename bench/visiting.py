"""Visitors over HTTP: some connections that stay open, each asking again as soon as it is answered.

Units: requests a second, milliseconds.
Source: design/speed.md (Web); issue 4 (Speed).
"""

import itertools
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CONNECTIONS = 16
_CHUNK = 65_536


@dataclass(slots=True)
class Visits:
    """What came of them: how long each took, which statuses, how many bytes the last one had."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bytes: int = 0

    @property
    def rate(self) -> float:
        """Give the requests a second."""
        return len(self.took) / self.seconds

    def at(self, per_cent: int) -> float:
        """Give the milliseconds within which so many of a hundred were answered."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, len(ordered) * per_cent // 100)] * 1_000


class Line:
    """One connection to the server."""

    def __init__(self, address: str) -> None:
        """Connect."""
        parts = urlsplit(address)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 80), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send a request and read its answer: status, head, body."""
        self.socket.sendall(request)
        told = b""
        while b"\r\n\r\n" not in told:
            told += self._more()
        head, _, body = told.partition(b"\r\n\r\n")
        low = head.lower()
        length = 0
        if b"content-length:" in low:
            length = int(low.partition(b"content-length:")[2].partition(b"\r\n")[0])
        assert b"transfer-encoding" not in low, "answers say how long they are"
        while len(body) < length:
            body += self._more()
        return int(head[9:12]), head, body

    def _more(self) -> bytes:
        more = self.socket.recv(_CHUNK)
        if not more:
            raise ConnectionError("the server hung up")
        return more


def request(
    path: str,
    *,
    cookies: str = "",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """Write a request as it goes over the wire."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Cookie: {cookies}"] if cookies else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
        if not headers or "Content-Type" not in headers:
            lines.append("Content-Type: application/x-www-form-urlencoded")
    return "\r\n".join((*lines, "", "")).encode() + (body or b"")


def for_seconds(address: str, make: Callable[[int], bytes], *, seconds: float) -> Visits:
    """Ask for so long; `make` gives the request of a number."""
    end = time.perf_counter() + seconds
    return _visit(address, make, lambda _number: time.perf_counter() < end)


def so_many(address: str, make: Callable[[int], bytes], *, count: int) -> Visits:
    """Ask so often."""
    return _visit(address, make, lambda number: number < count)


def _visit(address: str, make: Callable[[int], bytes], is_next: Callable[[int], bool]) -> Visits:
    found, numbers = Visits(), itertools.count()
    gate = threading.Barrier(CONNECTIONS + 1)
    errors: list[BaseException] = []

    def run() -> None:
        gate.wait()
        try:
            line = Line(address)
            while is_next(number := next(numbers)):
                wanted = make(number)
                begin = time.perf_counter()
                status, _, body = line.ask(wanted)
                found.took.append(time.perf_counter() - begin)
                found.statuses[status] += 1
                found.bytes = len(body)
        except (OSError, AssertionError) as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    gate.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - begin
    if errors:
        raise errors[0]
    return found
