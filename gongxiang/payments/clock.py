"""The database's own clock: channels live in real time, also where the platform's was moved on.

Units: microseconds since 1970 UTC. Source: I-27.
"""

from typing import Final

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
