"""An officer reviews an application: a store, what is missing and why, or a reasoned no.

    待审核 ── approve ──▶ 营业中   the store and its fact, in this very transaction
           ── ask     ──▶ 需补充   which items, each with its why
           ── decline ──▶ 没有通过 with a reason

Opening a store moves no money, so one officer is enough; his line in the audit log tells who.

Units: rates per myriad. Source: spec/platform.md (Store); R4, E6; I-26; design/ui/faces.md 6.3.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import TextChoices
from psycopg import Cursor

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.governance.terms import terms_of
from gongxiang.ledger import raw
from gongxiang.members import clusters, notes
from gongxiang.members.models import MessageKind
from gongxiang.merchants.applications import ITEMS, in_band
from gongxiang.merchants.models import Application
from gongxiang.orders import facts
from gongxiang.settlement.new_store import NewStore, open_store

_VERSION: Final = 1
_APPLICATION: Final = """
SELECT state, name, category, phone, division_code, address, commission_rate, recruiter_id
  FROM merchants_application WHERE member_id = %s AND id = %s FOR UPDATE
"""
_HAS_ACCOUNT: Final = """
SELECT FROM members_account WHERE member_id = %s AND closed_at IS NULL
"""
_PHOTO: Final = """
SELECT token FROM merchants_document
 WHERE (member_id, application_id, kind) = (%s, %s, 'storefront')
"""
_DECIDED: Final = """
UPDATE merchants_application
   SET state = %s, officer = %s, reason = %s, missing = %s::jsonb, store_id = %s,
       reviewed_at = clock_timestamp()
 WHERE (member_id, id) = (%s, %s)
"""


class Verdict(TextChoices):
    """What an officer makes of an application."""

    APPROVE = "approve", "通过"
    ASK = "ask", "要求补充"
    DECLINE = "decline", "不通过"


class NotInReview(Exception):
    """The application does not wait for a review: it is unknown, a draft, or was decided."""


class ReasonMissing(Exception):
    """Who has to mend something, or is declined, reads which item and why."""


class CannotOpen(Exception):
    """The rules have changed since, the applicant has left, or recruited himself: he mends it."""


def review_application(
    *,
    member: int,
    application: int,
    officer: str,
    verdict: Verdict,
    reason: str = "",
    missing: Mapping[str, str] | None = None,
) -> int | None:
    """Decide; give the number of the store that was opened, if one was.

    `missing` names items (`applications.ITEMS`) and says of each why. Raises `NotInReview`,
    `ReasonMissing`, `CannotOpen`; nothing has then changed.
    """
    asked = {item: why.strip() for item, why in (missing or {}).items() if why.strip()}
    if not set(asked) <= set(ITEMS):
        raise ReasonMissing(f"{set(asked) - set(ITEMS)} are no items of an application")
    if (verdict is Verdict.ASK and not asked) or (
        verdict is Verdict.DECLINE and not reason.strip()
    ):
        raise ReasonMissing(f"application {application}: say what and why")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_APPLICATION, (member, application))
        row = cursor.fetchone()
        if row is None or row[0] != Application.State.SUBMITTED:
            raise NotInReview(f"application {application} does not wait for a review")
        store, state = None, _STATES[verdict]
        if verdict is Verdict.APPROVE:
            store = open_store(cursor, _new_store(cursor, member, application, row[1:]), at=at)
        items = asked if verdict is Verdict.ASK else {}
        decided = (state.value, officer, reason.strip(), json.dumps(items, ensure_ascii=False))
        cursor.execute(_DECIDED, (*decided, store, member, application))
        notes.tell(cursor, member=member, kind=_TOLD[verdict], subject=row[1])
        audit_log.note(
            cursor,
            kind=AuditKind.STORE_REVIEWED,
            subject=("application", application),
            officer=officer,
            before={"state": row[0]},
            after={"state": state.value, "store": store},
            why="；".join((reason.strip(), *(f"{item}：{why}" for item, why in items.items()))),
        )
    return store


_STATES: Final = {
    Verdict.APPROVE: Application.State.APPROVED,
    Verdict.ASK: Application.State.INCOMPLETE,
    Verdict.DECLINE: Application.State.DECLINED,
}
_TOLD: Final = {
    Verdict.APPROVE: MessageKind.STORE_OPENED,
    Verdict.ASK: MessageKind.STORE_INCOMPLETE,
    Verdict.DECLINE: MessageKind.STORE_DECLINED,
}


def _new_store(
    cursor: Cursor[Any], member: int, application: int, row: tuple[Any, ...]
) -> NewStore:
    """Give what the store begins with, if the rules still allow it."""
    name, category, phone, division, address, rate, recruiter = row
    cursor.execute(_HAS_ACCOUNT, (member,))
    if cursor.fetchone() is None:
        raise CannotOpen("the applicant has closed his account")
    if not in_band(rate, terms=terms_of(_VERSION)):
        raise CannotOpen(f"{rate} per myriad is outside the band of today")
    if clusters.is_one_person(cursor, member, recruiter):
        raise CannotOpen("the recruiter is another account of the applicant (R4)")
    cursor.execute(_PHOTO, (member, application))
    photo = cursor.fetchone()
    return NewStore(
        owner=member,
        recruiter=recruiter,
        name=name,
        category=category,
        phone=phone,
        division=division,
        address=address,
        commission_rate=rate,
        photo=photo[0] if photo else "",
    )
