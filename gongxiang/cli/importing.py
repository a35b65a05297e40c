"""Driving accepted lines through the platform: record in bulk, continue what was begun.

The replay decides what is accepted; rows are written in chunks, each in one transaction. A run
that was interrupted is simply run again: what the database has already is compared with the
beginning of the file, line by line, and only the rest is written.

A refused line leaves nothing but the clock that it moved. Where an undated line follows, which
acts at the clock, that is kept as a `clock` fact, so that the history tells the same without it.

Units: microseconds. Source: spec/events.md (import, Then the clock).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET
from psycopg.errors import UniqueViolation

from gongxiang.acts.give_codes import give_codes
from gongxiang.acts.record_history import record_history
from gongxiang.base import ids
from gongxiang.base.clock import BEGINNING, format_at, from_datetime
from gongxiang.cli.failure import Failure
from gongxiang.economy.events import Event
from gongxiang.economy.terms import Terms
from gongxiang.lab.canonical import digest
from gongxiang.lab.lines import ClockLine, Entry, Line
from gongxiang.lab.replay import Replay
from gongxiang.ledger import raw
from gongxiang.members.models import Member, PartyKey
from gongxiang.points.models import Horizon, Pool
from gongxiang.settlement.intake import Chunk, Intake

CHUNK_FACTS: Final = 10_000
_NUMBERS_AT_ONCE: Final = 10_000
_HISTORY: Final = "SELECT digest, id, home_id FROM orders_fact ORDER BY at, id"


class AnotherHistory(Failure):
    """The platform has a history that is not a beginning of the file."""


@dataclass(slots=True, eq=False)
class Importer:
    """One file driven into the platform."""

    replay: Replay
    intake: Intake
    known: Iterator[tuple[bytes, int, int]]
    earliest: int
    on_chunk: Callable[[Chunk], None]
    source: str
    clock: int = BEGINNING

    def take(self, number: int, line: Line, clock: int, event: Event | None) -> None:
        """Handle one accepted line, and the clock that refused lines before it moved."""
        if line.at is UNSET and clock > self.clock:
            moved = ClockLine(f"clock/{line.id}", format_at(clock))
            self._handle(number, moved, clock, None)
        self._handle(number, line, clock, event)
        self.clock = clock

    def _handle(self, number: int, line: Line, clock: int, event: Event | None) -> None:
        """Handle a line: known to the platform, or to be recorded."""
        recorded = next(self.known, None)
        if recorded is not None:
            stored, fact, home = recorded
            if bytes(stored) != digest(line):
                raise AnotherHistory(
                    f"line {number} ({line.id}) is not what the platform has at this place of its"
                    " history: import into an empty platform, or the file it was begun with"
                )
            self.intake.adopt(line, event, number=fact, home=home)
            return
        if clock < self.earliest:
            raise AnotherHistory(
                f"line {number} ({line.id}) comes at {format_at(clock)}, before"
                f" {format_at(self.earliest)}, up to which the platform has settled: import into"
                " an empty platform"
            )
        self.intake.take(line, clock, event)
        if self.intake.chunk.facts >= CHUNK_FACTS:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        chunk, self.intake.chunk = self.intake.chunk, Chunk()
        if not chunk.facts:
            return
        try:
            record_history(chunk=chunk, source=self.source)
        except UniqueViolation as error:
            raise AnotherHistory(
                f"a line has an id that the platform has given to something else: {error}"
            ) from error
        self.on_chunk(chunk)

    def finish(self) -> None:
        """Write the rest; the platform must not know more than the file."""
        self.flush()
        if next(self.known, None) is not None:
            raise AnotherHistory(
                "the platform has more history than the file: import into an empty platform"
            )


def import_lines(
    lines: Iterable[tuple[int, Entry]],
    *,
    terms: Terms,
    on_chunk: Callable[[Chunk], None],
    source: str = "",
) -> Replay:
    """Record every accepted line; give the replay that decided, folded to its end.

    `source` names the file in the audit log, where the lines come from somebody's.

    Raises `AnotherHistory` before anything that does not belong together was written.
    """
    replay = Replay(terms)
    with raw.cursor() as cursor:
        cursor.execute(_HISTORY)
        importer = Importer(
            replay=replay,
            intake=Intake(
                replay=replay,
                number=_numbers(),
                parties={
                    (kind, key): party
                    for kind, key, party in PartyKey.objects.values_list("kind", "key", "party_id")
                },
                members=set(Member.objects.values_list("member_id", flat=True)),
                version=1,
            ),
            known=iter(cursor.fetchall()),
            earliest=_earliest(),
            on_chunk=on_chunk,
            source=source,
        )
    replay.on_accepted = importer.take
    for number, line in lines:
        replay.take(number, line)
    importer.finish()
    give_codes()
    replay.finish()
    return replay


def _earliest() -> int:
    """Give the moment before which the sequence is closed."""
    cursor_at = Pool.objects.values_list("cursor_at", flat=True).get()
    horizon = Horizon.objects.values_list("at", flat=True).get()
    return from_datetime(max(cursor_at, horizon))


def _numbers() -> Iterator[int]:
    while True:
        yield from ids.block(_NUMBERS_AT_ONCE)
