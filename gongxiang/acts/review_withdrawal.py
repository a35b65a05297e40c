"""Reviewing a withdrawal: two officers, one verdict, then it is sent or given back (P4, I-26).

The first officer's verdict is noted; another officer who gives the same one executes it. Another
verdict clears the note: the two look again. A declined withdrawal is cash on the balance again.
Each verdict is a line of the audit log.

Units: none. Source: P4; reliability I-26.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base.clock import format_at
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.treasury import bills, transfers
from gongxiang.treasury.models import PayoutState, Verdict
from gongxiang.treasury.returning import return_cash

_PAYOUT: Final = """
SELECT payout.state, payout.verdict, payout.maker, payout.reason, outcome.is_accepted
  FROM treasury_payout payout
  LEFT JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = (payout.member_id, payout.withdrawal_id)
 WHERE payout.member_id = %s AND payout.withdrawal_id = %s FOR UPDATE OF payout
"""
_NOTE: Final = """
UPDATE treasury_payout SET verdict = %s, maker = %s, reason = %s
 WHERE member_id = %s AND withdrawal_id = %s AND state = %s
"""
_CHECKED: Final = """
UPDATE treasury_payout SET checker = %s, reviewed_at = %s
 WHERE member_id = %s AND withdrawal_id = %s
"""


class NotInReview(Exception):
    """The withdrawal does not wait for a review: it is unknown, unsettled or was decided."""


class MakerIsChecker(Exception):
    """The officer gave the first verdict himself: another one has to check it (I-26)."""


class ReviewMoved(Exception):
    """Another verdict was noted or cleared since the page was shown: look again."""


class ReasonMissing(Exception):
    """A withdrawal is declined with a reason that its owner can read."""


def review_withdrawal(
    *,
    member: int,
    withdrawal: int,
    officer: str,
    verdict: Verdict,
    reason: str = "",
    shown_maker: str | None = None,
) -> PayoutState:
    """Note or execute an officer's verdict; give the state in which the payout then stands.

    `shown_maker` is whose first verdict the officer saw, empty for none; None asks for nothing.
    Raises `NotInReview`, `MakerIsChecker`, `ReviewMoved`, `ReasonMissing`; nothing has then
    changed.
    """
    if verdict is Verdict.DECLINE and not reason.strip():
        raise ReasonMissing(f"withdrawal {withdrawal}: say why it is declined")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_PAYOUT, (member, withdrawal))
        row = cursor.fetchone()
        if row is None or row[0] != PayoutState.REVIEW or not row[4]:
            raise NotInReview(f"withdrawal {withdrawal} does not wait for a review")
        _, noted, maker, noted_reason, _ = row
        if maker == officer:
            raise MakerIsChecker(f"{officer} gave the first verdict: another officer has to check")
        if shown_maker is not None and shown_maker != maker:
            raise ReviewMoved(f"the first verdict is now by {maker or 'nobody'}")
        if noted is None or noted != verdict:
            is_first = noted is None
            note = (verdict.value, officer, reason.strip()) if is_first else (None, "", "")
            cursor.execute(_NOTE, (*note, member, withdrawal, PayoutState.REVIEW.value))
            state = PayoutState.REVIEW
        else:
            cursor.execute(_CHECKED, (officer, format_at(at), member, withdrawal))
            state = _execute(cursor, (member, withdrawal), verdict, noted_reason, at)
        audit_log.note(
            cursor,
            kind=AuditKind.WITHDRAWAL_REVIEWED,
            subject=("withdrawal", withdrawal),
            officer=officer,
            before={"state": PayoutState.REVIEW.label, "maker": maker},
            after={"state": state.label, "verdict": verdict.label},
            why=reason.strip(),
        )
        return state


def _execute(
    cursor: Cursor[Any], payout: tuple[int, int], verdict: Verdict, reason: str, at: int
) -> PayoutState:
    member, withdrawal = payout
    is_approved = verdict is Verdict.APPROVE
    to = PayoutState.SENDING if is_approved else PayoutState.DECLINED
    is_moved = transfers.move(
        cursor, member=member, withdrawal=withdrawal, to=to, at=at, reason=reason
    )
    assert is_moved, f"withdrawal {withdrawal} left its review under our lock"
    if is_approved:
        bills.open_transfer(cursor, member=member, withdrawal=withdrawal, at=at)
    else:
        return_cash(cursor, member=member, withdrawal=withdrawal, at=at)
    return to
