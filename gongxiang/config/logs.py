"""What the log leaves out: where in a library it was noticed that the database went away.

The message stays, as one line with the error; a trace means a fault of ours.

Units: none. Source: reliability 1.4 (a lost database is waited for).
"""

import logging
from collections.abc import Iterator

import psycopg

_LOST = (psycopg.OperationalError, psycopg.InterfaceError)


class LostDatabase(logging.Filter):
    """Lets every record through, and takes the trace from one about a lost database."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record where it is one."""
        error = record.exc_info[1] if record.exc_info else None
        if any(isinstance(cause, _LOST) for cause in _chain(error)):
            record.msg, record.args = f"{record.getMessage()} ({str(error).strip()})", None
            record.exc_info = record.exc_text = None
        return True


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
