"""The audit log: who did or saw what, of whom, before and after, why, from where, and when.

    with transaction.atomic(durable=True), raw.cursor() as cursor:
        ...                                       what the act does
        audit_log.note(cursor, kind=AuditKind.X, subject=("withdrawal", number),
                       officer=officer, before={...}, after={...}, why=reason)

A line is written in the transaction of what it tells, so neither is there without the other. The
table only grows, and each day of it is sealed (audit_seal.py). A face says once a request from
which address it came; acts need not know.

Units: money in micro-yuan, rates per myriad. Source: H5; reliability I-26; design/ui/faces.md 6.5.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import locks

SYSTEM: Final = "system"
"""Who acted where nobody did: the platform itself, or a command without an officer."""
Values = Mapping[str, str | int | bool | None]

_from: ContextVar[str] = ContextVar("address", default="")
_NOTE: Final = """
INSERT INTO governance_auditentry
    (id, at, officer, address, kind, subject_kind, subject_id, before, after, why)
SELECT %s, clock_timestamp() + make_interval(secs => offset_seconds),
       %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s
  FROM points_horizon
"""


@contextmanager
def acting_from(address: str) -> Iterator[None]:
    """Let every line that is written meanwhile say from which address it was caused."""
    token = _from.set(address)
    try:
        yield
    finally:
        _from.reset(token)


def note(
    cursor: Cursor[Any],
    *,
    kind: AuditKind,
    subject: tuple[str, object],
    officer: str = SYSTEM,
    before: Values | None = None,
    after: Values | None = None,
    why: str = "",
) -> None:
    """Write one line in the caller's transaction; `subject` is a kind of thing and its number."""
    thing, number = subject
    written = (_json(before), _json(after), _clean(why))
    locks.share_audit(cursor)
    cursor.execute(
        _NOTE,
        (ids.next_id(), officer, _from.get(), kind.value, thing, _clean(str(number)), *written),
    )
    assert cursor.rowcount == 1, "the horizon's row is missing"


def _json(values: Values | None) -> str:
    """Write values without what a database cannot hold."""
    held = {
        name: _clean(value) if isinstance(value, str) else value
        for name, value in (values or {}).items()
    }
    return json.dumps(held, ensure_ascii=False)


def _clean(text: str) -> str:
    """Leave out what a database cannot hold."""
    return text.replace("\0", "")
