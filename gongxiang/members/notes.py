"""Writing a message to a member, in the caller's transaction and beside what it tells.

    notes.tell(cursor, member=..., kind=MessageKind.PHONE_CHANGED, subject="138****8000")

Only for what no book tells; settlement, sales, withdrawals and refunds are read from theirs.

Units: none. Source: design/ui/faces.md 6.2.
"""

from typing import Any, Final

from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.members.models import MessageKind

_WRITE: Final = """
INSERT INTO members_message (id, member_id, kind, subject, at)
SELECT %s, %s, %s, %s, clock_timestamp() + make_interval(secs => offset_seconds)
  FROM points_horizon
"""


def tell(cursor: Cursor[Any], *, member: int, kind: MessageKind, subject: str = "") -> None:
    """Write a message of a kind to a member, at the platform's moment."""
    cursor.execute(_WRITE, (ids.next_id(), member, kind.value, subject))
