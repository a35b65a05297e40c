"""An applicant hands in his application for a store: whole and fit, or not at all.

Who introduced the store is recorded with the first handing in, once for ever; never the applicant
himself (R4). One handed in again after a review keeps him.

Units: rates per myriad. Source: R4, E6, H5; spec/platform.md (Store).
"""

import json
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.acts.save_application import EDITABLE, NotEditable
from gongxiang.governance.terms import terms_of
from gongxiang.ledger import raw
from gongxiang.members import clusters, consenting, papers
from gongxiang.merchants import applications
from gongxiang.merchants.applications import DOCUMENTS, Trouble, Unfit

_VERSION: Final = 1
_APPLICATION: Final = """
SELECT state, typed, recruiter_id, submitted_at IS NOT NULL
  FROM merchants_application WHERE member_id = %s AND id = %s FOR UPDATE
"""
_KINDS: Final = """
SELECT kind FROM merchants_document WHERE (member_id, application_id) = (%s, %s)
"""
_WHOSE: Final = """
SELECT invite.member_id FROM members_invitecode invite JOIN members_account account
    USING (member_id) WHERE invite.code = %s AND account.closed_at IS NULL
"""
_SUBMIT: Final = """
UPDATE merchants_application
   SET state = 'submitted', name = %s, category = %s, phone = %s, division_code = %s, address = %s,
       commission_rate = %s, uscc = %s, recruiter_id = %s, submitted_at = clock_timestamp(),
       missing = '{}', reason = ''
 WHERE (member_id, id) = (%s, %s)
"""
_KEEP: Final = """
UPDATE merchants_document SET is_kept = true WHERE (member_id, application_id) = (%s, %s)
"""


class NoConsent(Exception):
    """Nobody hands in who did not agree to the terms for stores: nothing was handed in (H5)."""


def submit_application(*, member: int, application: int, is_agreed: bool) -> None:
    """Hand in what was typed; raises `NoConsent`, `Unfit`, `NotEditable`."""
    if not is_agreed:
        raise NoConsent("the terms for stores")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_APPLICATION, (member, application))
        row = cursor.fetchone()
        if row is None or row[0] not in EDITABLE:
            raise NotEditable(f"application {application}")
        _, text, recruiter, was_submitted = row
        typed: dict[str, str] = json.loads(text)
        troubles = _of_documents(cursor, member, application)
        if not was_submitted:
            recruiter, trouble = _recruiter(cursor, member, typed.get("recruiter", ""))
            troubles |= {"recruiter": trouble} if trouble else {}
        terms = terms_of(_VERSION)
        troubles = applications.troubles_of(_plain(typed), terms=terms) | troubles
        if troubles:
            raise Unfit(troubles)
        wish = applications.read(typed, terms=terms)
        consenting.give(cursor, member=member, purpose=papers.STORE_APPLICATION)
        cursor.execute(
            _SUBMIT,
            (
                wish.name,
                wish.category.value,
                wish.phone,
                wish.division,
                wish.address,
                wish.commission_rate,
                wish.uscc,
                recruiter,
                member,
                application,
            ),
        )
        cursor.execute(_KEEP, (member, application))


def _plain(typed: dict[str, str]) -> dict[str, str]:
    return {field: " ".join(text.split()) for field, text in typed.items()}


def _of_documents(cursor: Cursor[Any], member: int, application: int) -> dict[str, Trouble]:
    cursor.execute(_KINDS, (member, application))
    there = {kind for (kind,) in cursor.fetchall()}
    return {kind: Trouble.MISSING for kind in DOCUMENTS if kind not in there}


def _recruiter(cursor: Cursor[Any], member: int, code: str) -> tuple[int | None, Trouble | None]:
    """Find who introduced the store by his code; nobody, when none was typed (R4)."""
    code = code.strip().upper()
    if not code:
        return None, None
    cursor.execute(_WHOSE, (code,))
    row = cursor.fetchone()
    if row is None:
        return None, Trouble.UNKNOWN_CODE
    if clusters.is_one_person(cursor, member, row[0]):
        return None, Trouble.OWN_CODE
    return int(row[0]), None
