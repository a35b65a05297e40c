"""An officer says how a withdrawal ended that was paid by hand in the channel's own console (P4).

    ARRIVED           the cash is with the member
    EXPIRED, FAILED   it did not reach him: cash on his balance again, once

What a channel's transfer carries is ended by `conclude_transfer`.

Units: none. Source: P4; reliability I-4, I-23, I-26.
"""

from typing import Final

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.treasury import transfers
from gongxiang.treasury.models import PayoutState
from gongxiang.treasury.returning import return_cash

ENDS: Final = frozenset({PayoutState.ARRIVED, PayoutState.EXPIRED, PayoutState.FAILED})
_STATE: Final = """
SELECT state, transfer_id IS NOT NULL FROM treasury_payout
 WHERE (member_id, withdrawal_id) = (%s, %s)
"""


class NotByHand(Exception):
    """The withdrawal is not under way: it ended already, or was never sent.

    One that a channel's transfer carries ends when the channel says so, and not by hand.
    """


class EndReasonMissing(Exception):
    """What did not arrive has a reason that its owner can read."""


def end_payout(
    *, member: int, withdrawal: int, state: PayoutState, officer: str, reason: str = ""
) -> None:
    """End a payout, with the cash back where it did not arrive, in one transaction.

    Raises `NotByHand` and `EndReasonMissing`; nothing has then changed.
    """
    assert state in ENDS, state
    is_back = state is not PayoutState.ARRIVED
    if is_back and not reason.strip():
        raise EndReasonMissing(f"withdrawal {withdrawal}: say why it did not arrive")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        cursor.execute(_STATE, (member, withdrawal))
        row = cursor.fetchone()
        if row is None or row[1]:
            raise NotByHand(f"withdrawal {withdrawal} goes through a channel: it says the end")
        told = reason.strip() if is_back else ""
        is_moved = transfers.move(
            cursor, member=member, withdrawal=withdrawal, to=state, at=at, reason=told
        )
        if not is_moved:
            raise NotByHand(f"withdrawal {withdrawal} is not under way: it was not sent, or ended")
        if is_back:
            return_cash(cursor, member=member, withdrawal=withdrawal, at=at)
        audit_log.note(
            cursor,
            kind=AuditKind.WITHDRAWAL_ENDED,
            subject=("withdrawal", withdrawal),
            officer=officer,
            before={"state": PayoutState(row[0]).label},
            after={"state": state.label},
            why=reason.strip(),
        )
