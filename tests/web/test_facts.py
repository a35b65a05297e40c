"""The facts beside a price are computed, each from its own totals.

Source: H2; the figures of design/ui/README.md.
"""

from dataclasses import replace

from gongxiang.base.money import POINT, YUAN
from gongxiang.queries.facts import Back, Reach, facts
from gongxiang.queries.pool_data import Pace, Tenth
from tests.web import world

TOTALS = world.totals()
DAY, WEEK, LAST = TOTALS.paces
NONE = replace(DAY, orders=0, spend=0, inflow=0)


def test_the_one_world_has_its_facts() -> None:
    found = facts(totals=TOTALS, pair=world.PAIR, terms=world.TERMS)
    assert (found.lots, found.lots_capped, found.capped_share) == (3, 0, 0)
    assert (found.paid_share, found.paid_limit) == (0, 1_600)
    assert (found.price, found.pays) == (18_668, 14_934)
    assert found.distance.reach is Reach.COUNTED
    assert (found.distance.orders, found.distance.days) == (9_013, 3_005)
    assert (found.distance.spend, found.distance.pace_days) == (1_000 * YUAN, 1)


def test_the_limit_is_what_came_in_and_falls_with_commissions() -> None:
    found = facts(
        totals=replace(TOTALS, brought=3 * 30 * YUAN, paid=3 * 12 * YUAN),
        pair=world.PAIR,
        terms=world.TERMS,
    )
    assert (found.paid_share, found.paid_limit) == (120, 300)


def test_before_the_first_order_the_limit_is_that_of_the_example() -> None:
    found = facts(totals=world.totals(steps=()), pair=world.OPENING, terms=world.TERMS)
    assert (found.paid_share, found.paid_limit, found.price) == (0, 1_600, 10_000)
    assert found.distance.reach is Reach.UNKNOWN


def test_without_orders_today_the_week_is_the_pace() -> None:
    week = Pace(days=7, orders=7, spend=7 * world.SPEND, inflow=7 * world.INFLOW)
    found = facts(
        totals=replace(TOTALS, paces=(NONE, week, LAST)), pair=world.PAIR, terms=world.TERMS
    )
    assert found.distance.pace_days == 7
    assert found.distance.days == 9_013


def test_without_orders_this_week_the_cap_is_out_of_reach() -> None:
    found = facts(
        totals=replace(TOTALS, paces=(NONE, replace(NONE, days=7), LAST)),
        pair=world.PAIR,
        terms=world.TERMS,
    )
    assert found.distance.reach is Reach.STANDSTILL
    assert found.distance.orders == 9_013


def test_what_takes_a_hundred_years_is_out_of_reach() -> None:
    slow = replace(DAY, days=7, orders=1, spend=world.SPEND, inflow=world.INFLOW)
    found = facts(
        totals=replace(TOTALS, paces=(NONE, slow, LAST)), pair=world.PAIR, terms=world.TERMS
    )
    assert found.distance.reach is Reach.TOO_FAR
    assert found.distance.days == 63_091


def test_early_and_late_are_compared_for_a_hundred_yuan_each() -> None:
    early = Tenth(members=1, spend=2_000 * YUAN, paid=960 * YUAN, held=100 * POINT)
    late = Tenth(members=1, spend=500 * YUAN, paid=0, held=20 * POINT)
    found = facts(
        totals=replace(TOTALS, first_tenth=early, last_tenth=late),
        pair=world.PAIR,
        terms=world.TERMS,
    )
    assert found.first == Back(received=48 * YUAN, by_selling=7_467_071)
    assert found.last == Back(received=0, by_selling=5_973_656)


def test_a_tenth_that_spent_nothing_is_not_compared() -> None:
    nothing = Tenth(members=1, spend=0, paid=0, held=0)
    found = facts(
        totals=replace(TOTALS, first_tenth=nothing, last_tenth=None),
        pair=world.PAIR,
        terms=world.TERMS,
    )
    assert (found.first, found.last) == (None, None)
