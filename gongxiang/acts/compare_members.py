"""The comparison of early and late members is made: the one question that reads every lot (H2).

    made again after half a per cent of steps, and not before twenty times as long as it took

So it never takes more than a twentieth of anybody's time, and no page waits for it: pages read
the last one, or say that it is still being made.

Units: atoms, micro-yuan. Source: H2; design/ui/faces.md 5 (facts).
"""

import json
from time import monotonic_ns
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.ledger import raw

PARTS: Final = 200
TIMES: Final = 20
_MICROSECOND: Final = 1_000
_TENTHS: Final = 2
_DUE: Final = """
SELECT pool.step FROM points_pool pool LEFT JOIN points_comparison made ON made.id = 1
 WHERE pool.id = 1 AND pool.step > 0
   AND (made.id IS NULL
        OR (made.again_at <= clock_timestamp()
            AND pool.step - pool.step %% greatest(1, pool.step / %(parts)s) <> made.stretch))
"""
_COMPARE: Final = """
WITH member AS (
    SELECT min(step) AS first, sum(spend) AS spend, sum(net) AS net, sum("left") AS rest
      FROM points_lot GROUP BY member_id
), placed AS (
    SELECT *, row_number() OVER (ORDER BY first) AS place, count(*) OVER () / 10 AS size,
           count(*) OVER () AS members
      FROM member
)
SELECT count(*), sum(spend), sum(net), sum(rest)
  FROM placed WHERE place <= size OR place > members - size
 GROUP BY place <= size ORDER BY place <= size DESC
"""
_KEEP: Final = """
INSERT INTO points_comparison (id, stretch, tenths, again_at)
VALUES (1, %(step)s - %(step)s %% greatest(1, %(step)s / %(parts)s), %(tenths)s::jsonb,
        clock_timestamp() + make_interval(secs => %(microseconds)s / 1000000.0))
ON CONFLICT (id) DO UPDATE
   SET stretch = excluded.stretch, tenths = excluded.tenths, again_at = excluded.again_at
"""


def compare_members() -> int:
    """Compare the first tenth of the members with the last, if that is due; give 1 if it was."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_DUE, {"parts": PARTS})
        row = cursor.fetchone()
        if row is None:
            return 0
        began = monotonic_ns()
        tenths = _compared(cursor)
        took = (monotonic_ns() - began) // _MICROSECOND
        asked = {"step": row[0], "parts": PARTS, "tenths": json.dumps(tenths)}
        cursor.execute(_KEEP, asked | {"microseconds": TIMES * took})
    return 1


def _compared(cursor: Cursor[Any]) -> list[list[int]]:
    """Give members, spend, net and points of both tenths; nothing of fewer than ten members."""
    cursor.execute(_COMPARE)
    found = [[int(number) for number in row] for row in cursor.fetchall()]
    return found if len(found) == _TENTHS else []
