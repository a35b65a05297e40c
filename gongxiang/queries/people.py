"""What the pages about people show, as plain data.

Units: moments in microseconds. Source: H5; design/ui/faces.md 6.2 (team, me).
"""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base.clock import format_at, from_datetime
from gongxiang.ledger import raw
from gongxiang.members.issuers import PHONE, PROOFS
from gongxiang.members.names import masked, shown
from gongxiang.members.papers import PURPOSES

_ACCOUNT: Final = """
SELECT account.name, account.code, account.opened_at, member.referrer_id, store.name,
       above.name, above.code, party.key
  FROM members_account account
  JOIN members_party party ON party.id = account.member_id
  LEFT JOIN members_member member ON member.member_id = account.member_id
  LEFT JOIN merchants_store store ON store.store_id = member.via_store_id
  LEFT JOIN members_account above ON above.member_id = member.referrer_id
 WHERE account.member_id = %s
"""
_IDENTITIES: Final = """
SELECT issuer, shown, proved_at FROM members_identity
 WHERE member_id = %s AND issuer = ANY(%s) ORDER BY proved_at
"""
_CONSENTS: Final = """
SELECT purpose, version, given_at, withdrawn_at FROM members_consent
 WHERE member_id = %s ORDER BY id
"""
_PARTS: Final = """
WITH part AS (
    SELECT %(member)s::bigint AS id, 0 AS place
    UNION ALL SELECT member_id, 1 FROM members_joinedaccount WHERE into_id = %(member)s
)
SELECT part.id, account.name, account.code,
       coalesce(sum(amount) FILTER (WHERE balance.account = 108), 0),
       coalesce(sum(amount) FILTER (WHERE balance.account = 203), 0),
       coalesce(sum(amount) FILTER (WHERE balance.account = 302), 0)
  FROM part JOIN members_account account ON account.member_id = part.id
  LEFT JOIN ledger_balance balance ON balance.party_id = part.id
 GROUP BY part.place, part.id, account.name, account.code ORDER BY part.place, part.id
"""
_COUNTS: Final = """
SELECT count(*) FROM members_member WHERE referrer_id = %s AND is_introduced
UNION ALL
SELECT count(*) FROM members_member below
  JOIN members_member direct ON direct.member_id = below.referrer_id
 WHERE direct.referrer_id = %s AND below.is_introduced
"""
_DIRECT: Final = """
SELECT member.member_id, account.name, account.code, member.joined_at, store.name
  FROM members_member member
  LEFT JOIN members_account account ON account.member_id = member.member_id
  LEFT JOIN merchants_store store ON store.store_id = member.via_store_id
 WHERE member.referrer_id = %s AND member.is_introduced
   AND (member.joined_at, member.member_id) < (%s::timestamptz, %s)
 ORDER BY member.joined_at DESC, member.member_id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One way to sign in."""

    issuer: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One consent: for what, to which version, since when, until when."""

    title: str
    version: str
    given_at: int
    withdrawn_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of a person's joined accounts, and what it holds: cash, points, vouchers."""

    member: int
    shown: str
    cash: int
    points: int
    vouchers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A member by name and code, and who recommended him."""

    key: str
    name: str
    shown: str
    code: str
    opened_at: int
    recommender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Named):
    """A member as he sees himself."""

    identities: tuple[Identity, ...]
    consents: tuple[Consent, ...]

    @property
    def phone(self) -> str:
        """Give the phone he signs in by, or nothing."""
        return next((one.shown for one in self.identities if one.issuer == PROOFS[PHONE]), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Somebody he brought: masked, since when, by which store; no spending."""

    member: int
    shown: str
    joined_at: int
    store: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """How many a member brought, and they."""

    direct: int
    indirect: int


def named(*, member: int) -> Named:
    """Give a member's name and who recommended him; he must have an account."""
    with raw.cursor() as cursor:
        return Named(**_named(cursor, member))


def person(*, member: int) -> Person:
    """Give a member's own page; he must have an account."""
    with raw.cursor() as cursor:
        told = _named(cursor, member)
        cursor.execute(_IDENTITIES, (member, list(PROOFS)))
        identities = cursor.fetchall()
        cursor.execute(_CONSENTS, (member,))
        consents = cursor.fetchall()
    return Person(
        **told,
        identities=tuple(
            Identity(issuer=PROOFS[issuer], shown=how) for issuer, how, _ in identities
        ),
        consents=tuple(_consent(*consent) for consent in consents),
    )


def parts(*, member: int) -> tuple[Part, ...]:
    """Give the accounts of a person, the one that he signs in to first; one for most."""
    with raw.cursor() as cursor:
        cursor.execute(_PARTS, {"member": member})
        rows = cursor.fetchall()
    return tuple(
        Part(
            member=number,
            shown=shown(name, code),
            cash=int(cash),
            points=int(points),
            vouchers=int(vouchers),
        )
        for number, name, code, cash, points, vouchers in rows
    )


def team(*, member: int) -> Team:
    """Count whom a member brought."""
    with raw.cursor() as cursor:
        cursor.execute(_COUNTS, (member, member))
        (direct,), (indirect,) = cursor.fetchall()
    return Team(direct=direct, indirect=indirect)


def followers(
    *, member: int, size: int, before: tuple[int, int] | None = None
) -> tuple[Follower, ...]:
    """Give a page of those a member brought, newest first, by masked name."""
    at, number = ("infinity", 0) if before is None else (format_at(before[0]), before[1])
    with raw.cursor() as cursor:
        cursor.execute(_DIRECT, (member, at, number, size))
        rows = cursor.fetchall()
    return tuple(
        Follower(
            member=below,
            shown=masked(shown(name or "", code)) if code else "会员",
            joined_at=from_datetime(joined_at),
            store=store or "",
        )
        for below, name, code, joined_at, store in rows
    )


def _named(cursor: Cursor[Any], member: int) -> dict[str, Any]:
    """Ask for what both pages name."""
    cursor.execute(_ACCOUNT, (member,))
    row = cursor.fetchone()
    assert row is not None, "who is signed in has an account"
    name, code, opened_at, referrer, store, above_name, above_code, key = row
    return {
        "key": key,
        "name": name,
        "shown": shown(name, code),
        "code": code,
        "opened_at": from_datetime(opened_at),
        "recommender": _recommender(referrer, store, above_name, above_code),
    }


def _recommender(
    referrer: int | None, store: str | None, name: str | None, code: str | None
) -> str:
    if referrer is None:
        return "没有"
    if store:
        return store
    return masked(shown(name or "", code)) if code else "会员"


def _consent(purpose: str, version: str, given_at: Any, withdrawn_at: Any) -> Consent:  # noqa: ANN401  a row
    return Consent(
        title=PURPOSES.get(purpose, purpose),
        version=version,
        given_at=from_datetime(given_at),
        withdrawn_at=withdrawn_at and from_datetime(withdrawn_at),
    )
