"""Consents, one row a purpose and time, in the transaction of what was agreed to (H5).

Units: none. Source: H5.
"""

from typing import Any, Final

from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.members import papers

_GIVE: Final = """
INSERT INTO members_consent (id, member_id, purpose, version, given_at)
VALUES (%s, %s, %s, %s, clock_timestamp())
"""


def give(cursor: Cursor[Any], *, member: int, purpose: str, version: str = papers.VERSION) -> None:
    """Write down that a member agreed, to today's paper where nothing else is said."""
    cursor.execute(_GIVE, (ids.next_id(), member, purpose, version))
