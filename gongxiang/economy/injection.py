"""Capital injection (融资注入): money enters the pool, nothing is minted (E18).

The platform lets at most `injection_drip_max` of the pool in a day; each drip is one event.

Units: micro-yuan. Source: E18.
"""

from gongxiang.base.money import MYRIAD
from gongxiang.economy.events import Injected
from gongxiang.economy.movement import CapitalInjected
from gongxiang.economy.state import State
from gongxiang.economy.terms import Terms


def drip_limit(money: int, *, terms: Terms) -> int:
    """Give the most that may enter a pool in a day, in micro-yuan.

    >>> drip_limit(1_000_000, terms=TERMS)
    5000
    """
    return money * terms.injection_drip_max // MYRIAD


def inject(state: State, event: Injected) -> CapitalInjected:
    """Let capital into the pool."""
    state.money += event.amount
    state.capital += event.amount
    state.step += 1
    return CapitalInjected(
        event.injection, event.amount, state.step, state.money, state.circulating
    )
