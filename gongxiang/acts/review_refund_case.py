"""Reviewing a refund after settlement: two officers, a reason each, one verdict (E16, I-26).

The first officer's verdict is noted; another officer who gives the same one executes it. Another
verdict clears the note: the two look again. An approved case is placed in the pool's sequence, or
waits for its store where that is not owed what falls on it. Each verdict is a line of the audit
log.

Units: none. Source: E16; reliability I-26.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base.clock import format_at
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.settlement import cases
from gongxiang.treasury.models import CaseState, Verdict

_CASE: Final = """
SELECT state, verdict, maker FROM treasury_refundcase
 WHERE member_id = %s AND id = %s FOR UPDATE
"""
_NOTE: Final = """
UPDATE treasury_refundcase SET verdict = %s, maker = %s, maker_reason = %s
 WHERE member_id = %s AND id = %s AND state = 1
"""
_CHECKED: Final = """
UPDATE treasury_refundcase SET checker = %s, checker_reason = %s, decided_at = %s
 WHERE member_id = %s AND id = %s AND state = 1
"""
_DECLINED: Final = """
UPDATE treasury_refundcase SET state = %s, ended_at = %s
 WHERE member_id = %s AND id = %s AND state = 1
"""


class CaseNotInReview(Exception):
    """The case does not wait for a review: it is unknown or was decided."""


class MakerIsChecker(Exception):
    """The officer gave the first verdict himself: another one has to check it (I-26)."""


class CaseMoved(Exception):
    """Another verdict was noted or cleared since the page was shown: look again."""


class ReasonMissing(Exception):
    """Each officer writes why, approving or declining."""


def review_refund_case(
    *,
    member: int,
    case: int,
    officer: str,
    verdict: Verdict,
    reason: str,
    shown_maker: str | None = None,
) -> CaseState:
    """Note or execute an officer's verdict; give the state in which the case then stands.

    `shown_maker` is whose first verdict the officer saw, empty for none; None asks for nothing.
    Raises `CaseNotInReview`, `MakerIsChecker`, `CaseMoved`, `ReasonMissing`; nothing has then
    changed.
    """
    if not reason.strip():
        raise ReasonMissing(f"case {case}: say why")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_CASE, (member, case))
        row = cursor.fetchone()
        if row is None or row[0] != CaseState.REVIEW:
            raise CaseNotInReview(f"case {case} does not wait for a review")
        _, noted, maker = row
        if maker == officer:
            raise MakerIsChecker(f"{officer} gave the first verdict: another officer has to check")
        if shown_maker is not None and shown_maker != maker:
            raise CaseMoved(f"the first verdict is now by {maker or 'nobody'}")
        if noted is None or noted != verdict:
            note = (verdict.value, officer, reason.strip()) if noted is None else (None, "", "")
            cursor.execute(_NOTE, (*note, member, case))
            state = CaseState.REVIEW
        else:
            cursor.execute(_CHECKED, (officer, reason.strip(), format_at(at), member, case))
            state = _execute(cursor, (member, case), verdict, at)
        audit_log.note(
            cursor,
            kind=AuditKind.CASE_REVIEWED,
            subject=("refund case", case),
            officer=officer,
            before={"state": CaseState.REVIEW.label, "maker": maker},
            after={"state": state.label, "verdict": verdict.label},
            why=reason.strip(),
        )
        return state


def _execute(cursor: Cursor[Any], case: tuple[int, int], verdict: Verdict, at: int) -> CaseState:
    member, number = case
    if verdict is Verdict.APPROVE:
        return cases.place(cursor, member=member, case=number, at=at)
    cursor.execute(_DECLINED, (CaseState.DECLINED.value, format_at(at), member, number))
    assert cursor.rowcount == 1, f"case {number} left its review under our lock"
    return CaseState.DECLINED
