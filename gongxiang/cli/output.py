"""Writing an answer: whole or not at all.

A file is written beside its place, flushed to disk and then moved there, so that Ctrl-C, a full
disk or a lost connection leaves what was there before. What is no file, such as /dev/stdout, is
written as it comes.

Source: spec/events.md (Commands: nothing half-written stays behind).
"""

import contextlib
import os
import signal
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from gongxiang.cli.failure import Failure

_ENDING: Final = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
_WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_NEW: Final = 0o666


class Draft:
    """A file beside its place; or, where no file stands there, that thing itself."""

    def __init__(self, path: Path) -> None:
        """Open it; raises `OSError`."""
        self.path = path
        self.place = path.resolve()
        self.mode = _mode(self.place)
        self.fresh: Path | None = None
        if self.mode is not None and not stat.S_ISREG(self.mode):
            self.file: BinaryIO = self.place.open("wb")
            return
        handle, name = tempfile.mkstemp(prefix=f".{self.place.name}.", dir=self.place.parent)
        self.fresh = Path(name)
        self.file = os.fdopen(handle, "wb")

    def write(self, line: bytes) -> None:
        """Write a line; raises `Failure`."""
        try:
            self.file.write(line)
        except OSError as error:
            raise _cannot(self.path, error) from error

    def writelines(self, lines: Iterable[bytes]) -> None:
        """Write lines; raises `Failure`."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Bring what was written to the disk; raises `Failure`."""
        try:
            self.file.flush()
            if self.fresh is not None:
                os.fsync(self.file.fileno())
        except OSError as error:
            raise _cannot(self.path, error) from error

    def take_place(self) -> None:
        """Put the file in its place, with the permissions of the one that was there."""
        if self.fresh is None:
            return
        try:
            self.fresh.chmod(_NEW & ~_mask() if self.mode is None else stat.S_IMODE(self.mode))
            self.fresh.replace(self.place)
        except OSError as error:
            raise _cannot(self.path, error) from error

    def end(self) -> None:
        """Close the file, and leave nothing beside its place."""
        if self.fresh is not None:
            self.fresh.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.file.close()


@contextlib.contextmanager
def whole_files(*paths: Path) -> Iterator[list[Draft]]:
    """Open files that take their places together, in this order, when the block ends well.

    Raises `Failure` where one cannot be written, and says why; then none takes its place.
    """
    with contextlib.ExitStack() as open_drafts:
        drafts = [_draft(path, open_drafts) for path in paths]
        yield drafts
        for draft in drafts:
            draft.flush()
        with _undisturbed():
            for draft in drafts:
                draft.take_place()


def write_answer(lines: Iterable[bytes], *, out: str | None) -> None:
    """Write an answer to a file, or to stdout where none is named."""
    if out is None:
        for line in lines:
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
        return
    with whole_files(Path(out)) as (file,):
        file.writelines(lines)


def _draft(path: Path, open_drafts: contextlib.ExitStack) -> Draft:
    mode = _mode(path)
    if mode is not None and stat.S_ISDIR(mode):
        raise Failure(f"cannot write {path}: it is a folder; name a file")
    if mode is not None and not mode & _WRITABLE:
        raise Failure(f"cannot write {path}: it is read-only; name another file, or chmod +w it")
    with _undisturbed():
        try:
            draft = Draft(path)
        except OSError as error:
            raise Failure(f"cannot write {path}: {error.strerror}; name another place") from error
        open_drafts.callback(draft.end)
    return draft


def _cannot(path: Path, error: OSError) -> Failure:
    return Failure(f"cannot write {path}: {error.strerror or error}; nothing was kept")


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None


def _mask() -> int:
    """Give the permissions that new files of this process do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold off Ctrl-C and SIGTERM for a moment in which nothing may stay half-done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
