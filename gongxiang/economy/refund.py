"""Refunds: before settlement exact (E7), after it at the store's expense (E16).

A waiting order simply shrinks; refunded whole it is void. Of a settled order the points that the
refunded part made are burned, or, where they were sold, what they brought is kept back from the
refund; the pool never pays more than what comes back to it, rewards and points of others stay,
and the store pays the rest. What rewarded the refunded person himself, under whatever account, he
returns: it is kept back from his refund.

Units: micro-yuan, atoms.
Source: E7, E16, E17. `due`, the burn and `kept` round up, the pool gains (E1).
"""

from dataclasses import dataclass

from gongxiang.base.money import MYRIAD, ceil_div
from gongxiang.economy.events import Refunded
from gongxiang.economy.lot import Lot
from gongxiang.economy.movement import RefundedByCase, Returned
from gongxiang.economy.refusal import RefundExceedsOrder, StoreOwedTooLittle
from gongxiang.economy.split import split
from gongxiang.economy.state import State
from gongxiang.economy.voucher import vouchers


@dataclass(slots=True)
class Quote:
    """What a refund after settlement takes and gives, before anything moves (E16)."""

    burned: int
    missing: int
    gross_back: int
    kept: int
    pays: int

    def returned(self, amount: int, *, own_rate: int) -> int:
        """Give what of his own rewards a person returns: never more than is left for him."""
        return min(amount * own_rate // MYRIAD, amount - self.kept)


def refund(state: State, event: Refunded) -> Returned | RefundedByCase:
    """Refund a part or all of an order, waiting or settled.

    Raises `RefundExceedsOrder` when the order is not known or less is left of it, and
    `StoreOwedTooLittle` when what falls on the store must be covered and is not.
    """
    paid = state.waiting.get(event.order)
    lot = state.lots.get(event.order)
    rest = paid.spend if paid is not None else lot.spend if lot is not None else 0
    if event.amount > rest:
        raise RefundExceedsOrder(
            f"{event.amount} µ¥ to refund, {rest} µ¥ left of order {event.order}"
        )
    if paid is not None:
        paid.spend -= event.amount
        if not paid.spend:
            del state.waiting[event.order]
        state.escrow -= event.amount
        state.channel -= event.amount
        return Returned(event.refund, paid, event.amount)
    assert lot is not None, "an order with something left waits or has a lot"
    return _refund_by_case(state, lot, event)


def quote(lot: Lot, amount: int, *, money: int, circulating: int) -> Quote:
    """Give what a refund of a settled order would burn, keep and pay at the pair (E16)."""
    total = lot.left + lot.sold
    due = total
    if amount < lot.spend:
        due = min(total, ceil_div(lot.minted * amount, lot.settled_spend))
    missing = due * lot.sold // total if total else 0
    burned = due - missing
    kept = gross_back = 0
    if missing:
        kept = min(amount, ceil_div(lot.net * missing, lot.sold))
        gross_back = lot.gross * missing // lot.sold
    part = split(amount, commission_rate=lot.commission_rate, terms=lot.terms).inflow
    pays = min(part, burned * money // circulating + kept)
    return Quote(burned, missing, gross_back, kept, pays)


def take_back(lot: Lot, quoted: Quote, amount: int) -> None:
    """Let a lot be smaller by what a refund of its order burns, keeps and sends back (E16)."""
    lot.gross -= quoted.gross_back
    lot.net -= quoted.kept
    lot.left -= quoted.burned
    lot.sold -= quoted.missing
    lot.spend -= amount


def _refund_by_case(state: State, lot: Lot, event: Refunded) -> RefundedByCase:
    amount, terms, rate = event.amount, lot.terms, lot.commission_rate
    quoted = quote(lot, amount, money=state.money, circulating=state.circulating)
    platform, unspent = amount * terms.platform_rate // MYRIAD, amount * lot.unspent_rate // MYRIAD
    returned = quoted.returned(amount, own_rate=event.own_rate)
    if event.must_be_covered:
        _require_cover(state, lot, amount - quoted.pays - platform - unspent - returned)
    vouchers_before = vouchers(lot.spend, commission_rate=rate, terms=terms)
    take_back(lot, quoted, amount)
    state.money += quoted.kept - quoted.pays
    state.circulating -= quoted.burned
    taken_back = vouchers_before - vouchers(lot.spend, commission_rate=rate, terms=terms)
    state.step += 1
    movement = RefundedByCase(
        refund=event.refund,
        lot=lot,
        amount=amount,
        burned=quoted.burned,
        missing=quoted.missing,
        kept=quoted.kept,
        pays=quoted.pays,
        platform=platform,
        unspent=unspent,
        returned=returned,
        vouchers=taken_back,
        step=state.step,
        money=state.money,
        circulating=state.circulating,
    )
    _return_money(state, movement)
    if lot.minted:
        holding = state.holdings[lot.member]
        if not lot.left and lot in holding:
            holding.remove(lot)
        state.exits.put(lot)
    return movement


def _require_cover(state: State, lot: Lot, store_pays: int) -> None:
    owed = state.stores.get(lot.store, 0)
    if store_pays > owed:
        raise StoreOwedTooLittle(f"{store_pays} µ¥ fall on the store, which is owed {owed} µ¥")


def _return_money(state: State, movement: RefundedByCase) -> None:
    lot = movement.lot
    state.stores[lot.store] -= movement.store_pays
    state.platform -= movement.platform
    state.unspent -= movement.unspent
    state.cash[lot.member] += movement.to_cash
    state.channel -= movement.to_channel
    state.vouchers[lot.member] -= movement.vouchers
    state.paid_to_members -= movement.kept
    state.spend -= movement.amount
