"""A day of a channel, ours against the bill, movement by movement and to the fen (P3, I-6).

    ours of the day <-> lines of any day      lines of the day <-> ours of any day

Both must name the same number, account and amount. What does not is an exception by name: it stays
until a later bill explains it or an officer claims it, and is never dropped: where a later bill
changes what was explained or claimed, it is open again. Only accounts whose own bill of the day is
whole are compared: the others wait for theirs.

Of the platform's own account the day must be the same as well, and what we heard of late is looked
for in the bills of a month. Both sides without a fen are equal: a transfer that was taken and given
back is none.

Units: fen. Source: P3; I-6.
"""

import logging
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.ledger import raw
from gongxiang.payments.ours import OURS, THEIRS
from gongxiang.payments.own import OWN
from gongxiang.payments.provider import Provider
from gongxiang.treasury.own_funds import OWN_FUNDS

LATE_DAYS: Final = 30
log = logging.getLogger(__name__)

_EVERY: Final = f"""
SELECT provider, kind, number, payee, amount_fen, at FROM ({OURS}) stores
 UNION ALL SELECT provider, kind, number, payee, amount_fen, at FROM ({OWN_FUNDS}) own
"""  # noqa: S608  no value is spliced in
_DAY: Final = "(every.at AT TIME ZONE 'Asia/Shanghai')::date"
_WHOLE: Final = f"""
EXISTS (SELECT FROM payments_bill bill
         WHERE (bill.provider, bill.day) = (every.provider, {{day}}) AND bill.is_whole
           AND bill.payee IN (every.payee, CASE every.payee WHEN '{OWN}' THEN '{OWN}' ELSE '' END))
"""
_SINCE: Final = f"""
provider = %(provider)s AND at < (%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
   AND at >= (%(day)s::date - {{days}})::timestamp AT TIME ZONE 'Asia/Shanghai'
   AND {_WHOLE.format(day=_DAY)}
"""
_SIDES: Final = f"""
WITH ours AS MATERIALIZED (
    SELECT kind, number FROM ({OURS}) every WHERE {_SINCE.format(days=0)}
    UNION ALL
    SELECT kind, number FROM ({OWN_FUNDS}) every WHERE {_SINCE.format(days=LATE_DAYS)}
), theirs AS MATERIALIZED (
    SELECT kind, number FROM ({THEIRS}) every WHERE provider = %(provider)s AND day = %(day)s::date
       AND {_WHOLE.format(day="every.day")}
), named AS (
    SELECT kind, number FROM ours UNION SELECT kind, number FROM theirs
    UNION SELECT kind, number FROM payments_difference
           WHERE provider = %(provider)s AND state = 'open'
), lines AS (
    SELECT kind, number, min(payee) AS payee, sum(amount_fen)::bigint AS amount_fen,
           max(day) AS day
      FROM ({THEIRS}) every JOIN named USING (kind, number) WHERE provider = %(provider)s
     GROUP BY kind, number HAVING sum(amount_fen) <> 0
), sides AS (
    SELECT named.kind, named.number, coalesce(mine.payee, '') AS our_payee,
           coalesce(mine.amount_fen, 0) AS ours_fen, mine.day AS our_day,
           coalesce(lines.payee, '') AS their_payee,
           coalesce(lines.amount_fen, 0) AS theirs_fen, lines.day AS their_day
      FROM named LEFT JOIN lines USING (kind, number)
      LEFT JOIN LATERAL (SELECT payee, amount_fen, {_DAY} AS day FROM ({_EVERY}) every
            WHERE (every.provider, every.kind, every.number)
                  = (%(provider)s, named.kind, named.number)) mine ON true
), judged AS (
    SELECT *, (our_payee, ours_fen) = (their_payee, theirs_fen)
              AND (our_payee <> '{OWN}' OR our_day = their_day) AS is_equal
      FROM sides
)
"""  # noqa: S608  no value is spliced in
_FOUND: Final = f"""{_SIDES}
INSERT INTO payments_difference AS known (provider, kind, number, day, payee, ours_fen, theirs_fen,
                                          our_day, their_day, state, officer, note, found_at)
SELECT %(provider)s, kind, number, %(day)s::date, coalesce(nullif(their_payee, ''), our_payee),
       ours_fen, theirs_fen, our_day, their_day, 'open', '', '', clock_timestamp()
  FROM judged WHERE NOT is_equal ORDER BY kind, number
ON CONFLICT (provider, kind, number) DO UPDATE
   SET ours_fen = excluded.ours_fen, theirs_fen = excluded.theirs_fen,
       our_day = excluded.our_day, their_day = excluded.their_day,
       state = 'open', officer = '', note = '',
       found_at = CASE known.state WHEN 'open' THEN known.found_at ELSE excluded.found_at END
 WHERE known.state = 'open'
    OR (known.ours_fen, known.theirs_fen) <> (excluded.ours_fen, excluded.theirs_fen)
    OR known.payee = '{OWN}' AND (known.our_day, known.their_day)
                                 IS DISTINCT FROM (excluded.our_day, excluded.their_day)
RETURNING kind, number
"""  # noqa: S608  no value is spliced in
_EXPLAINED: Final = f"""{_SIDES}
UPDATE payments_difference known
   SET state = 'explained', ours_fen = judged.ours_fen, theirs_fen = judged.theirs_fen,
       our_day = judged.our_day, their_day = judged.their_day
  FROM judged
 WHERE (known.provider, known.kind, known.number, known.state)
       = (%(provider)s, judged.kind, judged.number, 'open') AND is_equal
"""  # noqa: S608  no value is spliced in
_COMPARED: Final = """
UPDATE payments_bill SET is_compared = true
 WHERE (provider, day) = (%(provider)s, %(day)s::date) AND is_whole
"""


def reconcile_day(*, provider: Provider, day: str) -> int:
    """Compare a day, written YYYY-MM-DD; give how many exceptions of it are open or claimed."""
    values = {"provider": provider.value, "day": day}
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        # First: what becomes whole after this is compared by the next round.
        cursor.execute(_COMPARED, values)
        cursor.execute(_FOUND, values)
        found = cursor.fetchall()
        cursor.execute(_EXPLAINED, values)
        open_now = _left(cursor, values)
    if found:
        log.error("%s %s: %s exceptions, first %s", provider.value, day, len(found), found[0])
    return open_now


def _left(cursor: Cursor[Any], values: dict[str, str]) -> int:
    cursor.execute(
        "SELECT count(*) FROM payments_difference"
        " WHERE (provider, day) = (%(provider)s, %(day)s::date) AND state <> 'explained'",
        values,
    )
    row = cursor.fetchone()
    return int(row[0]) if row else 0
