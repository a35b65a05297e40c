"""The audit of an exported file: fold it and compare it with its seal, without the database.

    each batch covers so many lines and the steps up to its last one; their content hash, the chain
    over all batches and the root of each day are computed again

Units: hashes in hexadecimal. Source: H7; spec/events.md (verify OUT).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from gongxiang.economy.events import Event
from gongxiang.economy.movement import Movement
from gongxiang.economy.terms import Terms
from gongxiang.rulebook.values import from_values
from gongxiang.lab.canonical import digest
from gongxiang.lab.lines import Entry, Line
from gongxiang.lab.replay import Replay
from gongxiang.ledger.chain import GENESIS, Link, chain, content, root
from gongxiang.settlement.audit import Wrong
from gongxiang.settlement.expected import step_of

_BATCH_KEYS: Final = {
    "batch",
    "kind",
    "facts",
    "last_step",
    "money",
    "circulating",
    "content",
    "postings",
    "chain",
}
_DAY_KEYS: Final = {"day", "last_batch", "root"}


@dataclass(slots=True, eq=False)
class Seal:
    """What a seal file says."""

    terms: Terms
    batches: list[dict[str, Any]]
    days: list[dict[str, Any]]


@dataclass(slots=True, eq=False)
class FileAudit:
    """One fold over an exported file."""

    seal: Seal
    replay: Replay
    digests: list[tuple[int, bytes]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    lines: int = 0
    _closed: int = 0
    _taken: int = 0
    _steps_closed: int = 0
    _chain: bytes = GENESIS
    _chains: list[bytes] = field(default_factory=list)

    def run(self, lines: Iterable[tuple[int, Entry]]) -> None:
        """Fold the lines and compare batch by batch; raises `Wrong` at the first wrong place."""
        for number, line in lines:
            self.lines = number
            self.replay.take(number, line)
            if self.replay.refused or self.replay.repeated:
                reason = self.replay.refused[0][1] if self.replay.refused else "repeated"
                raise Wrong(f"line {number} ({line.id}) is refused by the rules: {reason}")
            self._close_batches()
        self.replay.finish()
        self._close_batches()
        if self._closed < len(self.seal.batches):
            batch = self.seal.batches[self._closed]
            raise Wrong(f"batch {batch['batch']} of the seal goes beyond the end of the file")
        self._compare_days()

    def take_line(self, number: int, line: Line, _clock: int, _event: Event | None) -> None:
        """Remember an accepted line until its batch is whole."""
        self.digests.append((number, digest(line)))
        self._taken += 1

    def take_movements(self, movements: list[Movement]) -> None:
        """Remember steps until their batch is whole."""
        steps = (step_of(movement) for movement in movements)
        self.steps.extend(step.line() for step in steps if step is not None)

    def _close_batches(self) -> None:
        while self._closed < len(self.seal.batches):
            batch = self.seal.batches[self._closed]
            steps = batch["last_step"] - self._steps_closed
            if len(self.digests) < batch["facts"] or len(self.steps) < steps:
                return
            self._compare(batch, steps)

    def _compare(self, batch: dict[str, Any], steps: int) -> None:
        facts = batch["facts"]
        covered, self.digests = self.digests[:facts], self.digests[facts:]
        folded, self.steps = self.steps[:steps], self.steps[steps:]
        place = f"batch {batch['batch']}"
        if covered:
            place += f" (lines {covered[0][0]} to {covered[-1][0]})"
        found = content(digests=(one for _, one in covered), steps=folded)
        if found.hex() != batch["content"]:
            raise Wrong(f"{place}: the lines or what they move are not what was sealed")
        link = Link(
            number=batch["batch"],
            last_step=batch["last_step"],
            facts=facts,
            money=int(batch["money"]),
            circulating=int(batch["circulating"]),
            content=found,
            postings=bytes.fromhex(batch["postings"]),
        )
        self._chain = chain(link, before=self._chain)
        if self._chain.hex() != batch["chain"]:
            raise Wrong(f"{place}: the chain is broken")
        self._chains.append(self._chain)
        self._closed += 1
        self._steps_closed = batch["last_step"]

    def _compare_days(self) -> None:
        before, last_batch = GENESIS, 0
        for day in self.seal.days:
            chains = self._chains[last_batch : day["last_batch"]]
            before, last_batch = root(before=before, day=day["day"], chains=chains), day["last_batch"]
            if before.hex() != day["root"]:
                raise Wrong(f"the root of {day['day']} is not that of its batches")


def audit_file(lines: Iterable[tuple[int, Entry]], *, seal: Seal) -> FileAudit:
    """Audit an exported file against its seal; raises `Wrong` at the first wrong place."""
    replay = Replay(seal.terms)
    found = FileAudit(seal, replay)
    replay.on_accepted = found.take_line
    replay.on_movements = found.take_movements
    found.run(lines)
    return found


def read_seal(raw: Iterable[bytes]) -> Seal:
    """Read a seal; raises `Wrong` naming the line that is none."""
    lines = list(_objects(raw))
    if not lines or set(lines[0]) != {"rules", "preset", "terms"}:
        raise Wrong("the seal does not begin with the rules")
    try:
        terms = from_values(lines[0]["terms"])
    except (KeyError, TypeError) as error:
        raise Wrong(f"the seal's rules are not those of this program: {error}") from None
    batches = [line for line in lines[1:] if set(line) == _BATCH_KEYS]
    days = [line for line in lines[1:] if set(line) == _DAY_KEYS]
    if len(batches) + len(days) + 1 != len(lines):
        raise Wrong("the seal holds a line that is neither a batch nor a day")
    return Seal(terms, batches, days)


def _objects(raw: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(raw, 1):
        try:
            found = msgspec.json.decode(line)
        except msgspec.DecodeError:
            raise Wrong(f"line {number} of the seal is no JSON") from None
        if not isinstance(found, dict):
            raise Wrong(f"line {number} of the seal is no object")
        yield found
