"""A withdrawal that did not reach its member: cash on his balance again, once (P4).

Called when the channel itself said that the transfer is closed: it expired unconfirmed, or failed.

Units: none. Source: P4; reliability I-4, I-23.
"""

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.treasury import transfers
from gongxiang.treasury.models import PayoutState
from gongxiang.treasury.returning import return_cash


class NotReturnable(Exception):
    """The withdrawal is not under way: it arrived, came back already, or was never sent."""


def return_withdrawal(
    *, member: int, withdrawal: int, state: PayoutState, reason: str = ""
) -> None:
    """End a payout as EXPIRED or FAILED and give the cash back, in one transaction.

    Raises `NotReturnable`; nothing has then changed.
    """
    assert state in {PayoutState.EXPIRED, PayoutState.FAILED}, state
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = facts.moment(cursor)
        is_moved = transfers.move(
            cursor, member=member, withdrawal=withdrawal, to=state, at=at, reason=reason
        )
        if not is_moved:
            raise NotReturnable(f"withdrawal {withdrawal} is not under way: nothing came back")
        return_cash(cursor, member=member, withdrawal=withdrawal, at=at)
