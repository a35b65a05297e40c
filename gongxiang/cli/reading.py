"""Reading a file of events for a command: what is wrong with it becomes the command's failure."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from gongxiang.cli.failure import Failure
from gongxiang.lab.files import Unreadable
from gongxiang.lab.lines import Malformed


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Let the block end in a `Failure` that names the file, the line and what is wrong with it."""
    try:
        yield
    except Malformed as error:
        what = f"line {error.line}: {error.what}; nothing was done: mend the line and run again"
        raise Failure(f"{path}, {what}") from error
    except Unreadable as error:
        raise Failure(f"{path}: {error.strerror}") from error
