"""The database's own clock: channels live in real time, also where the platform's was moved on.

Units: microseconds since 1970 UTC. Source: I-27.
"""

from typing import Final

from django.http import HttpRequest

from gongxiang.base.clock import SECOND
from gongxiang.ledger import raw

LATE: Final = "clock_timestamp() - interval '1 hour'"
"""What a channel should have answered by now is older than this, for payers, stores and staff."""

BILL_DUE: Final = "({day} + 1 + time '10:00') AT TIME ZONE 'Asia/Shanghai'"
"""A channel's bill of a day is there at ten o'clock of the next one."""


def database_now() -> int:
    """Give the moment of the database's clock."""
    with raw.cursor() as cursor:
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        row = cursor.fetchone()
    assert row is not None, "the database has a clock"
    return int(row[0])


def seconds_now(request: HttpRequest) -> int:
    """Give its second, asked for once a request: the session was loaded with its moment."""
    now: int = getattr(request.session, "now", 0)
    if not now:
        now = database_now()
        request.session.now = now  # type: ignore[attr-defined]
    return now // SECOND
