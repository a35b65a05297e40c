"""Accounts as a face asks for them: whether a session still counts, whose code this is.

Source: reliability 8 (25); R2.
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.ledger import raw
from gongxiang.members import issuers, stale

_STANDING: Final = """
SELECT epoch, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
  FROM members_account WHERE member_id = %s AND closed_at IS NULL
"""

_PART: Final = """
SELECT 1 FROM members_joinedaccount WHERE member_id = %s AND into_id = %s
"""
_OTHERS: Final = """
SELECT other.issuer FROM members_identity known JOIN members_identity other USING (member_id)
 WHERE (known.issuer, known.subject) = (%s, %s) AND other.issuer = ANY(%s)
"""
_WHOSE: Final = "SELECT member_id FROM members_identity WHERE (issuer, subject) = (%s, %s)"
_PROVED_LAST: Final = """
SELECT issuer, subject, shown FROM members_identity
 WHERE member_id = %s AND issuer = ANY(%s) ORDER BY proved_at DESC LIMIT 1
"""
_CODE_LEFT: Final = """
SELECT CASE WHEN used_at IS NULL AND tries_left > 0
            THEN ceil(extract(epoch FROM ends_at - clock_timestamp()))::int ELSE 0 END,
       ceil(60 - extract(epoch FROM clock_timestamp() - sent_at))::int
  FROM members_phonecode WHERE id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLeft:
    """Seconds for which a code is good, and until another may be sent; 0 when none."""

    seconds: int
    pause: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The epoch of a member's open account, and the database's moment (I-27)."""

    member: int
    epoch: int
    now: int


def standing(*, member: int) -> Standing | None:
    """Give the standing of an account, or nothing when there is none or it is closed."""
    with raw.cursor() as cursor:
        cursor.execute(_STANDING, (member,))
        row = cursor.fetchone()
    return Standing(member=member, epoch=row[0], now=row[1]) if row else None


def is_part(*, member: int, of: int) -> bool:
    """Tell whether an account was joined into another."""
    with raw.cursor() as cursor:
        cursor.execute(_PART, (member, of))
        return cursor.fetchone() is not None


def others(*, issuer: str, subject: str) -> frozenset[str]:
    """Give the channels by which the account of an identity can be signed in to as well."""
    with raw.cursor() as cursor:
        cursor.execute(_OTHERS, (issuer, subject, list(issuers.CHANNELS)))
        return frozenset(str(other) for (other,) in cursor.fetchall())


def is_stale(*, issuer: str, subject: str, days: int) -> bool:
    """Tell whether a code alone is no proof of the account any more."""
    with raw.cursor() as cursor:
        return stale.is_stale(cursor, issuer=issuer, subject=subject, days=days)


def whose(*, issuer: str, subject: str) -> int | None:
    """Give the member whom an issuer's subject signs in as."""
    with raw.cursor() as cursor:
        cursor.execute(_WHOSE, (issuer, subject))
        row = cursor.fetchone()
    return int(row[0]) if row else None


def proved_last(*, member: int) -> tuple[str, str, str] | None:
    """Give issuer, subject and what is shown of the identity that signed in last."""
    with raw.cursor() as cursor:
        cursor.execute(_PROVED_LAST, (member, list(issuers.PROOFS)))
        row: tuple[str, str, str] | None = cursor.fetchone()
    return row


def code_left(*, number: int) -> CodeLeft:
    """Give how long a code is good, and how long until another may be sent."""
    with raw.cursor() as cursor:
        cursor.execute(_CODE_LEFT, (number,))
        row = cursor.fetchone() or (0, 0)
    return CodeLeft(seconds=max(row[0], 0), pause=max(row[1], 0))
