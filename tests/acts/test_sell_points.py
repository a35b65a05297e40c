"""Selling points: recorded once, refused at once where that can be known, answered at its place."""

import pytest

from gongxiang.acts.sell_points import (
    AllLocked,
    DayLimitReached,
    NothingToSell,
    SellsTooMuch,
    sell_points,
)
from gongxiang.base import clock
from gongxiang.base.money import POINT
from gongxiang.economy import accounts
from gongxiang.orders.facts import KeyTaken, Recorded
from tests.acts import town
from tests.conftest import Database

FIRST_LOT = 112 * POINT
PAYS = 167_262_390
"""What the first lot pays at 480.10 over 257.1825: 209.07798… · 80 %, cut."""


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()


def facts() -> int:
    return int(town.query("SELECT count(*) FROM orders_fact WHERE kind = 9")[0][0])


def test_a_sale_pays_what_was_shown(database: Database) -> None:
    lin = town.party("lin")
    recorded = sell_points(key="s1", member=lin, points=FIRST_LOT, shown_net=PAYS)
    assert town.outcomes(recorded.number) == []
    town.settle_now()
    assert town.outcomes(recorded.number) == [(True, "", PAYS)]
    assert town.balance("lin", accounts.CASH) == 3_000_000 + PAYS
    with town.books(database) as books:
        assert books.verdict() == ""


def test_the_same_key_is_the_same_sale_and_another_body_is_refused() -> None:
    lin = town.party("lin")
    first = sell_points(key="s1", member=lin, points=FIRST_LOT, shown_net=PAYS)
    again = sell_points(key="s1", member=lin, points=FIRST_LOT, shown_net=PAYS)
    assert (again.number, again.is_new, first.is_new) == (first.number, False, True)
    with pytest.raises(KeyTaken):
        sell_points(key="s1", member=lin, points=POINT, shown_net=PAYS)
    for shown in (PAYS - 1, None):
        with pytest.raises(KeyTaken):
            sell_points(key="s1", member=lin, points=FIRST_LOT, shown_net=shown)
    assert facts() == 1


def test_a_sale_whose_price_moved_is_refused_and_nothing_changed() -> None:
    lin = town.party("lin")
    before = town.query("SELECT money, circulating, step FROM points_pool")
    recorded = sell_points(key="s1", member=lin, points=FIRST_LOT, shown_net=PAYS - 20_000)
    town.settle_now()
    assert town.outcomes(recorded.number) == [(False, "payout", 0)]
    assert town.query("SELECT money, circulating, step FROM points_pool") == before
    assert town.balance("lin", accounts.CASH) == 3_000_000


@pytest.mark.parametrize("points", [0, -1, 178_661_560_187_435, 10**30])
def test_more_than_is_held_or_nothing_is_refused_with_the_most(points: int) -> None:
    with pytest.raises(SellsTooMuch) as refusal:
        sell_points(key="s1", member=town.party("lin"), points=points, shown_net=None)
    assert refusal.value.most == town.balance("lin", accounts.POINTS)
    assert facts() == 0


def test_who_has_nothing_is_told_so() -> None:
    with pytest.raises(NothingToSell):
        sell_points(key="s1", member=town.party("afang"), points=POINT, shown_net=None)


def test_one_lot_sold_64_times_at_once_is_sold_once() -> None:
    lin = town.party("lin")
    everything = town.balance("lin", accounts.POINTS)
    found = town.at_once(
        64,
        lambda place: sell_points(key=f"s{place}", member=lin, points=everything, shown_net=None),
    )
    assert sum(isinstance(one, Recorded) for one in found) == 1, found
    assert sum(isinstance(one, SellsTooMuch) for one in found) == 63, found
    town.settle_now()
    assert town.balance("lin", accounts.POINTS) == 0
    assert town.query("SELECT count(*) FROM orders_outcome") == [(1,)]


class TestTheTown:
    """The production rules: locked for seven days, one per cent of circulation a day."""

    @pytest.fixture(autouse=True)
    def _town(self, database: Database) -> None:
        """Open the same streets under the town's rules, eight days after the first sales."""
        assert database.name
        town.open_town(
            town.THE_WORLD[:7], at="2026-11-29T12:00:00+08:00", preset="town", settings=()
        )

    def test_a_locked_lot_is_not_sold_before_its_day(self) -> None:
        with pytest.raises(AllLocked) as refusal:
            sell_points(key="s1", member=town.party("zhou"), points=POINT, shown_net=None)
        assert clock.format_at(refusal.value.opens_at) == "2026-11-29T07:10:00Z"

    def test_64_sales_at_once_do_not_pass_the_limit_together(self) -> None:
        lin = town.party("lin")
        circulating = town.query("SELECT circulating FROM points_pool")[0][0]
        limit = circulating // 100
        part = limit // 3
        found = town.at_once(
            64, lambda place: sell_points(key=f"s{place}", member=lin, points=part, shown_net=None)
        )
        assert sum(isinstance(one, Recorded) for one in found) == 3, found
        refused = [one for one in found if isinstance(one, DayLimitReached)]
        assert len(refused) == 61
        assert refused[0].most == limit - 3 * part
        assert clock.format_at(refused[0].resets_at) == "2026-11-29T16:00:00Z"
        town.settle_now()
        assert town.query("SELECT count(*) FROM orders_outcome WHERE is_accepted") == [(3,)]

    def test_the_limit_is_whole_again_the_next_day(self) -> None:
        lin = town.party("lin")
        limit = town.query("SELECT circulating FROM points_pool")[0][0] // 100
        sell_points(key="s1", member=lin, points=limit, shown_net=None)
        with pytest.raises(DayLimitReached):
            sell_points(key="s2", member=lin, points=1, shown_net=None)
        town.set_clock("2026-11-30T00:00:01+08:00")
        sell_points(key="s2", member=lin, points=limit // 2, shown_net=None)
