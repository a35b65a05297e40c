"""The database's own clock: channels live in real time, also where the platform's was moved on.

Units: microseconds since 1970 UTC. Source: I-27.
"""

from gongxiang.ledger import raw


def database_now() -> int:
    """Give the moment of the database's clock."""
    with raw.cursor() as cursor:
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        row = cursor.fetchone()
    assert row is not None, "the database has a clock"
    return int(row[0])
