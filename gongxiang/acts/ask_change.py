"""An owner asks for another commission, another owner, or the end of his store.

    rate      from a day on that gives the notice of the rules (R9)
    owner     a member who agrees himself; never who recruited the store (R4)
    closing   orders that wait settle; its members keep who recommended them

Nothing changes until an officer has reviewed it. One request of a kind is open at a time.

Units: rates per myriad. Source: E6, R4, R9; spec/platform.md (Store).
"""

from datetime import date
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.governance.terms import terms_of
from gongxiang.ledger import raw
from gongxiang.members import clusters
from gongxiang.merchants.access import State, Task, require
from gongxiang.merchants.applications import in_band
from gongxiang.merchants.changes import (
    REASON_MAX,
    Closing,
    NewOwner,
    NewRate,
    Standing,
    Wish,
    standing_of,
)
from gongxiang.merchants.models import ChangeRequest

_VERSION: Final = 1
_WHOSE: Final = """
SELECT invite.member_id FROM members_invitecode invite JOIN members_account account
    USING (member_id) WHERE invite.code = %s AND account.closed_at IS NULL
"""
_ASK: Final = """
INSERT INTO merchants_changerequest (id, store_id, kind, state, asked_by_id, asked_at, reason,
    commission_rate, since_date, owner_id, officer, answer)
VALUES (%s, %s, %s, 'asked', %s, clock_timestamp(), %s, %s, %s, %s, '', '')
ON CONFLICT (store_id, kind) WHERE state = 'asked' DO NOTHING
"""
_KINDS: Final = {
    NewRate: ChangeRequest.Kind.RATE,
    NewOwner: ChangeRequest.Kind.OWNER,
    Closing: ChangeRequest.Kind.CLOSING,
}
_Row = tuple[int | None, date | None, int | None]


class AskedAlready(Exception):
    """A request of this kind waits already: withdraw it first."""


class RateRefused(Exception):
    """A commission outside the band, or the one that is given already: nothing was asked."""


class TooSoon(Exception):
    """A day before the notice is over, or not after a change that is planned: `first` is fit."""

    def __init__(self, *, first: date) -> None:
        """Keep the first day that would do."""
        super().__init__(f"{first} is the first day")
        self.first = first


class OwnerRefused(Exception):
    """The new owner is unknown, the present one, or the person who recruited the store (R4)."""


class ReasonMissing(Exception):
    """Whoever reviews it reads why, in a sentence or two."""


class StoreEnded(Exception):
    """The store was closed: there is nothing to change."""


def ask_change(*, store: int, by: int, wish: Wish, reason: str) -> int:
    """Ask for a change; give the number of the request.

    Raises `access.NotAllowed`, `RateRefused`, `TooSoon`, `OwnerRefused`, `ReasonMissing`,
    `AskedAlready`, `StoreEnded`; nothing has then been asked.
    """
    why = " ".join(reason.replace("\0", "").split())[:REASON_MAX]
    if not why:
        raise ReasonMissing(f"store {store}")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        require(cursor, store=store, by=by, task=Task.CHANGES)
        standing = standing_of(cursor, store=store)
        if standing.state == State.CLOSED:
            raise StoreEnded(f"store {store}")
        number, row = ids.next_id(), _row(cursor, standing, wish)
        cursor.execute(_ASK, (number, store, _KINDS[type(wish)].value, by, why, *row))
        if not cursor.rowcount:
            raise AskedAlready(f"store {store}: {_KINDS[type(wish)].value}")
    return number


def _row(cursor: Cursor[Any], standing: Standing, wish: Wish) -> _Row:
    """Give what is written of a wish: commission, day and owner."""
    match wish:
        case NewRate(commission_rate=rate, since=since):
            terms = terms_of(_VERSION)
            if not in_band(rate, terms=terms) or rate == standing.rate:
                raise RateRefused(f"{rate} per myriad, {standing.rate} now")
            first = standing.first_day(notice_days=terms.notice_days)
            if since < first:
                raise TooSoon(first=first)
            return rate, since, None
        case NewOwner(code=code):
            cursor.execute(_WHOSE, (code.strip().upper(),))
            found = cursor.fetchone()
            owner = None if found is None else int(found[0])
            is_recruiter = clusters.is_one_person(cursor, standing.recruiter, owner)
            if owner in {None, standing.owner} or is_recruiter:
                raise OwnerRefused(code)
            return None, None, owner
        case Closing():
            return None, None, None
