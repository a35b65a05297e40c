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
from gongxiang.base.clock import format_at
from gongxiang.lab.lines import ClaimedLine, Line, MemberLine
from gongxiang.ledger import locks, raw
from gongxiang.members import consenting, guests, joined, keyed
from gongxiang.members.bringers import Bringer
from gongxiang.orders import facts
from gongxiang.orders.models import Kind

WECHAT: Final = "wechat"
_HAS_ACCOUNT: Final = "SELECT 1 FROM members_account WHERE member_id = %s"
_KEYS: Final = "SELECT id, key FROM members_party WHERE id = ANY(%s)"
_MEMBER: Final = """
INSERT INTO members_member (member_id, referrer_id, via_store_id, is_introduced, joined_at)
VALUES (%s, %s, %s, true, %s) ON CONFLICT (member_id) DO NOTHING
"""
_CLAIM: Final = """
UPDATE members_member SET referrer_id = %s, via_store_id = %s, joined_at = %s, is_introduced = true
 WHERE member_id = %s AND NOT is_introduced
"""
_ABOVE: Final = "SELECT referrer_id FROM members_member WHERE member_id = %s"
_ACCOUNT: Final = """
INSERT INTO members_account (member_id, name, code, epoch, opened_at) VALUES (%s, %s, %s, 0, %s)
"""
_INVITE: Final = "INSERT INTO members_invitecode (code, member_id) VALUES (%s, %s)"


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
        _record(cursor, member, bringer, at)
        _open_account(cursor, member, consents, at)
    return Joined(member=member, is_new=True)


def _guest(cursor: Cursor[Any], proved: Proved) -> int | None:
    """Give the guest whom he paid as, unless that one is a member already."""
    payer = guests.whose(cursor, guests.PAYER + proved.issuer, proved.subject)
    cursor.execute(_HAS_ACCOUNT, (payer,))
    return payer if cursor.fetchone() is None else None


def _know(cursor: Cursor[Any], proved: Proved, member: int) -> None:
    """Write the identity down; who signs in by WeChat is known as its payer, too."""
    is_free = guests.know(cursor, proved.issuer, proved.subject, member=member, shown=proved.shown)
    assert is_free, "joining is alone under the forest's lock"
    if proved.issuer == WECHAT:
        payer = guests.PAYER + WECHAT
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


def _record(cursor: Cursor[Any], member: int, bringer: Bringer | None, at: int) -> None:
    referrer = bringer.referrer if bringer else None
    store = bringer.store if bringer else None
    parties = [party for party in (member, referrer, store) if party]
    cursor.execute(_KEYS, (parties,))
    keys: dict[int | None, str] = dict(cursor.fetchall())
    above, via = keys.get(referrer), keys.get(store)
    cursor.execute(_MEMBER, (member, referrer, store, format_at(at)))
    is_guest = not cursor.rowcount
    if is_guest:
        cursor.execute(_CLAIM, (referrer, store, format_at(at), member))
        assert cursor.rowcount == 1, "a guest joins once"
    key = keyed.party_key("C")

    def line_at(moment: str) -> Line:
        if is_guest:
            return ClaimedLine(key, keys[member], above, via, moment)
        return MemberLine(keys[member], above, via, moment)

    kind = Kind.CLAIMED if is_guest else Kind.MEMBER
    recorded = facts.record(cursor, line_at, kind=kind, home=member, amount=0, at=at)
    assert recorded.is_new, "a key of chance stands for nothing yet"


def _open_account(
    cursor: Cursor[Any], member: int, consents: tuple[tuple[str, str], ...], at: int
) -> None:
    code = keyed.invite_code()
    cursor.execute(_ACCOUNT, (member, "", code, format_at(at)))
    cursor.execute(_INVITE, (code, member))
    for purpose, version in consents:
        consenting.give(cursor, member=member, purpose=purpose, version=version)
