"""Accounts as a face asks for them: whether a session still counts, whose code this is.

Source: reliability 8 (25); R2.
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.ledger import raw

_STANDING: Final = """
SELECT epoch, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
  FROM members_account WHERE member_id = %s AND closed_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The epoch of an open account, and the database's moment (I-27)."""

    epoch: int
    now: int


def standing(*, member: int) -> Standing | None:
    """Give the standing of an account, or nothing when there is none or it is closed."""
    with raw.cursor() as cursor:
        cursor.execute(_STANDING, (member,))
        row = cursor.fetchone()
    return Standing(epoch=row[0], now=row[1]) if row else None
