"""What the channel says of a payout's transfer: to be confirmed, unknown, or arrived (P4).

Only forward and once: a late or repeated answer finds the payout further on and changes nothing.

Units: `confirm_until` a moment in microseconds. Source: P4; reliability I-23, C13.
"""

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.treasury import transfers
from gongxiang.treasury.models import PayoutState


def note_transfer(
    *, member: int, withdrawal: int, state: PayoutState, confirm_until: int | None = None
) -> bool:
    """Move a payout on to CONFIRM, UNKNOWN or ARRIVED; tell whether this answer moved it."""
    assert state in {PayoutState.CONFIRM, PayoutState.UNKNOWN, PayoutState.ARRIVED}, state
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        return transfers.move(
            cursor,
            member=member,
            withdrawal=withdrawal,
            to=state,
            at=at,
            confirm_until=confirm_until,
        )
