"""Files of events and orders tables, opened by the ending of their name.

    .jsonl  .jsonl.gz           one event a line, streamed: memory does not grow with the file
    .csv    .csv.gz  .parquet   an orders table (tables.py), sorted by time before it is handed out

Any other name is read as event lines. Whatever cannot be read is refused by name: what, where,
and what to do next.

Units: lines are numbered from 1, blank ones too. Source: spec/events.md (Lines, Orders tables).
"""

import errno
import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from gongxiang.lab import tables
from gongxiang.lab.lines import Entry, Line, Malformed, decode
from gongxiang.lab.parquet import NotParquet, WrongColumns, parquet_rows

_BLOCK: Final = 1 << 20
_LINE_BYTES_MAX: Final = 1 << 24
_BLANKS: Final = b" \t\r"
_ROWS_BETWEEN: Final = 4_096

READING: Final = "reading"
HANDLING: Final = "handling"

Watch = Callable[[str, int, int, int], None]
"""Told how far it is: the phase, lines handled in it, and how much is done of how much in all."""


class Unreadable(OSError):
    """A file that gives no events: `strerror` says what, where in it, and what to do next."""

    def __init__(self, path: Path, what: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(errno.EINVAL, what, str(path))


def unwatched(_phase: str, _lines: int, _done: int, _total: int) -> None:
    """Let time go by unseen."""


def read_lines(path: Path, *, watch: Watch = unwatched) -> Iterator[tuple[int, Line]]:
    """Give the numbered lines of an event file, whatever its name is.

    Raises `Unreadable` for a file that is missing, no file, empty or damaged, and `Malformed` with
    its number for a line that is not what it has to be; both may come while lines are taken.
    """
    with _opened(path) as file:
        yield from _events(_Data.of(path, file), watch)


def read_entries(path: Path, *, watch: Watch = unwatched) -> Iterator[tuple[int, Entry]]:
    """Give what a file of events or an orders table holds, in the order it is to be handled.

    Raises as `read_lines` does.
    """
    name = path.name.lower()
    with _opened(path) as file:
        if name.endswith(".parquet"):
            yield from _parquet_table(path, file, watch)
        elif name.endswith((".csv", ".csv.gz")):
            yield from _csv_table(_Data.of(path, file), watch)
        else:
            yield from _events(_Data.of(path, file), watch)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        what = "no such file; look at its name and at the folder the name starts from"
    except IsADirectoryError:
        what = "a folder, no file; name a file in it"
    except PermissionError:
        what = "this user may not read it; change its permissions"
    raise Unreadable(path, what)


@dataclass(slots=True, eq=False)
class _Data:
    """The bytes of a file, unpacked, in stretches of whole lines."""

    path: Path
    file: BinaryIO
    stream: BinaryIO
    size: int
    lines: int = 0
    _rest: bytes = b""

    @classmethod
    def of(cls, path: Path, file: BinaryIO) -> "_Data":
        """Look at what was opened: .gz is packed, a pipe has no size."""
        status = os.fstat(file.fileno())
        size = status.st_size if stat.S_ISREG(status.st_mode) else 0
        is_packed = path.name.lower().endswith(".gz")
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if is_packed else file
        return cls(path, file, stream, size)

    def stretches(self) -> Iterator[list[bytes]]:
        """Give the lines, without their ends, some thousand at once; an end of file ends a line."""
        while block := self._read():
            *lines, self._rest = (self._rest + block).split(b"\n")
            yield lines
            self.lines += len(lines)
            if len(self._rest) > _LINE_BYTES_MAX:
                raise Malformed(self.lines + 1, f"longer than {_LINE_BYTES_MAX} bytes")
        if self._rest:
            yield [self._rest]
            self.lines += 1

    def done(self) -> int:
        """Give how many bytes of the file have been read."""
        return self.file.tell() if self.size else 0

    def _read(self) -> bytes:
        try:
            return self.stream.read(_BLOCK)
        except EOFError:
            what = "the packed data stops in the middle: the file was cut short; copy it again"
        except (gzip.BadGzipFile, zlib.error) as error:
            what = f"no gzip data ({error}); pack it again, or take .gz off its name"
        except OSError as error:
            what = f"reading failed: {error.strerror or error}"
        raise Unreadable(self.path, f"after line {self.lines}: {what}")


def _events(data: _Data, watch: Watch) -> Iterator[tuple[int, Line]]:
    is_empty = True
    for lines in data.stretches():
        watch(HANDLING, data.lines, data.done(), data.size)
        for number, raw in enumerate(lines, data.lines + 1):
            if raw[:1] == b"{" or raw.strip(_BLANKS):
                is_empty = False
                yield number, decode(raw, number=number)
    if is_empty:
        raise Unreadable(data.path, "empty; it must hold one event a line (JSON)")


def _csv_table(data: _Data, watch: Watch) -> Iterator[tuple[int, Entry]]:
    def texts() -> Iterator[str]:
        for lines in data.stretches():
            watch(READING, data.lines, data.done(), data.size)
            for raw in lines:
                yield raw.decode() + "\n"

    rows = list(tables.csv_rows(texts()))
    if not data.lines:
        raise Unreadable(data.path, f"empty; its first line must be {','.join(tables.COLUMNS)}")
    return _handed_out(rows, watch)


def _parquet_table(path: Path, file: BinaryIO, watch: Watch) -> Iterator[tuple[int, Entry]]:
    def told(done: int, total: int) -> None:
        watch(READING, done, done, total)

    try:
        rows = list(parquet_rows(file, told=told))
    except NotParquet as error:
        what = f"no whole Parquet file ({error}); copy it again, or write the table as .csv"
        raise Unreadable(path, what) from None
    except WrongColumns as error:
        raise Unreadable(path, f"{error}") from None
    return _handed_out(rows, watch)


def _handed_out(rows: list[tables.TimedRow], watch: Watch) -> Iterator[tuple[int, Entry]]:
    """Give the rows by time, telling how far it is."""
    total = len(rows)
    for place, entry in enumerate(tables.in_order(rows)):
        if place % _ROWS_BETWEEN == 0:
            watch(HANDLING, place, min(place, total), total)
        yield entry
