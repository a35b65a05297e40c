"""How often somebody may act, over all web processes: what writes is counted in the database.

Each key has one row, the moment up to which it has used its share (the cell rate algorithm):

    due = max(due, now) + minute / rate        refused while due - now > a minute

One conditional statement counts and decides. What only looks is counted in each process alone
(`meter.py`), so that looking stays reading.

Units: whole seconds of the database's clock. Source: reliability 8 (1, 7, 16), API4.
"""

from typing import Final

from gongxiang.ledger import raw

_TAKE: Final = """
INSERT INTO members_pace AS pace (key, due_at)
VALUES (%(key)s, statement_timestamp() + interval '1 minute' / %(rate)s)
ON CONFLICT (key) DO UPDATE
   SET due_at = greatest(pace.due_at, statement_timestamp()) + interval '1 minute' / %(rate)s
 WHERE pace.due_at + interval '1 minute' / %(rate)s <= statement_timestamp() + interval '1 minute'
"""
_LEFT: Final = """
SELECT greatest(1, ceil(extract(epoch FROM
       due_at + interval '1 minute' / %(rate)s - interval '1 minute' - statement_timestamp())))::int
  FROM members_pace WHERE key = %(key)s
"""


def wait(*, key: str, rate: int) -> int:
    """Count an act of a key that may act `rate` times a minute; give 0, or the seconds to wait."""
    with raw.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key, "rate": rate})
        if cursor.rowcount:
            return 0
        row = cursor.execute(_LEFT, {"key": key, "rate": rate}).fetchone()
    return 1 if row is None else int(row[0])
