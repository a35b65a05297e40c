"""The accounts of one person: of one document, or joined into one; held together (E12).

Who was neither verified nor joined is a person for himself.

Units: none. Source: E12; reliability 8 (1), I-22.
"""

from typing import Any, Final

from psycopg import Cursor

from gongxiang.ledger import locks
from gongxiang.members import joined

SAME_PERSON: Final = """
SELECT other.id
  FROM unnest({among}) AS other (id)
  LEFT JOIN members_joinedaccount joined ON joined.member_id = other.id
  LEFT JOIN members_verified verified ON verified.member_id = coalesce(joined.into_id, other.id)
  LEFT JOIN members_joinedaccount own ON own.member_id = {member}
  LEFT JOIN members_verified proved ON proved.member_id = coalesce(own.into_id, {member})
 WHERE coalesce(joined.into_id, other.id) = coalesce(own.into_id, {member})
    OR verified.cluster = proved.cluster AND verified.cluster <> ''
"""
"""Those of some parties that are accounts of a member's person, as a part of another question."""
_LOCK: Final = 7_461_022
_CLUSTER: Final = "SELECT cluster FROM members_verified WHERE member_id = %s"
_ACCOUNTS: Final = """
WITH head AS (
    SELECT coalesce((SELECT into_id FROM members_joinedaccount WHERE member_id = %(member)s),
                    %(member)s) AS id
), heads AS (
    SELECT id FROM head
    UNION
    SELECT coalesce(joined.into_id, same.member_id)
      FROM head JOIN members_verified verified ON verified.member_id = head.id
      JOIN members_cluster same ON same.cluster = verified.cluster
      LEFT JOIN members_joinedaccount joined ON joined.member_id = same.member_id
)
SELECT id FROM heads
 UNION SELECT joined.member_id FROM heads JOIN members_joinedaccount joined ON into_id = heads.id
"""


def hold(cursor: Cursor[Any], *, member: int) -> list[int]:
    """Be alone at work on a person until the transaction ends; give his accounts, this one first.

    Taken before row locks, after the barrier.
    """
    head = joined.head(cursor, member)
    cluster = _cluster(cursor, head)
    locks.hold_named(cursor, cluster or f"member {head}", kind=_LOCK)
    return accounts_of(cursor, member=member)


def accounts_of(cursor: Cursor[Any], *, member: int) -> list[int]:
    """Give a person's accounts, this first."""
    cursor.execute(_ACCOUNTS, {"member": member})
    everybody = {int(number) for (number,) in cursor.fetchall()}
    return [member, *sorted(everybody - {member})]


def is_one_person(cursor: Cursor[Any], one: int | None, other: int | None) -> bool:
    """Tell whether two accounts are one person's, as far as anybody has proved it."""
    if one is None or other is None:
        return False
    return other in accounts_of(cursor, member=one)


def _cluster(cursor: Cursor[Any], head: int) -> str:
    cursor.execute(_CLUSTER, (head,))
    row = cursor.fetchone()
    return row[0] if row else ""
