"""What became of a sale or a withdrawal, compared with what the fold says of it.

Whether such a fact can be done is known only at its place in the sequence (E11, E12). One that was
refused must be one that the rules refuse there; one that was accepted must say what it brought.

Units: micro-yuan. Source: E11, E12, I-19.
"""

from typing import Final

from gongxiang.base.money import FEN
from gongxiang.economy import machine
from gongxiang.economy.events import Sold, Withdrawn
from gongxiang.economy.refusal import Refused
from gongxiang.economy.state import State
from gongxiang.lab.lines import SoldLine, WithdrawnLine
from gongxiang.orders.models import Kind
from gongxiang.settlement.history import Outcome, Recorded
from gongxiang.settlement.wrong import Wrong

ANSWERED: Final = (Kind.SOLD, Kind.WITHDRAWN)
"""Kinds of facts that may be refused at their place."""


def event_of_line(one: Recorded) -> Sold | Withdrawn:
    """Give the event of a fact that may be refused, with what the page had shown."""
    line = one.line
    if isinstance(line, SoldLine):
        return Sold(line.id, line.member, int(line.points), one.rest[0])
    assert isinstance(line, WithdrawnLine), "only sales and withdrawals are answered"
    return Withdrawn(line.id, line.member, line.amount_fen * FEN)


def compare_accepted(one: Recorded, *, batch: int | None, amount: int) -> None:
    """Compare the outcome of an accepted fact; `batch` is None where it is not handled yet."""
    if one.kind not in ANSWERED:
        return
    wanted = None if batch is None else Outcome(batch, is_accepted=True, reason="", amount=amount)
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
