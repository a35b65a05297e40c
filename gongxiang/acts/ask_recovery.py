"""Somebody who lost his number asks for his account, by what he can prove now.

    asked -> an officer checks his real name -> a waiting period -> his new proof opens the account

Who has joined anew meanwhile asks by the proof of his new account: the two become one then. Several
people may ask for one account, each once; the officer sees them all. Asking tells nothing: it is
answered the same whether the old number is known or not, and counts the same towards the limits.
The account is told; its owner's next sign-in ends the matter.

Units: none. Source: reliability 8 (3, 22, 26); platform.md (People); rules/limits.toml.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.acts.join import Proved
from gongxiang.base import ids
from gongxiang.governance.limits import limit
from gongxiang.ledger import locks, raw
from gongxiang.members import guests, keyed, notes, phone, stale
from gongxiang.members.address import network_of
from gongxiang.members.models import MessageKind, Recovery

_DAY: Final = 86_400
_FORGET: Final = """
DELETE FROM members_recoverytry WHERE asked_at < clock_timestamp() - make_interval(secs => %s)
"""
_TRIED: Final = """
SELECT count(*) FILTER (WHERE subject = %(subject)s), count(*) FILTER (WHERE address = %(address)s)
  FROM members_recoverytry
 WHERE (subject = %(subject)s OR address = %(address)s)
   AND asked_at > clock_timestamp() - make_interval(secs => %(seconds)s)
"""
_TRY: Final = """
INSERT INTO members_recoverytry (id, subject, address, asked_at)
VALUES (%s, %s, %s, clock_timestamp())
"""
_ASK: Final = """
INSERT INTO members_recovery (id, member_id, issuer, subject, shown, old_subject, state, asked_at,
                              officer, reason)
SELECT %s, %s, %s, %s, %s, %s, %s, clock_timestamp() + make_interval(secs => offset_seconds), '', ''
  FROM points_horizon
ON CONFLICT (member_id, issuer, subject) WHERE state IN ('asked', 'approved') DO NOTHING
"""


class AskedTooOften(Exception):
    """As often as one may ask in a day was asked already: nothing was written down."""


def ask_recovery(*, proved: Proved, old_subject: str, address: str) -> bool:
    """Ask for the account of an old phone; False when there is none, or he asks already.

    The answer is for tests and logs: no page may tell the difference. Raises `AskedTooOften`.
    """
    most = (limit(name="recovery_day_max"), limit(name="recovery_address_day_max"))
    days = limit(name="phone_stale_days")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        _count(cursor, f"{proved.issuer} {proved.subject}", address, most)
        member = guests.whose(cursor, phone.ISSUER, old_subject)
        known = guests.whose(cursor, proved.issuer, proved.subject)
        if member is None or (
            known not in {None, member}
            and stale.is_stale(cursor, issuer=proved.issuer, subject=proved.subject, days=days)
        ):
            return False
        asked = (ids.next_id(), member, proved.issuer, proved.subject, proved.shown, old_subject)
        cursor.execute(_ASK, (*asked, Recovery.State.ASKED.value))
        if not cursor.rowcount:
            return False
        notes.tell(cursor, member=member, kind=MessageKind.RECOVERY_ASKED, subject=proved.shown)
    return True


def _count(cursor: Cursor[Any], who: str, address: str, most: tuple[int, int]) -> None:
    """Count this one, if it is not one too many; what is older than two days is forgotten."""
    subject, source = keyed.digest("recovery", who), keyed.digest("address", network_of(address))
    cursor.execute(_FORGET, (2 * _DAY,))
    cursor.execute(_TRIED, {"subject": subject, "address": source, "seconds": _DAY})
    tried = cursor.fetchone() or (0, 0)
    if any(count >= allowed for count, allowed in zip(tried, most, strict=True)):
        raise AskedTooOften(f"{tried} of {most} a day, by proof and by address")
    cursor.execute(_TRY, (ids.next_id(), subject, source))
