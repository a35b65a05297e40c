"""The root of a day of the audit log: its lines, in their order, and the root before.

    line = sha256(every column of the line, as one JSON array)
    root = sha256(root before, day, when it was sealed, each line's hash)

A day without a line has no root; the next one covers all since the last sealed day. Whoever keeps
a root keeps every line before it.

Units: moments in microseconds. Source: H7; reliability 8 (39).
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from psycopg import Cursor

GENESIS: Final = bytes(32)
"""What the first day is chained to."""
_LINES: Final = """
SELECT id, (extract(epoch FROM at) * 1000000)::bigint, officer, address, kind, subject_kind,
       subject_id, before::text, after::text, why
  FROM governance_auditentry
 WHERE at >= coalesce((%s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', '-infinity')
   AND at < (%s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
 ORDER BY at, id
"""


def line_hashes(cursor: Cursor[Any], *, after: date | None, until: date) -> list[bytes]:
    """Give the hash of every line after a day, None for from the beginning, until another's end."""
    return [line_hash(columns) for columns in cursor.execute(_LINES, (after, until)).fetchall()]


def line_hash(columns: Sequence[str | int]) -> bytes:
    """Give the hash of one line.

    >>> line_hash([7, "li"]) == hashlib.sha256(b'[7,"li"]').digest()
    True
    """
    told = json.dumps(list(columns), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).digest()


def root(*, before: bytes, day: date, sealed_at: int, lines: Sequence[bytes]) -> bytes:
    """Give the root of a day that was sealed at a moment."""
    head = f"{day} {sealed_at}\n".encode()
    return hashlib.sha256(before + head + b"".join(lines)).digest()
