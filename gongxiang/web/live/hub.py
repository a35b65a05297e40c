"""Who waits for what: a bell for every open page, rung for all pages of a topic at once.

Several arrivals before a page was told ring its bell once: it reads the database anyway.

Units: none. Source: docs/adr/0015-arrivals-by-notify.md.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator


class Hub:
    """The open pages of this process, and whether the database can be heard."""

    def __init__(self) -> None:
        """Begin with nobody waiting, and deaf."""
        self.is_listening = False
        self._bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextlib.contextmanager
    def waiting(self, topic: str) -> Iterator[asyncio.Event]:
        """Give a bell that rings for a topic for as long as the block lasts."""
        bell = asyncio.Event()
        self._bells[topic].add(bell)
        try:
            yield bell
        finally:
            self._bells[topic].discard(bell)
            if not self._bells[topic]:
                del self._bells[topic]

    def ring(self, topic: str) -> None:
        """Ring for every page of a topic."""
        for bell in self._bells.get(topic, ()):
            bell.set()

    def hear(self) -> None:
        """Say that the database can be heard from now on."""
        self.is_listening = True

    def go_deaf(self) -> None:
        """Send every page away: what arrives now would not be told."""
        self.is_listening = False
        for bells in self._bells.values():
            for bell in bells:
                bell.set()

    def count(self) -> int:
        """Count the open pages."""
        return sum(map(len, self._bells.values()))
