"""What leaves for a channel, refunds and shares alike: sent once, asked about, kept by one rule.

    taken up, tries + 1, due again later -> marked as sent now -> sent outside -> its answer kept

An instruction that was sent without an answer is asked about first. A refusal ends it only where
nothing of it can be on its way any more: it was never sent before, or so long ago that a question
finds nothing. Of two that are at it, as a slow channel may have it, who was overtaken sends nothing
and ends nothing as refused.

Units: seconds; moments in microseconds. Source: P4, P5; I-23; reliability C7, C8.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gongxiang.payments.channels import NoChannel
from gongxiang.payments.wire import Declined, RefundState, RefundTold, Unknown

log = logging.getLogger(__name__)

SETTLED_SECONDS: Final = 900
"""A quarter of an hour after it was sent, an instruction has arrived or never will."""
DUE_AGAIN: Final = """
clock_timestamp() + make_interval(secs => least(3600, 15 * 2 ^ least(tries, 9)))
"""
MAY_ARRIVE: Final = f"""
coalesce({{row}}.sent_at > clock_timestamp() - make_interval(secs => {SETTLED_SECONDS}), false)
"""
"""It was sent before, and not long ago, and may arrive yet: what refuses now is no end."""
_STATES: Final = {RefundState.DONE: "done", RefundState.FAILED: "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is kept of an answer: the state of its row, why, and the channel's own moment."""

    state: str
    reason: str = ""
    at: int = 0

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is to be asked any more."""
        return self.state in {"done", "failed"}


def answer(name: str, send: Callable[[], RefundTold]) -> Answer:
    """Send or ask, and give what is to be kept, whatever comes back."""
    reason = ""
    try:
        told = send()
    except (Unknown, NoChannel) as error:
        log.warning("%s stays unknown: %r", name, error)
        return Answer(state="unknown", reason=str(error))
    except Declined as declined:
        told, reason = RefundTold(state=RefundState.FAILED), declined.code
    if told.state is RefundState.FAILED:
        log.error("%s failed at the channel: %s", name, reason)
    return Answer(state=_STATES.get(told.state, "waiting"), reason=reason, at=told.at)


def leave(
    send: Callable[[], RefundTold], *, mark: Callable[[], bool], may_arrive: bool
) -> RefundTold:
    """Mark an instruction as sent now, which only who took it up last can, then send it."""
    if not mark():
        raise Unknown("somebody else took it up meanwhile")
    try:
        return send()
    except Declined as declined:
        if may_arrive:
            raise Unknown(f"refused, but one may be on its way: {declined.code}") from declined
        raise
