"""Points become shares at no payout: the price rises, and a refund takes the shares first."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.base.money import POINT, YUAN
from gongxiang.economy.conversion import (
    Entry,
    NoProgramme,
    Programme,
    ProgrammeClosed,
    allot,
    convert,
    lapse,
    remainder,
    take,
)
from gongxiang.economy.events import Paid
from gongxiang.economy.lot import Lot
from gongxiang.economy.machine import apply
from gongxiang.economy.refusal import SaleExceedsHolding
from gongxiang.economy.state import State, opened
from gongxiang.rulebook.load import load_terms

TERMS = load_terms(preset="seed-1")
PROGRAMME = Programme(
    programme="p1", points_per_share=10 * POINT, opens_at=100, closes_at=200, lock_up_until_at=900
)


def three_orders() -> State:
    """Settle the scheme text's first three orders, all of one member."""
    state = opened(TERMS)
    for order in (1, 2, 3):
        paid = Paid(order, "m", "s", 1_000 * YUAN, 2_000, (), state.clock, TERMS)
        apply(state, paid)
    return state


def converted(state: State, shares: int, at: int = 100) -> tuple[Entry, ...]:
    return convert(
        programme=PROGRAMME,
        entry="e1",
        shares=shares,
        lots=state.holdings["m"],
        money=state.money,
        circulating=state.circulating,
        at=at,
    )


def snapshot(state: State) -> list[tuple[int, int, int, int]]:
    return [(lot.left, lot.sold, lot.gross, lot.net) for lot in state.lots.values()]


def test_by_default_there_is_no_programme() -> None:
    state = three_orders()
    before = snapshot(state)
    with pytest.raises(NoProgramme, match="no programme"):
        convert(
            programme=None, entry="e", shares=1, lots=state.holdings["m"],
            money=state.money, circulating=state.circulating, at=100,
        )  # fmt: skip
    assert snapshot(state) == before


@pytest.mark.parametrize("at", [0, 99, 200, 10**9])
def test_outside_its_window_a_programme_takes_nothing(at: int) -> None:
    with pytest.raises(ProgrammeClosed, match="open from 100 until 200"):
        converted(three_orders(), 1, at=at)


@pytest.mark.parametrize("at", [100, 199])
def test_a_window_is_half_open(at: int) -> None:
    assert len(converted(three_orders(), 1, at=at)) == 1


def test_fifteen_shares_take_the_oldest_points_first() -> None:
    """112 points of the first order and 38 of the second are 15 shares of 10 points."""
    entries = converted(three_orders(), 15)
    assert [(entry.order, entry.points, entry.shares) for entry in entries] == [
        (1, 112 * POINT, 11),
        (2, 38 * POINT, 4),
    ]
    # 112 points at 480.1 / 257.1825: 209.077988 yuan, of which a sale would have paid 80 %.
    assert (entries[0].gross, entries[0].net) == (209_077_988, 167_262_390)
    assert {entry.lock_up_until_at for entry in entries} == {900}


@pytest.mark.parametrize("shares", [0, -1, 26])
def test_nothing_or_more_than_held_is_refused(shares: int) -> None:
    with pytest.raises(SaleExceedsHolding, match="at most 25 shares"):
        converted(three_orders(), shares)


def test_locked_points_cannot_be_converted() -> None:
    state = three_orders()
    state.lots[1].unlock_at = 150
    entries = converted(state, 1, at=149)
    assert [entry.order for entry in entries] == [2]
    with pytest.raises(SaleExceedsHolding, match="at most 14 shares"):
        converted(state, 15, at=149)
    assert [entry.order for entry in converted(state, 1, at=150)] == [1]


@given(shares=st.integers(1, 25))
def test_a_conversion_pays_nothing_raises_the_price_and_counts_as_sold(shares: int) -> None:
    state = three_orders()
    entries = converted(state, shares)
    points = shares * PROGRAMME.points_per_share
    assert sum(entry.points for entry in entries) == points
    assert sum(entry.shares for entry in entries) == shares
    before = sum(lot.left for lot in state.lots.values())
    for entry in entries:
        assert isinstance(entry.order, int)
        take(lot=state.lots[entry.order], entry=entry)
        lot = state.lots[entry.order]
        assert (lot.left + lot.sold, lot.gross, lot.net) == (lot.minted, entry.gross, entry.net)
        assert entry.net == entry.gross * 8_000 // 10_000
    assert before - sum(lot.left for lot in state.lots.values()) == points
    assert state.money * state.circulating > state.money * (state.circulating - points)


def test_an_entry_is_booked_on_its_own_lot_only() -> None:
    state = three_orders()
    entry = converted(state, 1)[0]
    with pytest.raises(AssertionError, match="not of lot 2"):
        take(lot=state.lots[2], entry=entry)


def test_a_lot_never_takes_more_than_its_cap_or_its_points() -> None:
    state = three_orders()
    entry = converted(state, 1)[0]
    lot = state.lots[1]
    with pytest.raises(AssertionError, match="at its cap"):
        take(lot=lot, entry=replace(entry, gross=1_200 * YUAN + 1))
    with pytest.raises(AssertionError, match="has less than"):
        take(lot=lot, entry=replace(entry, points=lot.left + 1))


def test_shares_can_be_allotted_without_points() -> None:
    entry = allot(entry="e", programme="p", member="m", shares=5, lock_up_until_at=7)
    assert (entry.order, entry.points, entry.gross, entry.net) == (None, 0, 0, 0)
    with pytest.raises(AssertionError, match="an allotment of 0 shares"):
        allot(entry="e", programme="p", member="m", shares=0, lock_up_until_at=7)


def test_a_whole_refund_lets_all_shares_of_the_order_lapse() -> None:
    state = three_orders()
    entries = converted(state, 15)
    first = [entry for entry in entries if entry.order == 1]
    (lapsed,) = lapse(entries=first, missing=112 * POINT)
    assert (lapsed.shares, lapsed.points, lapsed.net) == (11, first[0].points, first[0].net)
    rest = remainder(lapse=lapsed)
    assert (rest.shares, rest.points, rest.gross, rest.net) == (0, 0, 0, 0)


def test_a_begun_share_lapses_whole() -> None:
    entry = converted(three_orders(), 11)[0]
    (lapsed,) = lapse(entries=[entry], missing=1)
    assert (lapsed.shares, lapsed.points, lapsed.gross, lapsed.net) == (1, 1, 0, 0)


def test_nothing_missing_lets_nothing_lapse() -> None:
    assert lapse(entries=converted(three_orders(), 3), missing=0) == ()


@st.composite
def entries_of_an_order(draw: st.DrawFn) -> list[Entry]:
    amounts = st.integers(0, 10**20)
    base = allot(entry="e", programme="p", member="m", shares=1, lock_up_until_at=0)
    return [
        replace(
            base,
            order=1,
            shares=draw(st.integers(0, 10**9)),
            points=draw(amounts),
            gross=draw(amounts),
            net=draw(amounts),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]


@given(entries=entries_of_an_order(), missing=st.integers(0, 10**21))
def test_lapses_cover_what_is_missing_or_all_there_is(entries: list[Entry], missing: int) -> None:
    lapses = lapse(entries=entries, missing=missing)
    held = sum(entry.points for entry in entries)
    assert sum(one.points for one in lapses) == min(missing, held)
    for one in lapses:
        rest = remainder(lapse=one)
        assert min(rest.shares, rest.points, rest.gross, rest.net) >= 0
        assert one.shares * one.entry.points >= one.entry.shares * one.points
        assert one.net * one.entry.points <= one.entry.net * one.points


def test_a_lot_that_is_partly_converted_still_reaches_its_cap() -> None:
    """E13: the value converted counts against the cap like a sale."""
    state = three_orders()
    (entry,) = converted(state, 5)
    lot: Lot = state.lots[1]
    take(lot=lot, entry=entry)
    assert lot.spend * TERMS.exit_cap // 10_000 - lot.gross == 1_200 * YUAN - entry.gross
