"""How far a lot bought now is from its cap agrees with folding every order alone.

Source: H2; the figures of design/ui/README.md.
"""

from dataclasses import replace

import pytest

from gongxiang.base.money import YUAN
from gongxiang.economy.mint import mint
from gongxiang.economy.terms import Terms
from gongxiang.queries.horizon import Order, orders_to_cap
from gongxiang.queries.pool_data import OpenLot, Pair
from tests.web import world

ORDER = Order(spend=world.SPEND, inflow=world.INFLOW)


def one_by_one(pair: Pair, terms: Terms) -> int:
    """Fold order after order through the economy's mint, closing nobody."""
    points = mint(ORDER.inflow, money=pair.money, circulating=pair.circulating, terms=terms)
    cap = ORDER.spend * terms.exit_cap // 10_000
    money, circulating, count = pair.money + ORDER.inflow, pair.circulating + points, 0
    while points * money < cap * circulating:
        circulating += mint(ORDER.inflow, money=money, circulating=circulating, terms=terms)
        money += ORDER.inflow
        count += 1
    return count


def test_a_lot_minted_now_is_some_nine_thousand_orders_from_its_cap() -> None:
    ahead = world.totals().ahead
    found = orders_to_cap(order=ORDER, pair=world.PAIR, ahead=ahead, terms=world.TERMS)
    assert found == 9_013  # lot 4 exits at order 9,003 of the scheme's own table: 8,999 further


@pytest.mark.parametrize(
    ("mint_step", "exact", "found"), [(0, 17_904, 17_932), (100, 18_397, 18_426)]
)
def test_the_estimate_is_closer_than_the_digits_shown(
    mint_step: int, exact: int, found: int
) -> None:
    terms = replace(world.TERMS, mint_step=mint_step)
    pair = Pair(money=1_000 * YUAN, circulating=1_000 * 10**12)
    assert one_by_one(pair, terms) == exact
    assert orders_to_cap(order=ORDER, pair=pair, ahead=(), terms=terms) == found


def test_lots_closed_on_the_way_bring_the_cap_nearer() -> None:
    alone = orders_to_cap(order=ORDER, pair=world.PAIR, ahead=(), terms=world.TERMS)
    assert alone == 9_125


def test_a_price_that_cannot_rise_never_reaches_the_cap() -> None:
    flat = replace(world.TERMS, backing_rate=10_000)
    pair = Pair(money=100 * YUAN, circulating=100 * 10**12)
    assert orders_to_cap(order=ORDER, pair=pair, ahead=(), terms=flat) is None


def test_an_order_that_brings_or_mints_nothing_has_no_distance() -> None:
    nothing = Order(spend=world.SPEND, inflow=0)
    assert orders_to_cap(order=nothing, pair=world.PAIR, ahead=(), terms=world.TERMS) is None
    none_minted = replace(world.TERMS, backing_rate=0)
    assert orders_to_cap(order=ORDER, pair=world.PAIR, ahead=(), terms=none_minted) is None


def test_a_lot_that_is_at_its_cap_at_once_needs_no_order() -> None:
    low = replace(world.TERMS, exit_cap=1)
    ahead = (OpenLot(left=1, cap_left=10**20),)
    assert orders_to_cap(order=ORDER, pair=world.PAIR, ahead=ahead, terms=low) == 0


def test_a_pool_of_a_hundred_million_is_answered_too() -> None:
    pair = Pair(money=10**14, circulating=10**18)
    small = Order(spend=20 * YUAN, inflow=32 * YUAN // 10)
    assert orders_to_cap(order=small, pair=pair, ahead=(), terms=world.TERMS) == 84_702_340_415
