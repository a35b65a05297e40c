"""What became of a sale, a withdrawal or a covered refund by case, compared with the fold.

Whether such a fact can be done is known only at its place in the sequence (E11, E12, E16). One
that was refused must be one that the rules refuse there; one that was accepted must say what it
brought.

Units: micro-yuan. Source: E11, E12, E16, I-19.
"""

from typing import Final

from gongxiang.base.money import FEN
from gongxiang.economy import machine
from gongxiang.economy.events import Refunded, Sold, Withdrawn
from gongxiang.economy.refusal import Refused
from gongxiang.economy.state import State
from gongxiang.lab.lines import RefundedLine, SoldLine, WithdrawnLine
from gongxiang.orders.models import Kind
from gongxiang.orders.row_digest import MUST_BE_COVERED
from gongxiang.settlement.history import Outcome, Recorded
from gongxiang.settlement.wrong import Wrong

ANSWERED: Final = (Kind.SOLD, Kind.WITHDRAWN, Kind.CASE)
"""Kinds of facts that may be refused at their place."""


_MUST_BE_COVERED: Final = 2


def must_be_covered(one: Recorded) -> bool:
    """Tell whether a refund by case was recorded on the condition that the store covers it."""
    return one.kind == Kind.CASE and bool(one.rest[_MUST_BE_COVERED])


def condition(one: Recorded) -> int | None:
    """Give what the answer to a fact hangs on beside its line (row_digest.py)."""
    if one.kind == Kind.SOLD:
        shown: int | None = one.rest[0]
        return shown
    return MUST_BE_COVERED if must_be_covered(one) else None


def is_answered(one: Recorded) -> bool:
    """Tell whether only its place decides about a fact."""
    return one.kind in ANSWERED and (one.kind != Kind.CASE or must_be_covered(one))


def event_of_line(one: Recorded) -> Sold | Withdrawn | Refunded:
    """Give the event of a fact that may be refused, with what the page had shown."""
    line = one.line
    if isinstance(line, SoldLine):
        return Sold(line.id, line.member, int(line.points), condition(one))
    if isinstance(line, RefundedLine):
        amount, covered = line.amount_fen * FEN, must_be_covered(one)
        return Refunded(line.id, line.order, amount, covered, line.own_rate)
    assert isinstance(line, WithdrawnLine), "only sales, withdrawals and cases are answered"
    return Withdrawn(line.id, line.member, line.amount_fen * FEN)


def compare_accepted(one: Recorded, *, batch: int | None, amount: int) -> None:
    """Compare the outcome of an accepted fact; `batch` is None where it is not handled yet."""
    wanted = None
    if is_answered(one) and batch is not None:
        wanted = Outcome(batch, is_accepted=True, reason="", amount=amount)
    if one.outcome != wanted:
        raise Wrong(f"the outcome of {one.name} is {one.outcome}; the history gives {wanted}")
    shown = one.rest[0] if one.kind == Kind.SOLD else None
    if wanted is not None and shown is not None and shown // FEN != amount // FEN:
        raise Wrong(f"{one.name} showed {shown} µ¥ and paid {amount} µ¥")


def compare_refused(one: Recorded, state: State, *, batch: int) -> None:
    """Compare the outcome of a refused fact with the rules' own answer at its place."""
    reason = ""
    try:
        machine.apply(state, event_of_line(one))
    except Refused as refusal:
        reason = refusal.reason
    wanted = Outcome(batch, is_accepted=not reason, reason=reason, amount=0)
    if one.outcome != wanted:
        raise Wrong(f"the outcome of {one.name} is {one.outcome}; the rules give {wanted}")
