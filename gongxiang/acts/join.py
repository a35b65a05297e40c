"""A person joins: proved, agreed, bound once and for ever to the first who brought him (R2).

    nobody yet           party, member, account and the fact `member`
    a guest who paid     the same party becomes a member: the fact `claimed`; only by proving the
                         payer id itself, for somebody else may have paid what this browser opened
    a member already     nothing changes, the first answer again

The proved identity is written first and is unique: of many scans at once one binds, the others
find the member that it made.

Units: none. Source: R2, H5, E8; reliability I-20, A22; design/ui/faces.md 12.1.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.ledger import locks, raw
from gongxiang.members import guests, issuers, joined
from gongxiang.members.bringers import Bringer
from gongxiang.orders import entering, facts

_HAS_ACCOUNT: Final = "SELECT 1 FROM members_account WHERE member_id = %s"
_ABOVE: Final = "SELECT referrer_id FROM members_member WHERE member_id = %s"


class OwnCode(Exception):
    """Nobody recommends himself: nothing was recorded."""


class WouldMakeCycle(Exception):
    """Who brings him was himself brought by him: nothing was recorded (I-20)."""


class _PayerAppeared(Exception):
    """A payment of this very person made a guest meanwhile: look again, and claim it."""


class NoConsent(Exception):
    """Nobody joins who did not agree: nothing was recorded (H5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Who somebody proved to be: an issuer's subject, and how it may be shown."""

    issuer: str
    subject: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The member, and whether he became one now."""

    member: int
    is_new: bool


def join(
    *,
    proved: Proved,
    bringer: Bringer | None,
    consents: tuple[tuple[str, str], ...],
) -> Joined:
    """Make a member of who proved to be `proved`.

    Consents are pairs of purpose and version. Raises `NoConsent`, `OwnCode`, `WouldMakeCycle`.
    """
    if not consents:
        raise NoConsent("a member agrees first")
    try:
        return _join(proved, bringer, consents)
    except _PayerAppeared:
        return _join(proved, bringer, consents)


def _join(
    proved: Proved,
    bringer: Bringer | None,
    consents: tuple[tuple[str, str], ...],
) -> Joined:
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        known = guests.whose(cursor, proved.issuer, proved.subject)
        if known is not None:
            return Joined(member=known, is_new=False)
        member = _guest(cursor, proved)
        if member is None:
            locks.share_barrier(cursor)
            member = ids.next_id()
            guests.make_person(cursor, member)
        else:
            # All that a guest paid comes before his joining: nobody records while he joins.
            locks.hold_barrier(cursor)
        if bringer is not None and bringer.referrer is not None:
            bringer = replace(bringer, referrer=joined.head(cursor, bringer.referrer))
        _know(cursor, proved, member)
        _refuse_circle(cursor, member, bringer)
        at = facts.moment(cursor)
        entering.record(cursor, member, bringer, at)
        entering.open_account(cursor, member, consents, at)
    return Joined(member=member, is_new=True)


def _guest(cursor: Cursor[Any], proved: Proved) -> int | None:
    """Give the guest whom he paid as, unless that one is a member already."""
    payer = guests.whose(cursor, guests.PAYER + proved.issuer, proved.subject)
    cursor.execute(_HAS_ACCOUNT, (payer,))
    return payer if cursor.fetchone() is None else None


def _know(cursor: Cursor[Any], proved: Proved, member: int) -> None:
    """Write the identity down; who signs in by a channel is known as its payer, too."""
    is_free = guests.know(cursor, proved.issuer, proved.subject, member=member, shown=proved.shown)
    assert is_free, "joining is alone under the forest's lock"
    if proved.issuer in issuers.CHANNELS:
        payer = guests.PAYER + proved.issuer
        is_free = guests.know(cursor, payer, proved.subject, member=member, shown=proved.shown)
        if not is_free and _guest(cursor, proved) not in {None, member}:
            raise _PayerAppeared


def _refuse_circle(cursor: Cursor[Any], member: int, bringer: Bringer | None) -> None:
    """Walk from the bringer up; only a former guest can be met there."""
    above = bringer.referrer if bringer else None
    if above == member:
        raise OwnCode("nobody recommends himself")
    while above is not None:
        if above == member:
            raise WouldMakeCycle("the recommender was brought by this person")
        cursor.execute(_ABOVE, (above,))
        row = cursor.fetchone()
        above = row[0] if row else None
