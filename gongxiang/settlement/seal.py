"""The seal of an export: one JSON object a line, written beside the file.

    rules   what the platform opened with (opening.py)
    batch   each batch of the ledger with its hashes, in order
    day     each sealed day with its root
    file    the last line: the hash of the exported file, and of all lines of the seal before it

Whoever kept a root elsewhere can tell whether anything before it was changed since. Without one, a
seal tells whether a file is what was exported with it, not whether both were made anew.

Units: micro-yuan and atoms as strings of digits; hashes in hexadecimal.
Source: H7; spec/events.md (export, verify).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from msgspec import DecodeError, Meta, Struct
from msgspec.json import Decoder, Encoder

from gongxiang.settlement.opening import Opening
from gongxiang.settlement.wrong import Wrong

Digits = Annotated[str, Meta(pattern="^[0-9]{1,38}$")]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class RulesLine(Struct, tag="rules", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """What the platform opened with."""

    version: int
    preset: str
    settings: tuple[str, ...]
    terms: dict[str, Any]
    feed: Hash

    def opening(self) -> Opening:
        """Give it as the first batch covers it."""
        return Opening(
            preset=self.preset, settings=self.settings, values=self.terms, feed=self.feed
        )


class BatchLine(Struct, tag="batch", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """One batch of the ledger."""

    batch: Count
    facts: Count
    last_step: Count
    money: Digits
    circulating: Digits
    recorded_at: str
    content: Hash
    postings: Hash
    chain: Hash


class DayLine(Struct, tag="day", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """One sealed day."""

    day: str
    last_batch: Count
    sealed_at: str
    root: Hash


class FileLine(Struct, tag="file", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """The end of a seal."""

    lines: Count
    file: Hash
    seal: Hash


SealLine = RulesLine | BatchLine | DayLine
_encode: Final = Encoder().encode
_decode: Final[Callable[[bytes], SealLine | FileLine]] = Decoder(SealLine | FileLine).decode


@dataclass(slots=True, eq=False)
class Seal:
    """What a seal says."""

    rules: RulesLine
    end: FileLine
    digest: str
    """The hash of the seal's own lines before its last one, as they stand."""
    batches: list[BatchLine] = field(default_factory=list)
    days: list[DayLine] = field(default_factory=list)


def written(lines: Iterable[SealLine], *, count: int, file: bytes) -> Iterator[bytes]:
    """Write a seal; the hash of the file and its count of lines end it."""
    digest = hashlib.sha256()
    for line in lines:
        text = _encode(line) + b"\n"
        digest.update(text)
        yield text
    yield _encode(FileLine(count, file.hex(), digest.hexdigest())) + b"\n"


def read_seal(raw: Iterable[bytes]) -> Seal:
    """Read a seal; raises `Wrong` naming the line that is none, or what is missing."""
    digest = hashlib.sha256()
    lines: list[SealLine] = []
    end: FileLine | None = None
    for number, text in enumerate(raw, 1):
        if end is not None:
            raise Wrong(f"line {number} of the seal stands behind its last one")
        line = _read(text, number)
        if isinstance(line, FileLine):
            end = line
        else:
            lines.append(line)
            digest.update(text)
    if end is None:
        raise Wrong("the seal is cut short: the line that ends it is missing")
    return _in_order(lines, end, digest.hexdigest())


def _read(text: bytes, number: int) -> SealLine | FileLine:
    try:
        return _decode(text)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Wrong(f"line {number} of the seal is none: {error}") from None


def _in_order(lines: list[SealLine], end: FileLine, digest: str) -> Seal:
    """Sort the lines of a seal; raises `Wrong` where they do not stand as they are written."""
    if not lines or not isinstance(lines[0], RulesLine):
        raise Wrong("the seal does not begin with the rules")
    seal = Seal(lines[0], end, digest)
    for number, line in enumerate(lines[1:], 2):
        if isinstance(line, BatchLine) and not seal.days and line.batch == len(seal.batches) + 1:
            seal.batches.append(line)
        elif isinstance(line, DayLine) and (not seal.days or seal.days[-1].day < line.day):
            seal.days.append(line)
        else:
            raise Wrong(f"line {number} of the seal does not follow the one before it: {line}")
    return seal
