"""Writing an answer: whole or not at all.

A file is written beside its place, flushed to disk and then moved there, so that Ctrl-C, a full
disk or a lost connection leaves what was there before.

Source: spec/events.md (Commands: nothing half-written stays behind).
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from gongxiang.cli.failure import Failure


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its place when the block ends well, and never half.

    Raises `Failure` where it cannot be written, and says why.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from error
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o644)
        fresh.replace(path)
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}; nothing was kept") from error
    finally:
        fresh.unlink(missing_ok=True)


def write_answer(lines: Iterable[bytes], *, out: str | None) -> None:
    """Write an answer to a file, or to stdout where none is named."""
    if out is None:
        for line in lines:
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
        return
    with whole_file(Path(out)) as file:
        file.writelines(lines)


def counted(lines: Iterable[bytes], on_line: Callable[[], None]) -> Iterator[bytes]:
    """Pass lines on, telling of each."""
    for line in lines:
        on_line()
        yield line
