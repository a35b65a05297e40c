"""Points are sold oldest lot first, all at the pair of the moment before (E11, E12)."""

import pytest

from gongxiang.base.money import MYRIAD, POINT, YUAN
from gongxiang.economy.events import ClockMoved, Sold
from gongxiang.economy.movement import PointsSold
from gongxiang.economy.refusal import SaleExceedsHolding
from tests.economy.watched import Watched, at_random, lot_numbers, order, terms_with


def sold(watched: Watched, member: str, points: int) -> PointsSold:
    movement = watched.apply(Sold(f"x{watched.state.step}", member, points))[0]
    assert isinstance(movement, PointsSold)
    return movement


def test_half_a_lot_brings_four_fifths_of_its_worth() -> None:
    watched = Watched()
    watched.pay(order("o1"), order("o2", member="n"))
    sale = sold(watched, "m", 56 * POINT)
    # 56 points of 190.520986883198 in a pool of 320.1 are worth 94.087272, cut.
    assert [(piece.points, piece.gross, piece.net) for piece in sale.pieces] == [
        (56 * POINT, 94_087_272, 75_269_817)
    ]
    assert watched.pair == (320_100_000 - 75_269_817, 190_520_986_883_198 - 56 * POINT)
    assert watched.state.cash == {"m": 75_269_817}


def test_a_sale_goes_through_the_lots_from_the_oldest_at_one_price() -> None:
    watched = Watched()
    first, second, third = watched.pay(order("o1"), order("o2"), order("o3"))
    price = watched.pair
    sale = sold(watched, "m", first.minted + second.minted + 1)
    assert [(piece.lot, piece.points) for piece in sale.pieces] == [
        (first, first.minted),
        (second, second.minted),
        (third, 1),
    ]
    for piece in sale.pieces:
        assert piece.gross == piece.points * price[0] // price[1]
        assert piece.net == piece.gross * 8_000 // MYRIAD
    assert watched.state.holdings["m"] == [third]


def test_selling_everything_leaves_the_genesis_holding_and_its_price() -> None:
    watched = Watched()
    (lot,) = watched.pay(order("o1"))
    sold(watched, "m", lot.minted)
    # 160.1 · 112 / 112.1 = 159.957181, of which four fifths are 127.965744.
    assert watched.pair == (160_100_000 - 127_965_744, POINT // 10)
    assert lot_numbers(lot) == (1_000 * YUAN, 112 * POINT, 0, 112 * POINT, 159_957_181, 127_965_744)


def test_a_young_lot_is_passed_over_until_the_second_it_unlocks() -> None:
    watched = Watched(terms_with(mint_lock=7))
    old, young = watched.pay(order("o1", terms=watched.terms), order("o2", terms=watched.terms))
    young.unlock_at = 8_000_000
    watched.refuse(Sold("x1", "m", 1), SaleExceedsHolding, match="0 held unlocked")
    watched.apply(ClockMoved(7_000_000))
    watched.refuse(Sold("x2", "m", old.minted + 1), SaleExceedsHolding)
    sold(watched, "m", old.minted)
    watched.refuse(Sold("x3", "m", 1), SaleExceedsHolding)
    watched.apply(ClockMoved(8_000_000))
    sold(watched, "m", young.minted)


def test_a_lot_unlocks_by_its_due_time_whenever_it_was_handled() -> None:
    watched = Watched(terms_with(mint_lock=10))
    watched.apply(order("o1", due_at=5_000_000, terms=watched.terms))
    watched.apply(ClockMoved(14_999_999))
    watched.refuse(Sold("x1", "m", 1), SaleExceedsHolding)
    watched.apply(ClockMoved(15_000_000))
    sold(watched, "m", 1)


def test_nothing_and_more_than_is_held_are_refused() -> None:
    watched = Watched()
    (lot,) = watched.pay(order("o1"))
    watched.refuse(Sold("x", "m", 0), SaleExceedsHolding, match="at least 1")
    watched.refuse(Sold("x", "m", lot.minted + 1), SaleExceedsHolding, match=f"{lot.minted} held")
    watched.refuse(Sold("x", "nobody", 1), SaleExceedsHolding, match="0 held")


def test_slices_of_a_hundredth_gain_less_than_a_thousandth() -> None:
    def proceeds(slices: int) -> int:
        watched = Watched(terms_with(genesis_money=100_000 * YUAN))
        watched.pay(order("o1", 10_000 * YUAN, terms=watched.terms))
        points = watched.pair[1] // 100
        for _ in range(slices):
            sold(watched, "m", points // slices)
        return watched.state.cash["m"]

    assert proceeds(1) < proceeds(50) <= proceeds(1) * 1_001 // 1_000


@pytest.mark.parametrize("seed", range(40))
def test_no_sale_lowers_the_price_in_any_state(seed: int) -> None:
    watched = at_random(seed)
    state = watched.state
    for member in list(state.holdings):
        unlocked = [lot.left for lot in state.holdings[member] if lot.unlock_at <= state.clock]
        if unlocked:
            points = max(1, sum(unlocked) * (seed + 1) // 40)
            money, circulating = watched.pair
            sale = sold(watched, str(member), points)
            assert sale.money * circulating >= money * sale.circulating
            assert sale.net * MYRIAD * circulating <= (watched.terms.payout_rate * points * money)
