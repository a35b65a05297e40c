"""Bugs planted into the engine, one at a time: each must be caught, or the tests prove nothing.

A bug counts as caught when the product ends a random file otherwise than the oracle, or when one
of its own assertions or invariants stops it.

Source: economy.md E5-E16, rewards.md R1-R5, spec/events.md.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import pytest

from gongxiang.base.clock import DAY, next_shanghai_midnight
from gongxiang.base.money import MYRIAD
from gongxiang.economy import agency, machine, mint, referral, refund, sale, settle
from gongxiang.economy import exit as exits
from gongxiang.economy.agency import Contract
from gongxiang.economy.events import Due, Paid, Refunded, Withdrawn
from gongxiang.economy.lot import Lot, cap_left
from gongxiang.economy.movement import Exited, Movements, Piece, RefundedByCase, Returned
from gongxiang.economy.refund import Quote
from gongxiang.economy.state import State
from gongxiang.economy.terms import Terms
from gongxiang.lab import replay, world
from gongxiang.lab.lines import Entry
from gongxiang.lab.replay import Replay
from tests import oracle
from tests.economy.watched import WatchedReplay
from tests.lab.folded import outcome, terms_of
from tests.rule_sets import rules
from tests.strategies import scenario

SEEDS = range(70)
LINES = 90

Patch = pytest.MonkeyPatch


@cache
def expected(seed: int) -> tuple[dict[str, int | str], list[str], dict[str, Any]]:
    """Give rules, a file, and what the oracle makes of them."""
    chosen = rules(seed)
    lines = scenario(seed, LINES, chosen)
    return chosen, lines, oracle.run(lines, chosen)


def caught_at() -> int | None:
    """Give the first seed at which the product goes wrong, None if it never does."""
    for seed in SEEDS:
        chosen, lines, right = expected(seed)
        try:
            watched = WatchedReplay(terms_of(chosen))
            watched.fold(lines)
            watched.replay.finish()
        except AssertionError:
            return seed
        if outcome(watched.replay) != right:
            return seed
    return None


def test_without_a_bug_nothing_is_caught() -> None:
    assert caught_at() is None


def mint_after_the_inflow(patch: Patch) -> None:
    patch.setattr(
        settle,
        "mint",
        lambda inflow, *, money, circulating, terms: mint.mint(
            inflow, money=money + inflow, circulating=circulating, terms=terms
        ),
    )


def mint_rounded_up(patch: Patch) -> None:
    def up(inflow: int, *, money: int, circulating: int, terms: Terms) -> int:
        if terms.mint_step:
            return mint.mint(inflow, money=money, circulating=circulating, terms=terms)
        return -(-(inflow * terms.backing_rate // MYRIAD * circulating) // money)

    patch.setattr(settle, "mint", up)


def mint_in_one_part(patch: Patch) -> None:
    patch.setattr(mint, "parts", lambda *_, **__: 1)


def mint_at_a_stale_price(patch: Patch) -> None:
    """Use one pair for two orders, as a batch would that reads the price once."""
    kept: list[tuple[int, int]] = []

    def stale(inflow: int, *, money: int, circulating: int, terms: Terms) -> int:
        money, circulating = kept.pop() if kept else (money, circulating)
        if not kept:
            kept.append((money, circulating))
        return mint.mint(inflow, money=money, circulating=circulating, terms=terms)

    patch.setattr(settle, "mint", stale)


def refund_rounded_down(patch: Patch) -> None:
    patch.setattr(refund, "ceil_div", lambda amount, parts: amount // parts)


def sale_rounded_up(patch: Patch) -> None:
    original = sale.offer

    def up(lots: Iterable[Lot], points: int, **place: int) -> list[Piece]:
        pieces = original(lots, points, **place)
        for piece in pieces:
            piece.net = -(-piece.gross * piece.lot.terms.payout_rate // MYRIAD)
        return pieces

    patch.setattr(sale, "offer", up)


def sale_of_the_newest_first(patch: Patch) -> None:
    original = sale.offer
    patch.setattr(
        sale, "offer", lambda lots, points, **pair: original(list(lots)[::-1], points, **pair)
    )


def sale_that_ignores_the_lock(patch: Patch) -> None:
    original = sale.offer
    patch.setattr(
        sale,
        "offer",
        lambda lots, points, *, clock, **pair: original(lots, points, clock=clock + 10**18, **pair),
    )


def no_cap(patch: Patch) -> None:
    patch.setattr(machine, "run_exits", lambda *_: None)


def cap_per_member(patch: Patch) -> None:
    """Let a new order lift the cap of the member's old lots, as the scheme text words it."""
    lots: dict[object, list[Lot]] = {}

    def whole(lot: Lot) -> int:
        return max(0, sum(cap_left(one) for one in lots.get(lot.member, [lot]) if one.left))

    original = settle._open_lot

    def opened(state: State, paid: Paid, minted: int, unspent_rate: int) -> Lot:
        lot = original(state, paid, minted, unspent_rate)
        lots.setdefault(lot.member, []).append(lot)
        return lot

    patch.setattr(settle, "_open_lot", opened)
    for module in (exits, sale):
        patch.setattr(module, "cap_left", whole)
    patch.setattr("gongxiang.economy.lot.cap_left", whole)
    patch.setattr("gongxiang.economy.exit_queue.cap_left", whole)


def exit_paid_twice(patch: Patch) -> None:
    original = exits._close

    def close(state: State, lot: Lot) -> Exited:
        closed = original(state, lot)
        state.money -= closed.piece.net
        state.cash[lot.member] += closed.piece.net
        return closed

    patch.setattr(exits, "_close", close)


def exit_above_the_cap_only(patch: Patch) -> None:
    patch.setattr(
        "gongxiang.economy.exit_queue.is_at_cap",
        lambda lot, *, money, circulating: lot.left * money > cap_left(lot) * circulating,
    )


def refund_out_of_the_pool(patch: Patch) -> None:
    original = refund.quote

    def quote(lot: Lot, amount: int, *, money: int, circulating: int) -> Quote:
        quoted = original(lot, amount, money=money, circulating=circulating)
        quoted.pays = amount * (lot.commission_rate - lot.terms.fees_rate) // MYRIAD
        return quoted

    patch.setattr(refund, "quote", quote)


def own_rewards_not_returned(patch: Patch) -> None:
    patch.setattr(Quote, "returned", lambda _, __, *, own_rate: own_rate * 0)


def own_rewards_beyond_what_is_left(patch: Patch) -> None:
    patch.setattr(Quote, "returned", lambda _, amount, *, own_rate: amount * own_rate // MYRIAD)


def own_rewards_before_what_is_kept(patch: Patch) -> None:
    def of_the_rest(quote: Quote, amount: int, *, own_rate: int) -> int:
        return (amount - quote.kept) * own_rate // MYRIAD

    patch.setattr(Quote, "returned", of_the_rest)


def refund_that_takes_rewards_back(patch: Patch) -> None:
    original = refund._return_money

    def back(state: State, movement: RefundedByCase) -> None:
        original(state, movement)
        for person in [name for name, amount in state.cash.items() if amount > MYRIAD][:1]:
            state.cash[person] -= movement.amount * 30 // MYRIAD
            state.unspent += movement.amount * 30 // MYRIAD

    patch.setattr(refund, "_return_money", back)


def no_idempotency(patch: Patch) -> None:
    original = Replay.take

    def take(self: Replay, number: int, entry: Entry) -> None:
        self._seen.clear()
        original(self, number, entry)

    patch.setattr(Replay, "take", take)


def refused_ids_stay_used(patch: Patch) -> None:
    original = Replay.take

    def take(self: Replay, number: int, entry: Entry) -> None:
        original(self, number, entry)
        self._seen.setdefault(entry.id, 0)

    patch.setattr(Replay, "take", take)


def rewards_not_frozen(patch: Patch) -> None:
    """Ask who is rewarded when an order settles, not when it was paid."""
    worlds: dict[int, world.World] = {}
    opened = Replay.__post_init__

    def post_init(self: Replay) -> None:
        opened(self)
        worlds[id(self.state)] = self.world

    original = settle.settle

    def late(state: State, paid: Paid, movements: Movements) -> None:
        known = worlds[id(state)]
        store = known.stores[str(paid.store)]
        paid.rewards = known.rewards(known.members[str(paid.member)], store, at=state.clock)
        original(state, paid, movements)

    patch.setattr(Replay, "__post_init__", post_init)
    patch.setattr(machine, "settle", late)


def agents_a_day_late(patch: Patch) -> None:
    patch.setattr(replay, "next_shanghai_midnight", lambda at: next_shanghai_midnight(at) + DAY)


def agents_a_day_early(patch: Patch) -> None:
    patch.setattr(replay, "next_shanghai_midnight", lambda at: next_shanghai_midnight(at) - DAY)


def agents_by_the_day_of_greenwich(patch: Patch) -> None:
    patch.setattr(replay, "next_shanghai_midnight", lambda at: (at // DAY + 1) * DAY)


def agents_paid_on_their_last_midnight(patch: Patch) -> None:
    def in_office(contracts: Sequence[Contract], *, at: int) -> Contract | None:
        for contract in reversed(contracts):
            if contract.start_at <= at and (contract.end_at is None or at <= contract.end_at):
                return contract
        return None

    patch.setattr(agency, "in_office", in_office)


def windows_that_end_a_moment_late(patch: Patch) -> None:
    original = machine.advance

    def advance(state: State, at: int, movements: Movements) -> None:
        original(state, at - 1, movements)
        state.clock = at

    patch.setattr(machine, "advance", advance)


def due_by_payment_alone(patch: Patch) -> None:
    """Let a waiting order settle at its refund instead of at its window's end."""
    original = refund.refund

    def early(state: State, event: Refunded) -> Returned | RefundedByCase:
        waiting = state.waiting.pop(event.order, None)
        if waiting is not None:
            machine.apply(state, Due(waiting))
        return original(state, event)

    patch.setattr(machine, "refund", early)


def cash_never_counted(patch: Patch) -> None:
    def withdraw(state: State, event: Withdrawn, movements: Movements) -> None:
        state.cash[event.member] -= event.amount
        state.channel -= event.amount
        del movements

    patch.setitem(machine._HANDLERS, Withdrawn, withdraw)


def vouchers_of_the_whole_commission(patch: Patch) -> None:
    patch.setattr(
        settle,
        "vouchers",
        lambda spend, *, commission_rate, terms: (
            terms.voucher_multiple * spend * commission_rate // (MYRIAD * terms.voucher_full_rate)
        ),
    )


def indirect_by_the_referrer_alone(patch: Patch) -> None:
    patch.setattr(
        referral,
        "indirect",
        lambda *, referrer, bound_by_recruiter, referrer_of_referrer: (
            referrer_of_referrer if referrer is not None else bound_by_recruiter and None
        ),
    )


BUGS: tuple[Callable[[Patch], None], ...] = (
    mint_after_the_inflow,
    mint_rounded_up,
    mint_in_one_part,
    mint_at_a_stale_price,
    refund_rounded_down,
    sale_rounded_up,
    sale_of_the_newest_first,
    sale_that_ignores_the_lock,
    no_cap,
    cap_per_member,
    exit_paid_twice,
    exit_above_the_cap_only,
    refund_out_of_the_pool,
    own_rewards_not_returned,
    own_rewards_beyond_what_is_left,
    own_rewards_before_what_is_kept,
    refund_that_takes_rewards_back,
    no_idempotency,
    refused_ids_stay_used,
    rewards_not_frozen,
    agents_a_day_late,
    agents_a_day_early,
    agents_by_the_day_of_greenwich,
    agents_paid_on_their_last_midnight,
    windows_that_end_a_moment_late,
    due_by_payment_alone,
    cash_never_counted,
    vouchers_of_the_whole_commission,
    indirect_by_the_referrer_alone,
)


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_caught(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    assert caught_at() is not None
