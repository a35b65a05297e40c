"""The machine: one event folded into the state, and what it moved (the engine everybody shares).

    apply(state, event) -> state, movements        the terms travel with the order

The platform's settlement, the replay of an event file, the audit and the simulator all call this
one function. It asks no clock, no chance and no input or output. An event that the rules refuse
raises its named `Refused` and changes nothing (I-19). After every event the price has not fallen
(E5) and no lot is left at its cap (E14).

Units: money in micro-yuan, points in atoms, moments in microseconds.
Source: E1-E20 by way of the modules beside this one; reliability I-8, I-9, I-19.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

from gongxiang.economy.events import (
    ClockMoved,
    Due,
    Event,
    Injected,
    Paid,
    Refunded,
    Sold,
    StorePaidIn,
    StoreReceived,
    WithdrawalReturned,
    Withdrawn,
)
from gongxiang.economy.exit import run_exits
from gongxiang.economy.injection import inject
from gongxiang.economy.movement import (
    CashReturned,
    CashWithdrawn,
    Escrowed,
    Movement,
    Movements,
    StoreMoneyPaidIn,
    StoreMoneyReceived,
)
from gongxiang.economy.refund import refund
from gongxiang.economy.refusal import BalanceTooSmall
from gongxiang.economy.sale import sell
from gongxiang.economy.settle import settle
from gongxiang.economy.state import State


def apply(state: State, event: Event) -> tuple[State, list[Movement]]:
    """Fold one event into the state; give the state and what moved, in order.

    Raises a `Refused` when the rules do not allow the event; the state is then unchanged.
    """
    movements: list[Movement] = []
    fold(state, event, movements)
    return state, movements


def fold(state: State, event: Event, movements: Movements) -> None:
    """Fold one event into the state, telling what moved only where somebody listens.

    Raises as `apply` does.
    """
    _HANDLERS[type(event)](state, event, movements)


def advance(state: State, at: int, movements: Movements) -> None:
    """Move the clock and settle what became due, by (due time, sequence of payment) (E8)."""
    due = state.due
    state.clock = at
    while due and due[0][0] <= at:
        paid = heappop(due)[2]
        if state.waiting.pop(paid.order, None) is not None:
            _settle(state, paid, movements)


def _pay(state: State, paid: Paid, movements: Movements) -> None:
    spend = paid.spend
    state.paid += 1
    state.escrow += spend
    state.channel += spend
    if movements is not None:
        movements.append(Escrowed(paid, spend))
    if paid.due_at <= state.clock:
        _settle(state, paid, movements)
    else:
        state.waiting[paid.order] = paid
        heappush(state.due, (paid.due_at, state.paid, paid))


def _settle(state: State, paid: Paid, movements: Movements) -> None:
    money, circulating = state.money, state.circulating
    settle(state, paid, movements)
    _keep_price(state, money, circulating)
    run_exits(state, movements)


def _keep_price(state: State, money: int, circulating: int) -> None:
    assert state.money * circulating >= money * state.circulating, "the price fell (E5)"


def _tell(movements: Movements, movement: Movement) -> None:
    if movements is not None:
        movements.append(movement)


def _due(state: State, event: Due, movements: Movements) -> None:
    _settle(state, event.paid, movements)


def _clock(state: State, event: ClockMoved, movements: Movements) -> None:
    advance(state, event.at, movements)


def _refund(state: State, event: Refunded, movements: Movements) -> None:
    money, circulating = state.money, state.circulating
    _tell(movements, refund(state, event))
    _keep_price(state, money, circulating)
    run_exits(state, movements)


def _sell(state: State, event: Sold, movements: Movements) -> None:
    money, circulating = state.money, state.circulating
    _tell(movements, sell(state, event))
    _keep_price(state, money, circulating)
    run_exits(state, movements)


def _inject(state: State, event: Injected, movements: Movements) -> None:
    _tell(movements, inject(state, event))
    run_exits(state, movements)


def _withdraw(state: State, event: Withdrawn, movements: Movements) -> None:
    held = state.cash.get(event.member, 0)
    if event.amount > held:
        raise BalanceTooSmall(f"{event.amount} µ¥ to withdraw, {held} µ¥ on the balance")
    state.cash[event.member] -= event.amount
    state.channel -= event.amount
    _tell(movements, CashWithdrawn(event.withdrawal, event.member, event.amount))


def _take_back(state: State, event: WithdrawalReturned, movements: Movements) -> None:
    state.cash[event.member] += event.amount
    state.channel += event.amount
    _tell(movements, CashReturned(event.returned, event.member, event.amount))


def _receive(state: State, event: StoreReceived, movements: Movements) -> None:
    state.stores[event.store] -= event.amount
    state.channel -= event.amount
    _tell(movements, StoreMoneyReceived(event.received, event.store, event.amount))


def _pay_in(state: State, event: StorePaidIn, movements: Movements) -> None:
    state.stores[event.store] += event.amount
    state.channel += event.amount
    _tell(movements, StoreMoneyPaidIn(event.paid_in, event.store, event.amount))


_HANDLERS: Final[dict[type, Callable[..., None]]] = {
    Paid: _pay,
    Due: _due,
    ClockMoved: _clock,
    Refunded: _refund,
    Sold: _sell,
    Injected: _inject,
    Withdrawn: _withdraw,
    WithdrawalReturned: _take_back,
    StoreReceived: _receive,
    StorePaidIn: _pay_in,
}
