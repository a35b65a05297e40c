"""What a person asked for within a day, from all his accounts, as the daily limit counts it.

What was refused or came back does not count.
Units: µ¥, moments in microseconds. Source: P4; rules/limits.toml (`withdrawal_day_max`).
"""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base.clock import DAY, format_at, next_shanghai_midnight

_ASKED: Final = """
SELECT coalesce(sum(fact.amount), 0) FROM orders_fact fact
  LEFT JOIN orders_outcome outcome ON (outcome.home_id, outcome.fact_id) = (fact.home_id, fact.id)
  LEFT JOIN treasury_withdrawalreturn back
       ON (back.member_id, back.withdrawal_id) = (fact.home_id, fact.id)
 WHERE fact.home_id = ANY(%s) AND fact.kind = 11 AND fact.at >= %s AND fact.at < %s
   AND fact.id <> %s
   AND outcome.is_accepted IS NOT false AND back.id IS NULL
"""


def asked_that_day(cursor: Cursor[Any], *, person: Sequence[int], at: int, without: int = 0) -> int:
    """Give what a person asked for on a moment's Shanghai day, one withdrawal left out."""
    end = next_shanghai_midnight(at)
    cursor.execute(_ASKED, (list(person), format_at(end - DAY), format_at(end), without))
    row = cursor.fetchone()
    assert row is not None, "an aggregate has one row"
    return int(row[0])
