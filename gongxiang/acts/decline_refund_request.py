"""The store declines a member's request for his money, within the window, and says why.

A request is granted by giving the money back (`refund_order`).

Source: E7; design/ui/faces.md 3.2 (refund), 7 (c) 6.
"""

from typing import Final

from django.db import transaction

from gongxiang.base.clock import format_at
from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.payments.models import RefundRequest

_DECLINE: Final = """
UPDATE payments_refundrequest SET state = %s, answer = %s, answered_at = %s
 WHERE member_id = %s AND order_id = %s AND store_id = %s AND state = %s
"""


class NothingAsked(Exception):
    """The member asks nothing of this order, or was answered already: nothing changed."""


class AnswerMissing(Exception):
    """The member reads why his request was declined: write it."""


def decline_refund_request(*, store: int, member: int, order: int, answer: str) -> None:
    """Decline the open request for an order; raises `AnswerMissing` and `NothingAsked`."""
    if not answer.strip():
        raise AnswerMissing(f"order {order}")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        at = format_at(facts.moment(cursor))
        declined, asked = RefundRequest.State.DECLINED.value, RefundRequest.State.ASKED.value
        cursor.execute(_DECLINE, (declined, answer.strip(), at, member, order, store, asked))
        if cursor.rowcount != 1:
            raise NothingAsked(f"order {order} of {member}")
