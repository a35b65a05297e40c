"""What should have ended by now: the alarm on the state of the business, whatever the queue says.

    payments  an hour after the payer's time was over, still neither paid nor closed
    refunds   an hour after they were written, still not with the channel's answer
    payouts   an hour after their review still not with the channel, or unknown; or past the time in
              which their member could confirm them
    shares    an hour after they were written, still not with the channel's answer
    bills     an hour after its due hour, ten o'clock of the next day, a channel's bill is not here

Nothing acts on these numbers but a person: they say that a channel or the worker is down.

Units: counts. Source: reliability 1.4 (task queue: a deadline alarm on business state), C8.
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.ledger import raw
from gongxiang.payments.clock import BILL_DUE, LATE
from gongxiang.treasury.models import PayoutState

_COUNTED_MAX: Final = 1_000
_OFFSET: Final = "(SELECT make_interval(secs => offset_seconds) FROM points_horizon WHERE id = 1)"
"""A payout's moments are the platform's, which may be tried out ahead of the channels'."""
_OVERDUE: Final = f"""
SELECT (SELECT count(*) FROM (
            SELECT 1 FROM payments_attempt
             WHERE query_at IS NOT NULL AND expires_at < {LATE}
             LIMIT %(most)s) one),
       (SELECT count(*) FROM (
            SELECT 1 FROM payments_outbox
              JOIN payments_channelrefund ON number = request_number
             WHERE next_at IS NOT NULL AND created_at < {LATE}
             LIMIT %(most)s) one),
       (SELECT count(*) FROM (
            SELECT 1 FROM treasury_payout
             WHERE (state = ANY(%(sent)s) AND reviewed_at < {LATE} + {_OFFSET})
                OR (state = %(shown)s AND confirm_until < {LATE} + {_OFFSET})
             LIMIT %(most)s) one),
       (SELECT count(*) FROM (
            SELECT 1 FROM payments_share
             WHERE next_at IS NOT NULL AND state <> 'failed' AND created_at < {LATE}
             LIMIT %(most)s) one),
       (SELECT count(*) FROM (
            SELECT 1 FROM payments_bill
             WHERE NOT is_whole
               AND {BILL_DUE.format(day="day")} < {LATE}
             LIMIT %(most)s) one)
"""  # noqa: S608  no value is spliced in
_VALUES: Final = {
    "most": _COUNTED_MAX,
    "sent": [PayoutState.SENDING.value, PayoutState.UNKNOWN.value],
    "shown": PayoutState.CONFIRM.value,
}


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many of each, counted to a thousand."""

    payments: int
    refunds: int
    payouts: int
    shares: int
    bills: int


def overdue() -> Overdue:
    """Count what should have ended by now."""
    with raw.cursor() as cursor:
        cursor.execute(_OVERDUE, _VALUES)
        row = cursor.fetchone()
    assert row is not None, "a question without a table has one row"
    return Overdue(*row)
