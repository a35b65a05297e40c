"""What the books must say: postings and steps of each batch, from a fold by outside keys.

The audit folds the history once more with the very engine; this turns what moved into the rows
that settlement must have written, batch by batch: sums for the accounts that exist once, one row
for each leg of a party, one line for each step.

Units: micro-yuan, atoms.
Source: I-1 to I-4, H7.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gongxiang.economy.events import Key
from gongxiang.economy.lot import Lot
from gongxiang.economy.movement import (
    CapitalInjected,
    CashReturned,
    CashWithdrawn,
    Escrowed,
    Exited,
    Movement,
    PointsSold,
    RefundedByCase,
    Returned,
    Settled,
    StoreMoneyPaidIn,
    StoreMoneyReceived,
)
from gongxiang.ledger.chain import step_line
from gongxiang.points.models import StepKind


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the pool's sequence, by outside keys."""

    number: int
    kind: int
    home: Key | None
    lot: Lot | None
    event: Key
    amount: int
    points: int
    money: int
    circulating: int

    def line(self) -> str:
        """Give the line that the content hash covers."""
        return step_line(
            step=self.number,
            kind=self.kind,
            lot=0 if self.lot is None else self.lot.step,
            amount=self.amount,
            points=self.points,
            money=self.money,
            circulating=self.circulating,
        )


def event_of(movement: Movement) -> Key:
    """Give the outside key of the event that a movement belongs to (I-4)."""
    return _EVENT[type(movement)](movement)


def step_of(movement: Movement) -> Step | None:
    """Give the step that a movement is in the pool's sequence, None where it is none."""
    describe = _STEP.get(type(movement))
    return None if describe is None else describe(movement)


def _mint(one: Settled) -> Step:
    lot = one.lot
    return Step(
        one.step,
        StepKind.MINT,
        lot.member,
        lot,
        lot.order,
        one.parts.inflow,
        lot.minted,
        one.money,
        one.circulating,
    )


def _sale(one: PointsSold) -> Step:
    return Step(
        one.step,
        StepKind.SALE,
        one.member,
        None,
        one.sale,
        -one.net,
        -one.points,
        one.money,
        one.circulating,
    )


def _exit(one: Exited) -> Step:
    lot = one.piece.lot
    return Step(
        one.step,
        StepKind.EXIT,
        lot.member,
        lot,
        lot.order,
        -one.piece.net,
        -one.piece.points,
        one.money,
        one.circulating,
    )


def _refund(one: RefundedByCase) -> Step:
    return Step(
        one.step,
        StepKind.REFUND,
        one.lot.member,
        one.lot,
        one.refund,
        one.kept - one.pays,
        -one.burned,
        one.money,
        one.circulating,
    )


def _injection(one: CapitalInjected) -> Step:
    return Step(
        one.step,
        StepKind.INJECTION,
        None,
        None,
        one.injection,
        one.amount,
        0,
        one.money,
        one.circulating,
    )


_STEP: Final[dict[type, Callable[..., Step]]] = {
    Settled: _mint,
    PointsSold: _sale,
    Exited: _exit,
    RefundedByCase: _refund,
    CapitalInjected: _injection,
}
_EVENT: Final[dict[type, Callable[..., Key]]] = {
    Escrowed: lambda one: one.paid.order,
    Returned: lambda one: one.refund,
    Settled: lambda one: one.paid.order,
    PointsSold: lambda one: one.sale,
    Exited: lambda one: one.piece.lot.order,
    RefundedByCase: lambda one: one.refund,
    CapitalInjected: lambda one: one.injection,
    CashWithdrawn: lambda one: one.withdrawal,
    CashReturned: lambda one: one.returned,
    StoreMoneyReceived: lambda one: one.received,
    StoreMoneyPaidIn: lambda one: one.paid_in,
}
