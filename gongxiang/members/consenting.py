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
_IN_FORCE: Final = """
SELECT DISTINCT purpose, version FROM members_consent
 WHERE member_id = %s AND purpose = ANY(%s) AND withdrawn_at IS NULL ORDER BY purpose, version
"""


def give(cursor: Cursor[Any], *, member: int, purpose: str, version: str = papers.VERSION) -> None:
    """Write down that a member agreed, to today's paper where nothing else is said."""
    cursor.execute(_GIVE, (ids.next_id(), member, purpose, version))


def of_member(cursor: Cursor[Any], member: int) -> tuple[tuple[str, str], ...]:
    """Give what a member agreed to in joining, as far as it is in force: purpose and version."""
    cursor.execute(_IN_FORCE, (member, [papers.MEMBERSHIP, papers.PERSONAL_DATA]))
    return tuple((str(purpose), str(version)) for purpose, version in cursor.fetchall())
