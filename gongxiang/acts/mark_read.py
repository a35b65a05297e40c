"""A member has read his messages up to a moment; what came later stays unread.

Units: microseconds. Source: design/ui/faces.md 6.2.
"""

from typing import Final

from django.db import transaction

from gongxiang.base.clock import format_at
from gongxiang.ledger import raw

_MARK: Final = """
INSERT INTO members_messagemark (member_id, read_at)
SELECT %s, least(%s::timestamptz, clock_timestamp() + make_interval(secs => offset_seconds))
  FROM points_horizon
    ON CONFLICT (member_id)
    DO UPDATE SET read_at = greatest(members_messagemark.read_at, excluded.read_at)
"""


def mark_read(*, member: int, upto: int) -> None:
    """Move the member's mark on, never back and never beyond the platform's moment."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_MARK, (member, format_at(upto)))
