"""Killing processes at random moments, and what must hold afterwards.

A victim is forked, so that it is at work again within milliseconds. The server is killed as a
power cut would: its first process and every other, at once; then it recovers.

Units: seconds. Source: reliability C3.
"""

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from pathlib import Path
from random import Random

from django.db import connections

from bench.ground import Server

SERVER = "server"
BACKEND = "backend"
LIFE_MAX = 0.3
"""How long victims live at most before one of them is killed, where nothing else is said."""

PATIENCE = 60
PAUSE = 0.001


@dataclass(slots=True, eq=False)
class Herd:
    """Processes at work, by what they do; the work of each must never end by an error."""

    server: Server
    work: Mapping[str, Callable[[], None]]
    chance: Random
    life_max: float = LIFE_MAX
    kills: Counter[str] = field(default_factory=Counter)
    _processes: dict[str, ForkProcess] = field(default_factory=dict)

    def harass(
        self, kills: int, weights: Mapping[str, int], *, ready: Callable[[], None] = lambda: None
    ) -> None:
        """Kill so many times once all is ready, everybody once at first; end early when done."""
        names = list(weights)
        spared = self.chance.sample(names, len(names))
        self.start()
        ready()
        while self.kills.total() < kills and not self._is_done():
            time.sleep(self.chance.uniform(0, self.life_max))
            (name,) = self.chance.choices(names, [weights[name] for name in names])
            self._kill(spared.pop() if spared else name)

    def start(self) -> None:
        """Put everybody to work."""
        for name in self.work:
            self._start(name)

    def wait(self) -> None:
        """Let everybody end his work undisturbed."""
        for name, process in self._processes.items():
            process.join(PATIENCE)
            assert process.exitcode == 0, f"{name} ended with {process.exitcode}"

    def stop(self) -> None:
        """Kill everybody, for good."""
        for process in self._processes.values():
            process.kill()
            process.join()

    def _is_done(self) -> bool:
        return all(process.exitcode == 0 for process in self._processes.values())

    def _start(self, name: str) -> None:
        connections.close_all()
        process = multiprocessing.get_context("fork").Process(target=self.work[name])
        process.start()
        self._processes[name] = process

    def _kill(self, name: str) -> None:
        if name == SERVER:
            kill_server(self.server)
        elif name == BACKEND:
            if not _kill_backend(self.server, self.chance):
                return
        else:
            process = self._processes[name]
            if process.exitcode is not None:
                assert process.exitcode == 0, f"{name} ended with {process.exitcode}"
                return
            process.kill()
            process.join()
            self._start(name)
        self.kills[name] += 1


def kill_server(server: Server) -> None:
    """Take the power from the server, give it back, and let it recover."""
    processes = server.processes()
    for process in processes:
        _kill_process(process)
    while any(map(_words, processes)):
        time.sleep(PAUSE)
    server.start_again()


def _kill_backend(server: Server, chance: Random) -> bool:
    """Kill one process that works for a client: the server then recovers by itself."""
    backends = [process for process in server.processes()[1:] if "gongxiang_app" in _words(process)]
    if not backends:
        return False
    _kill_process(chance.choice(backends))
    return True


def _kill_process(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _words(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
