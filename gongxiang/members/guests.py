"""Guests: people known only from paying, each by the payer id that the provider gives.

    party = guest_of(issuer="payer:wechat", subject=openid)

A payer who joined is found as the member he became, so what he pays is his at once.

Units: none. Source: R2; design/ui/faces.md 12.1; design/scale.md rule 2.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.ledger import raw
from gongxiang.members import keyed
from gongxiang.members.models import Party

PAYER: Final = "payer:"
SHOWN: Final = "游客"
_FIND: Final = "SELECT member_id FROM members_identity WHERE (issuer, subject) = (%s, %s)"
_HAS_LEFT: Final = "SELECT FROM members_account WHERE member_id = %s AND closed_at IS NOT NULL"
_KNOW: Final = """
INSERT INTO members_identity (issuer, subject, member_id, shown, proved_at)
SELECT %s, %s, %s, %s, clock_timestamp() + make_interval(secs => offset_seconds)
  FROM points_horizon ON CONFLICT (issuer, subject) DO NOTHING
"""
_PARTY: Final = "INSERT INTO members_party (id, kind, key) VALUES (%s, %s, %s)"
_PARTY_KEY: Final = "INSERT INTO members_partykey (key, kind, party_id) VALUES (%s, %s, %s)"


def guest_of(*, issuer: str, subject: str) -> int:
    """Give the party of a payer, made now when he pays for the first time."""
    assert issuer.startswith(PAYER), "only a provider's payer id makes a guest"
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        known = whose(cursor, issuer, subject)
        if known is not None:
            return known
        guest = ids.next_id()
        if know(cursor, issuer, subject, member=guest, shown=SHOWN):
            make_person(cursor, guest)
            return guest
        known = whose(cursor, issuer, subject)
        assert known is not None, "a subject that is taken has a party"
        return known


def whose(cursor: Cursor[Any], issuer: str, subject: str) -> int | None:
    """Give the party that an issuer's subject belongs to."""
    cursor.execute(_FIND, (issuer, subject))
    row = cursor.fetchone()
    return int(row[0]) if row else None


def opener(cursor: Cursor[Any], member: int) -> int:
    """Give whose a payment is that a member opens, or opened; 0, a guest's, where he has left.

    Whoever asks shares the barrier that closing an account holds, so nobody leaves in between.
    """
    cursor.execute(_HAS_LEFT, (member,))
    return member if cursor.fetchone() is None else 0


def know(cursor: Cursor[Any], issuer: str, subject: str, *, member: int, shown: str) -> bool:
    """Write down whom an issuer's subject is; False when it is somebody already."""
    cursor.execute(_KNOW, (issuer, subject, member, shown))
    return bool(cursor.rowcount)


def make_person(cursor: Cursor[Any], number: int) -> str:
    """Make the party of a person under a key of chance; give the key."""
    key = keyed.party_key("M")
    cursor.execute(_PARTY, (number, Party.PERSON, key))
    cursor.execute(_PARTY_KEY, (key, Party.PERSON, number))
    return key
