"""The audit of the audit log: each root is the hash of the lines since the sealed day before.

Lines of days that are not sealed yet stand under no root.

Units: moments in microseconds. Source: H7; reliability 8 (39); docs/adr/0026.
"""

from typing import Any, Final, NamedTuple

from psycopg import Connection

from gongxiang.governance.audit_seal import GENESIS, line_hashes, root
from gongxiang.settlement.history import MICROSECONDS
from gongxiang.settlement.wrong import Wrong

_DAYS: Final = f"""
SELECT day, lines, root, {MICROSECONDS.format("sealed_at")} FROM governance_auditseal ORDER BY day
"""  # noqa: S608  no value is spliced in


class SealedLog(NamedTuple):
    """What of the audit log is sealed."""

    days: int
    lines: int


def compare_audit_log(connection: Connection[Any]) -> SealedLog:
    """Compare every root with its lines; raises `Wrong` at the first day that differs."""
    before, last, sealed = GENESIS, None, 0
    with connection.cursor() as cursor:
        days = cursor.execute(_DAYS).fetchall()
        for day, count, stored, sealed_at in days:
            lines = line_hashes(cursor, after=last, until=day)
            if len(lines) != count:
                raise Wrong(
                    f"the audit log has {len(lines)} lines until {day}, sealed were {count}"
                )
            wanted = root(before=before, day=day, sealed_at=sealed_at, lines=lines)
            if bytes(stored) != wanted:
                raise Wrong(
                    f"the seal of the audit log of {day} has the root {bytes(stored).hex()};"
                    f" its lines give {wanted.hex()}"
                )
            before, last, sealed = wanted, day, sealed + count
    return SealedLog(days=len(days), lines=sealed)
