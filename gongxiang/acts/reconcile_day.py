"""A day of a channel, ours against the bill, movement by movement and to the fen (P3, I-6).

    ours of the day <-> lines of any day      lines of the day <-> ours of any day

Both must name the same number, account and amount. What does not is an exception by name: it stays
until a later bill explains it or an officer claims it, and is never dropped. Only accounts whose
own bill of the day is whole are compared: the others wait for theirs.

Units: fen. Source: P3; I-6.
"""

import logging
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.ledger import raw
from gongxiang.payments.ours import OURS, THEIRS
from gongxiang.payments.provider import Provider

log = logging.getLogger(__name__)

_SIDES: Final = f"""
WITH whole AS (
    SELECT payee FROM payments_bill
     WHERE (provider, day) = (%(provider)s, %(day)s::date) AND is_whole
), ours AS MATERIALIZED (
    SELECT * FROM ({OURS}) every
     WHERE provider = %(provider)s AND at >= %(day)s::date::timestamp AT TIME ZONE 'Asia/Shanghai'
       AND at < (%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
       AND EXISTS (SELECT FROM whole WHERE whole.payee IN ('', every.payee))
), theirs AS MATERIALIZED (
    SELECT * FROM ({THEIRS}) every WHERE provider = %(provider)s AND day = %(day)s::date
       AND EXISTS (SELECT FROM whole WHERE whole.payee IN ('', every.payee))
), named AS (
    SELECT kind, number FROM ours UNION SELECT kind, number FROM theirs
    UNION SELECT kind, number FROM payments_difference
           WHERE provider = %(provider)s AND state = 'open'
), sides AS (
    SELECT named.kind, named.number, coalesce(mine.payee, '') AS our_payee,
           coalesce(mine.amount_fen, 0) AS ours_fen, coalesce(line.payee, '') AS their_payee,
           coalesce(line.amount_fen, 0) AS theirs_fen
      FROM named
      LEFT JOIN LATERAL (SELECT payee, amount_fen FROM ({OURS}) every
            WHERE (every.provider, every.kind, every.number)
                  = (%(provider)s, named.kind, named.number)) mine ON true
      LEFT JOIN LATERAL (SELECT payee, amount_fen FROM ({THEIRS}) every
            WHERE (every.provider, every.kind, every.number)
                  = (%(provider)s, named.kind, named.number)) line ON true
)
"""  # noqa: S608  no value is spliced in
_FOUND: Final = f"""{_SIDES}
INSERT INTO payments_difference AS known (provider, kind, number, day, payee, ours_fen, theirs_fen,
                                          state, officer, note, found_at)
SELECT %(provider)s, kind, number, %(day)s::date, coalesce(nullif(their_payee, ''), our_payee),
       ours_fen, theirs_fen, 'open', '', '', clock_timestamp()
  FROM sides WHERE (our_payee, ours_fen) <> (their_payee, theirs_fen)
ON CONFLICT (provider, kind, number) DO UPDATE
   SET ours_fen = excluded.ours_fen, theirs_fen = excluded.theirs_fen WHERE known.state = 'open'
RETURNING kind, number
"""  # noqa: S608  no value is spliced in
_EXPLAINED: Final = f"""{_SIDES}
UPDATE payments_difference known
   SET state = 'explained', ours_fen = sides.ours_fen, theirs_fen = sides.theirs_fen
  FROM sides
 WHERE (known.provider, known.kind, known.number, known.state)
       = (%(provider)s, sides.kind, sides.number, 'open')
   AND (our_payee, sides.ours_fen) = (their_payee, sides.theirs_fen)
"""  # noqa: S608  no value is spliced in


def reconcile_day(*, provider: Provider, day: str) -> int:
    """Compare a day, written YYYY-MM-DD; give how many exceptions of it are open or claimed."""
    values = {"provider": provider.value, "day": day}
    with transaction.atomic(durable=True), raw.cursor() as cursor:
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
