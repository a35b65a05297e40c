"""The ways of a payout: which state may follow which, moved by one conditional statement.

    待审核 ─ 通过 ─> 打款中 ─> 等你确认 ─> 已到账
       └ 不通过 ─> 没有通过   └─> 结果确认中 ─> ...   过期、没打成 -> 已退回

One instruction is one channel transfer: a payout leaves a state once, whoever asks at the same
moment, and an unknown result stays unknown until the channel was asked (P4, I-23).

Units: none. Source: P4; reliability I-23, I-26.
"""

from typing import Any, Final

from psycopg import Cursor

from gongxiang.base.clock import format_at
from gongxiang.treasury.models import PayoutState

WAYS: Final = {
    PayoutState.SENDING: (PayoutState.REVIEW,),
    PayoutState.DECLINED: (PayoutState.REVIEW,),
    PayoutState.CONFIRM: (PayoutState.SENDING, PayoutState.UNKNOWN),
    PayoutState.UNKNOWN: (PayoutState.SENDING, PayoutState.CONFIRM),
    PayoutState.ARRIVED: (PayoutState.SENDING, PayoutState.CONFIRM, PayoutState.UNKNOWN),
    PayoutState.EXPIRED: (PayoutState.SENDING, PayoutState.CONFIRM, PayoutState.UNKNOWN),
    PayoutState.FAILED: (PayoutState.SENDING, PayoutState.CONFIRM, PayoutState.UNKNOWN),
}
"""The states that each state may be reached from."""

IN_FLIGHT: Final = (
    PayoutState.REVIEW,
    PayoutState.SENDING,
    PayoutState.CONFIRM,
    PayoutState.UNKNOWN,
)
"""States in which the cash is neither with the member nor back on his balance."""

_MOVE: Final = """
UPDATE treasury_payout
   SET state = %s, reason = %s, confirm_until = %s,
       ended_at = CASE WHEN %s THEN %s::timestamptz END
 WHERE member_id = %s AND withdrawal_id = %s AND state = ANY(%s)
"""


def move(
    cursor: Cursor[Any],
    *,
    member: int,
    withdrawal: int,
    to: PayoutState,
    at: int,
    reason: str = "",
    confirm_until: int | None = None,
) -> bool:
    """Move a payout on, if it stands where this state can be reached from; tell whether it did."""
    until = None if confirm_until is None else format_at(confirm_until)
    ways = [state.value for state in WAYS[to]]
    is_end = to not in IN_FLIGHT
    cursor.execute(
        _MOVE, (to.value, reason, until, is_end, format_at(at), member, withdrawal, ways)
    )
    return cursor.rowcount == 1
