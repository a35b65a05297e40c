"""Sealing the audit log: the root of every Shanghai day that has ended.

    all lines of the day committed -> their hash over the root before: one commit

Who writes a line shares a lock until his commit; the sealer takes it alone where nobody has it, and
else comes again, so no line of a sealed day is still on its way. A day rests for ten minutes first:
a clock that is set back by less makes no line too late.

Units: none. Source: H7; reliability 8 (39); docs/adr/0026.
"""

from typing import Final

from django.db import transaction

from gongxiang.governance.audit_seal import GENESIS, line_hashes, root
from gongxiang.ledger import locks, raw

_NOW: Final = """
SELECT now, (extract(epoch FROM now) * 1000000)::bigint,
       ((now - interval '10 minutes') AT TIME ZONE 'Asia/Shanghai')::date
  FROM (SELECT clock_timestamp() + make_interval(secs => offset_seconds) AS now
          FROM points_horizon) clock
"""
_LAST: Final = "SELECT day, root FROM governance_auditseal ORDER BY day DESC LIMIT 1"
_ENDED: Final = """
SELECT DISTINCT (at AT TIME ZONE 'Asia/Shanghai')::date FROM governance_auditentry
 WHERE at >= coalesce((%s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', '-infinity')
   AND at < %s::date::timestamp AT TIME ZONE 'Asia/Shanghai'
 ORDER BY 1
"""
_SEAL: Final = """
INSERT INTO governance_auditseal (day, lines, root, sealed_at) VALUES (%s, %s, %s, %s)
"""


def seal_audit() -> int:
    """Seal every day of the audit log that has ended and is not sealed; give how many."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        if not locks.try_audit(cursor):
            return 0
        now, sealed_at, today = cursor.execute(_NOW).fetchone() or (None, 0, None)
        last, before = cursor.execute(_LAST).fetchone() or (None, GENESIS)
        days = cursor.execute(_ENDED, (last, today)).fetchall()
        for (day,) in days:
            lines = line_hashes(cursor, after=last, until=day)
            before = root(before=bytes(before), day=day, sealed_at=sealed_at, lines=lines)
            cursor.execute(_SEAL, (day, len(lines), before, now))
            last = day
    return len(days)
