"""Settlement of an order: its money is split, its lot minted, its people rewarded (E6-E9, R1).

Units: micro-yuan, atoms, microseconds.
Source: E6, E8, E9, E12 (when a lot unlocks), R1.
"""

from gongxiang.base.clock import SECOND
from gongxiang.base.money import MYRIAD
from gongxiang.economy.events import Paid
from gongxiang.economy.lot import Lot
from gongxiang.economy.mint import mint
from gongxiang.economy.movement import Movements, Settled
from gongxiang.economy.split import split
from gongxiang.economy.state import State
from gongxiang.economy.voucher import vouchers


def settle(state: State, paid: Paid, movements: Movements) -> None:
    """Settle an order at the pair of the moment, with what was frozen when it was paid (E7, E8)."""
    terms, spend, rate = paid.terms, paid.spend, paid.commission_rate
    parts = split(spend, commission_rate=rate, terms=terms)
    minted = mint(parts.inflow, money=state.money, circulating=state.circulating, terms=terms)
    granted = vouchers(spend, commission_rate=rate, terms=terms)
    unspent_rate = terms.distribution_rate - _reward(state, paid)
    assert unspent_rate >= 0, "rewards exceed the distribution budget (R1)"
    unspent = spend * unspent_rate // MYRIAD

    state.escrow -= spend
    state.money += parts.inflow
    state.circulating += minted
    state.platform += parts.platform
    state.unspent += unspent
    state.stores[paid.store] += parts.merchant
    state.vouchers[paid.member] += granted
    state.spend += spend
    state.orders += 1
    state.step += 1
    lot = _open_lot(state, paid, minted, unspent_rate)
    if movements is not None:
        step, money, circulating = state.step, state.money, state.circulating
        movements.append(Settled(paid, lot, parts, unspent, granted, step, money, circulating))


def _open_lot(state: State, paid: Paid, minted: int, unspent_rate: int) -> Lot:
    """Give the lot of an order that settles now; one without points is in no queue (E13)."""
    member, terms, spend = paid.member, paid.terms, paid.spend
    unlock_at = paid.due_at
    if terms.mint_lock:
        unlock_at += terms.mint_lock * SECOND
    # Made once an order: by place and not by name, which takes half the time.
    lot = Lot(
        paid.order,
        member,
        paid.store,
        spend,
        spend,
        paid.commission_rate,
        unspent_rate,
        terms,
        minted,
        minted,
        0,
        0,
        0,
        state.step,
        unlock_at,
    )
    state.lots[paid.order] = lot
    if minted:
        state.holdings.setdefault(member, []).append(lot)
        state.exits.put(lot)
    return lot


def _reward(state: State, paid: Paid) -> int:
    """Pay each rewarded person his rate of the spend; give the sum of the rates (R1)."""
    cash, totals, per_myriad = state.cash, state.rewards, paid.spend // MYRIAD
    rates = 0
    for role, person, rate in paid.rewards:
        amount = per_myriad * rate
        cash[person] += amount
        totals[role] += amount
        rates += rate
    return rates
