"""What a rulebook does to the first orders: the scheme's own example, folded by the engine itself.

Orders of 1,000 yuan at a commission of 20 % settle one after another; nobody sells or refunds.

Units: money in micro-yuan, points in atoms, rates per myriad.
Source: economy.md, "Facts the engine must reproduce".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gongxiang.base.clock import BEGINNING
from gongxiang.base.money import YUAN
from gongxiang.economy.events import Paid
from gongxiang.economy.machine import apply
from gongxiang.economy.state import State, opened
from gongxiang.economy.terms import Terms

SPEND: Final = 1_000 * YUAN
"""The order of the scheme text's example."""

COMMISSION_RATE: Final = 2_000
"""The store of the scheme text's example."""

ORDERS_MAX: Final = 50_000
"""How far the first exit is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The pool after an order: the price is `money` over `circulating`."""

    order: int
    money: int
    circulating: int


def first_prices(*, terms: Terms, orders: int = 3) -> tuple[Step, ...]:
    """Settle the first orders and give the pool after each.

    >>> from gongxiang.base import text
    >>> from gongxiang.rulebook.load import load_terms
    >>> steps = first_prices(terms=load_terms(preset="seed-1"))
    >>> [text.price(units=text.price_units(pool=step.money, circulating=step.circulating))
    ...  for step in steps]
    ['1.4282', '1.6801', '1.8668']
    """
    return tuple(_step(state=state) for _, state in zip(range(orders), _fold(terms), strict=False))


def first_exit(*, terms: Terms, orders_max: int = ORDERS_MAX) -> Step | None:
    """Settle orders until the system closes the first lot; None when that takes too many.

    >>> from gongxiang.rulebook.load import load_terms
    >>> first_exit(terms=load_terms(preset="seed-1")).order
    1138
    """
    for state in _fold(terms):
        if state.exited:
            return _step(state=state)
        if state.orders >= orders_max:
            break
    return None


def _fold(terms: Terms) -> Iterator[State]:
    """Settle one order after another, for ever."""
    state = opened(terms)
    while True:
        order = state.orders + 1
        paid = Paid(
            order=order,
            member=order,
            store=0,
            spend=SPEND,
            commission_rate=COMMISSION_RATE,
            rewards=(),
            due_at=BEGINNING,
            terms=terms,
        )
        apply(state, paid)
        yield state


def _step(*, state: State) -> Step:
    """Read the pool of this moment."""
    return Step(order=state.orders, money=state.money, circulating=state.circulating)
