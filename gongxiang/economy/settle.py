"""Settlement of an order: its money is split, its lot minted, its people rewarded (E6-E9, R1).

Units: micro-yuan, atoms, microseconds.
Source: E6, E8, E9, E12 (when a lot unlocks), R1.
"""

from gongxiang.base.clock import SECOND
from gongxiang.base.money import MYRIAD
from gongxiang.economy.events import Paid
from gongxiang.economy.lot import Lot
from gongxiang.economy.mint import mint
from gongxiang.economy.movement import Settled
from gongxiang.economy.split import split
from gongxiang.economy.state import State
from gongxiang.economy.voucher import vouchers


def settle(state: State, paid: Paid) -> Settled:
    """Settle an order at the pair of the moment, with what was frozen when it was paid (E7, E8)."""
    terms, spend, rate = paid.terms, paid.spend, paid.commission_rate
    parts = split(spend, commission_rate=rate, terms=terms)
    inflow = parts.inflow
    minted = mint(inflow, money=state.money, circulating=state.circulating, terms=terms)
    granted = vouchers(spend, commission_rate=rate, terms=terms)

    rewarded_rate = _reward(state, paid)
    unspent_rate = terms.distribution_rate - rewarded_rate
    assert unspent_rate >= 0, "rewards exceed the distribution budget (R1)"
    unspent = spend * unspent_rate // MYRIAD

    state.escrow -= spend
    state.money += inflow
    state.circulating += minted
    state.platform += parts.platform
    state.unspent += unspent
    state.stores[paid.store] += parts.merchant
    state.vouchers[paid.member] += granted
    state.spend += spend
    state.orders += 1
    state.step += 1
    lot = Lot(
        order=paid.order,
        member=paid.member,
        store=paid.store,
        spend=spend,
        settled_spend=spend,
        commission_rate=rate,
        unspent_rate=unspent_rate,
        terms=terms,
        minted=minted,
        left=minted,
        sold=0,
        gross=0,
        net=0,
        step=state.step,
        unlock_at=paid.due_at + terms.mint_lock * SECOND,
    )
    state.lots[paid.order] = lot
    if minted:
        state.holdings.setdefault(paid.member, []).append(lot)
        state.exits.put(lot)
    return Settled(
        paid, lot, parts, unspent, granted, state.step, state.money, state.circulating
    )


def _reward(state: State, paid: Paid) -> int:
    """Pay each rewarded person his rate of the spend; give the sum of the rates (R1)."""
    cash, totals, spend = state.cash, state.rewards, paid.spend
    rates = 0
    for role, person, rate in paid.rewards:
        amount = spend * rate // MYRIAD
        cash[person] += amount
        totals[role] += amount
        rates += rate
    return rates
