"""An officer reviews what an owner asks of his store; what he approves is in force with its fact.

    rate      the fact `rate_changed`: orders paid from 00:00 of the day on carry the new rate,
              not before the notice is over (R9), counted from today
    owner     the fact `owner_changed`; members keep who recommended them (R2). The accounts at the
              channels were the old owner's: nothing is paid into them any more, and what he
              asked of the store is withdrawn; the sessions of both owners end
    closing   payments are refused from now on; what waits settles as ever

Who asked reads it among his messages, a new owner as well.

Units: rates per myriad. Source: E6, E7, R2, R4, R9; I-4, I-26; spec/platform.md (Store).
"""

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import TextChoices
from psycopg import Cursor

from gongxiang.base.clock import format_at, shanghai_day_start
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.governance.terms import terms_of
from gongxiang.lab.lines import OwnerChangedLine, RateChangedLine
from gongxiang.ledger import raw
from gongxiang.members import clusters, joined, keyed, notes
from gongxiang.members.models import MessageKind
from gongxiang.merchants.access import State
from gongxiang.merchants.applications import in_band
from gongxiang.merchants.changes import Standing, standing_of
from gongxiang.merchants.models import ChangeRequest
from gongxiang.orders import facts
from gongxiang.orders.models import Kind
from gongxiang.payments import submerchants

_VERSION: Final = 1
_STORE: Final = "SELECT name FROM merchants_store WHERE store_id = %s FOR UPDATE"
_REQUEST: Final = """
SELECT kind, commission_rate, since_date, owner_id, agreed_at IS NOT NULL, asked_by_id
  FROM merchants_changerequest WHERE store_id = %s AND id = %s AND state = 'asked' FOR UPDATE
"""
_KEYS: Final = "SELECT id, key FROM members_party WHERE id = ANY(%s)"
_RATE: Final = """
INSERT INTO merchants_ratechange (id, store_id, commission_rate, since_at) VALUES (%s, %s, %s, %s)
"""
_HAS_ACCOUNT: Final = """
SELECT FROM members_account WHERE member_id = %s AND closed_at IS NULL
"""
_CHANGED: Final = """
INSERT INTO merchants_ownerchange (id, store_id, owner_id) VALUES (%s, %s, %s)
"""
_OWNER: Final = "UPDATE merchants_store SET owner_id = %s WHERE store_id = %s"
_NO_STAFF: Final = """
UPDATE merchants_staff SET left_at = clock_timestamp()
 WHERE (store_id, member_id) = (%s, %s) AND left_at IS NULL
"""
_WITHDRAWN: Final = """
UPDATE merchants_changerequest SET state = %s
 WHERE store_id = %s AND id <> %s AND state = 'asked'
"""
_OF_OLD_OWNER: Final = "门店换了店主，等新店主的商户号"
_CLOSE: Final = "UPDATE merchants_profile SET state = %s WHERE store_id = %s AND state <> %s"
_DECIDED: Final = """
UPDATE merchants_changerequest
   SET state = %s, since_date = coalesce(%s, since_date), officer = %s, answer = %s,
       reviewed_at = clock_timestamp()
 WHERE (store_id, id) = (%s, %s)
"""


class Decision(TextChoices):
    """What an officer makes of a request."""

    APPROVE = "approve", "通过"
    DECLINE = "decline", "不通过"


class NotInReview(Exception):
    """The request does not wait for a review: it is unknown, withdrawn, or was decided."""


class AnswerMissing(Exception):
    """A request is declined with an answer that its owner can read."""


class CannotChange(Exception):
    """The rules, the store or the new owner do not allow it (any more): decline it."""


def review_change(
    *, store: int, request: int, officer: str, decision: Decision, answer: str = ""
) -> None:
    """Decide, and tell who asked.

    Raises `NotInReview`, `AnswerMissing`, `CannotChange`; nothing has then changed.
    """
    if decision is Decision.DECLINE and not answer.strip():
        raise AnswerMissing(f"request {request}: say why")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_STORE, (store,))
        name = cursor.fetchone()
        cursor.execute(_REQUEST, (store, request))
        row = cursor.fetchone()
        if row is None or name is None:
            raise NotInReview(f"request {request} of store {store}")
        since, state = None, ChangeRequest.State.DECLINED
        if decision is Decision.APPROVE:
            state = ChangeRequest.State.APPROVED
            since = _execute(cursor, store, row, at)
            if row[0] == ChangeRequest.Kind.OWNER:
                _leave_behind(cursor, store, request, officer)
        decided = (state.value, since, officer, answer.strip())
        cursor.execute(_DECIDED, (*decided, store, request))
        audit_log.note(
            cursor,
            kind=AuditKind.CHANGE_REVIEWED,
            subject=("change of store", store),
            officer=officer,
            before={"request": request, "kind": row[0]},
            after=_told(row, state),
            why=answer.strip(),
        )
        _tell(cursor, row, state, name[0])


def _told(row: tuple[Any, ...], state: ChangeRequest.State) -> dict[str, str | int]:
    """Give what the audit log keeps of a request: its state, and what it asks for."""
    wish = {"rate": row[1], "owner": row[3]}
    return {"state": state.value} | {name: to for name, to in wish.items() if to is not None}


def _tell(cursor: Cursor[Any], row: tuple[Any, ...], state: ChangeRequest.State, name: str) -> None:
    """Write to who asked how it was decided, and to who owns the store from now on."""
    kind, _, _, owner, _, asked_by = row
    if state is ChangeRequest.State.DECLINED:
        notes.tell(cursor, member=asked_by, kind=MessageKind.CHANGE_DECLINED, subject=name)
        return
    for member in filter(None, (asked_by, owner)):
        notes.tell(cursor, member=member, kind=_APPROVED[kind], subject=name)


_APPROVED: Final = {
    ChangeRequest.Kind.RATE.value: MessageKind.RATE_APPROVED,
    ChangeRequest.Kind.OWNER.value: MessageKind.OWNER_APPROVED,
    ChangeRequest.Kind.CLOSING.value: MessageKind.CLOSING_APPROVED,
}


def _execute(cursor: Cursor[Any], store: int, row: tuple[Any, ...], at: int) -> date | None:
    """Let the change be in force; give the day from which on a commission is."""
    kind, rate, since, owner, is_agreed, _ = row
    standing = standing_of(cursor, store=store)
    if standing.state == State.CLOSED:
        raise CannotChange("the store was closed")
    if kind == ChangeRequest.Kind.RATE:
        return _change_rate(cursor, store, standing, rate, since, at)
    if kind == ChangeRequest.Kind.OWNER:
        if not is_agreed:
            raise CannotChange("the new owner has not agreed")
        _change_owner(cursor, store, standing, owner, at)
        return None
    cursor.execute(_CLOSE, (State.CLOSED, store, State.CLOSED))
    return None


def _change_rate(  # noqa: PLR0917  what a change of commission is
    cursor: Cursor[Any], store: int, standing: Standing, rate: int, asked: date, at: int
) -> date:
    terms = terms_of(_VERSION)
    if not in_band(rate, terms=terms):
        raise CannotChange(f"{rate} per myriad is outside the band of today")
    since = max(asked, standing.first_day(notice_days=terms.notice_days))
    if shanghai_day_start(since) <= at:
        raise CannotChange("what is recorded runs ahead of the clock")
    key, name = keyed.party_key("H"), _key_of(cursor, store)
    recorded = facts.record(
        cursor,
        lambda moment: RateChangedLine(key, name, rate, since, moment),
        kind=Kind.RATE_CHANGED,
        home=store,
        amount=0,
        at=at,
    )
    since_at = format_at(shanghai_day_start(since))
    cursor.execute(_RATE, (recorded.number, store, rate, since_at))
    return since


def _change_owner(cursor: Cursor[Any], store: int, standing: Standing, owner: int, at: int) -> None:
    cursor.execute(_HAS_ACCOUNT, (owner,))
    if cursor.fetchone() is None:
        raise CannotChange("the new owner has closed his account")
    if clusters.is_one_person(cursor, standing.recruiter, owner):
        raise CannotChange("who recruited a store does not own it (R4)")
    key, name, whose = keyed.party_key("N"), _key_of(cursor, store), _key_of(cursor, owner)
    recorded = facts.record(
        cursor,
        lambda moment: OwnerChangedLine(key, name, whose, moment),
        kind=Kind.OWNER_CHANGED,
        home=store,
        amount=0,
        at=at,
    )
    cursor.execute(_CHANGED, (recorded.number, store, owner))
    for each in sorted(filter(None, (standing.owner, owner))):
        joined.end_sessions(cursor, member=each)
    cursor.execute(_OWNER, (owner, store))
    cursor.execute(_NO_STAFF, (store, owner))


def _leave_behind(cursor: Cursor[Any], store: int, request: int, officer: str) -> None:
    """Let what was the old owner's own not go on under the new one."""
    cursor.execute(_WITHDRAWN, (ChangeRequest.State.WITHDRAWN.value, store, request))
    submerchants.retire(cursor, store=store, officer=officer, reason=_OF_OLD_OWNER)


def _key_of(cursor: Cursor[Any], party: int) -> str:
    cursor.execute(_KEYS, ([party],))
    row = cursor.fetchone()
    assert row is not None, f"party {party} has a key"
    return str(row[1])
