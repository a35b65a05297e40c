"""The audit of an exported file: fold it and compare it with its seal, without the database.

    each batch covers so many lines and the steps up to its last one; their content hash, the chain
    over all batches and the root of each day are computed again; the file's own hash covers what
    no batch covers yet

Units: hashes in hexadecimal. Source: H7; spec/events.md (verify OUT).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from gongxiang.base.clock import UnreadableMoment, parse_at
from gongxiang.economy.events import Event
from gongxiang.economy.movement import Movement
from gongxiang.economy.terms import Terms
from gongxiang.lab.canonical import digest
from gongxiang.lab.lines import Entry, Line, Malformed, SoldLine, WithdrawnLine
from gongxiang.lab.replay import Replay
from gongxiang.ledger.chain import GENESIS, Link, Recording, chain, content, root
from gongxiang.settlement.expected import step_of
from gongxiang.settlement.seal import BatchLine, DayLine, Seal
from gongxiang.settlement.wrong import Wrong


@dataclass(slots=True, eq=False)
class FileAudit:
    """One fold over an exported file."""

    seal: Seal
    replay: Replay
    digests: deque[tuple[int, bytes]] = field(default_factory=deque)
    """Line and digest of what no closed batch covers."""
    lines: int = 0
    _steps: deque[str] = field(default_factory=deque)
    _chain: bytes = GENESIS
    _recordings: list[Recording] = field(default_factory=list)

    def run(self, lines: Iterable[tuple[int, Entry]], *, file: bytes) -> None:
        """Fold the lines and compare batch by batch; raises `Wrong` at the first wrong place."""
        self._close(self.seal.batches[0], self.seal.rules.opening().content(), "batch 1")
        try:
            for number, line in lines:
                self._take(number, line)
        except Malformed as error:
            raise Wrong(f"{self._place()}: line {error.line}: {error.what}") from None
        self.replay.finish()
        self._close_batches()
        if len(self._recordings) < len(self.seal.batches):
            raise Wrong(f"{self._place()} goes beyond the end of the file: lines are missing")
        self._compare_days()
        self._compare_file(file)

    def take_line(self, number: int, line: Line, _clock: int, _event: Event | None) -> None:
        """Remember an accepted line until its batch is whole."""
        self.digests.append((number, digest(line)))

    def take_movements(self, movements: list[Movement]) -> None:
        """Remember steps until their batch is whole."""
        steps = (step_of(movement) for movement in movements)
        self._steps.extend(step.line() for step in steps if step is not None)

    def _take(self, number: int, line: Entry) -> None:
        self.lines = number
        before = len(self.replay.refused) + self.replay.repeated
        self.replay.take(number, line)
        if len(self.replay.refused) + self.replay.repeated == before:
            self._close_batches()
        elif not self._may_be_refused(line):
            reason = self.replay.refused[-1][1] if self.replay.refused else "repeated"
            raise Wrong(f"{self._place()}: line {number} ({line.id}) is refused: {reason}")

    def _may_be_refused(self, line: Entry) -> bool:
        """Tell whether the platform has not come to a line that only its place can decide."""
        is_reached = len(self._recordings) < len(self.seal.batches)
        return not is_reached and isinstance(line, SoldLine | WithdrawnLine)

    def _place(self) -> str:
        """Name the batch that is open, and the lines that it has to cover."""
        number = len(self._recordings)
        if number == len(self.seal.batches):
            return "behind the last batch"
        first = self.digests[0][0] if self.digests else self.lines + 1
        facts = self.seal.batches[number].facts
        return f"batch {number + 1}" + (f" (lines {first} to {first + facts - 1})" if facts else "")

    def _close_batches(self) -> None:
        batches = self.seal.batches
        while len(self._recordings) < len(batches):
            number = len(self._recordings)
            batch = batches[number]
            steps = batch.last_step - batches[number - 1].last_step
            if len(self.digests) < batch.facts or len(self._steps) < steps:
                return
            place = self._place()
            covered = [self.digests.popleft()[1] for _ in range(batch.facts)]
            folded = [self._steps.popleft() for _ in range(steps)]
            self._close(batch, content(digests=covered, steps=folded), place)

    def _close(self, batch: BatchLine, found: bytes, place: str) -> None:
        if found.hex() != batch.content:
            raise Wrong(f"{place}: what it says, or what that moves, is not what was sealed")
        link = Link(
            number=batch.batch,
            last_step=batch.last_step,
            facts=batch.facts,
            money=int(batch.money),
            circulating=int(batch.circulating),
            content=found,
            postings=bytes.fromhex(batch.postings),
        )
        self._chain = chain(link, before=self._chain)
        if self._chain.hex() != batch.chain:
            raise Wrong(f"{place}: the chain over the batches breaks here")
        recorded_at = _moment(batch.recorded_at, place)
        self._recordings.append(Recording(recorded_at=recorded_at, chain=self._chain))

    def _compare_days(self) -> None:
        before, last_batch = GENESIS, 0
        for day in self.seal.days:
            before = self._root(day, before, last_batch)
            last_batch = day.last_batch

    def _root(self, day: DayLine, before: bytes, last_batch: int) -> bytes:
        name = f"the seal of {day.day} (batches {last_batch + 1} to {day.last_batch})"
        found = root(
            before=before,
            day=day.day,
            sealed_at=_moment(day.sealed_at, name),
            batches=self._recordings[last_batch : day.last_batch],
        )
        if found.hex() != day.root:
            raise Wrong(f"{name} has the root {day.root}; they give {found.hex()}")
        return found

    def _compare_file(self, file: bytes) -> None:
        """Compare the bytes of the file, and of the seal, with the hashes at the seal's end."""
        end = self.seal.end
        if self.seal.digest != end.seal:
            raise Wrong("the seal itself was changed: its lines are not those it ends with")
        if (self.lines, file.hex()) == (end.lines, end.file):
            return
        what = "the way it is written is not"
        if self.digests:
            first, last = self.digests[0][0], max(self.lines, end.lines)
            what = f"lines {first} to {last}, which no batch covers yet, are not"
        raise Wrong(f"the file is not byte for byte what was exported: {what}")


def audit_file(lines: Iterable[tuple[int, Entry]], *, seal: Seal, file: bytes) -> FileAudit:
    """Audit an exported file, whose hash is given, against its seal; raises `Wrong`."""
    replay = Replay(_terms(seal))
    found = FileAudit(seal, replay)
    replay.on_accepted = found.take_line
    replay.on_movements = found.take_movements
    found.run(lines, file=file)
    return found


def _terms(seal: Seal) -> Terms:
    """Give the rules, once the first batch says that they are those the platform opened with."""
    batches, opening = seal.batches, seal.rules.opening()
    if not batches or (batches[0].facts, batches[0].last_step) != (0, 0):
        raise Wrong("the seal has no batch that opens the platform")
    if opening.content().hex() != batches[0].content:
        raise Wrong("batch 1: the seal's rules are not those that were sealed in it")
    try:
        return opening.terms()
    except (KeyError, TypeError) as error:
        raise Wrong(f"the seal's rules are not those of this program: {error!r}") from None


def _moment(text: str, name: str) -> int:
    try:
        return parse_at(text)
    except UnreadableMoment as error:
        raise Wrong(f"{name}: {error} is no moment") from None
