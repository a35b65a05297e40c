"""A refund that moved nothing of the member counts in the explanation of what came after it.

Source: R10; E16.
"""

from collections.abc import Iterator
from copy import copy

import pytest
from django.test import override_settings

from gongxiang.acts.sell_points import sell_points
from gongxiang.base.money import FEN
from gongxiang.economy.lot import Lot
from gongxiang.economy.refund import quote, take_back
from gongxiang.governance.terms import all_terms
from gongxiang.queries.points import every_lot
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.member.test_explained import has, newest, refund
from tests.web.signed import signed_in

ORDER_FEN = 100_000


@pytest.fixture(autouse=True)
def _served(database: Database) -> Iterator[None]:
    assert database.name
    forget()
    town.open_town(settings=(*town.WINDOW, "voucher_multiple=0"))
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


def lots() -> tuple[Lot, ...]:
    """Give lin's lots as they stand."""
    return tuple(each.lot for each in every_lot(member=town.party("lin"), versions=all_terms()))


def left_over(lot: Lot, amount_fen: int) -> int:
    """Take a refund of a sold lot back; give what of a fen is left over, which is the member's."""
    quoted = quote(lot, amount_fen * FEN, money=1, circulating=1)
    take_back(lot, quoted, amount_fen * FEN)
    return (amount_fen * FEN - quoted.kept) % FEN


def is_silent(lot: Lot, first_fen: int) -> bool:
    """Tell whether a refund leaves nothing over, and the rest depends on it to the micro-yuan."""
    with_it, without = copy(lot), copy(lot)
    is_nothing = left_over(with_it, first_fen) == 0
    rest_fen = ORDER_FEN - first_fen
    return is_nothing and left_over(with_it, rest_fen) != left_over(without, rest_fen)


def test_the_rest_of_an_order_is_smaller_by_a_refund_that_left_nothing_over() -> None:
    sell_points(
        key="s1",
        member=town.party("lin"),
        points=sum(lot.left for lot in lots()),
        shown_net=None,
    )
    town.settle_now()
    lot = lots()[0]
    first_fen = next(fen for fen in range(1, ORDER_FEN) if is_silent(lot, fen))
    refund(first_fen)
    postings = "SELECT count(*) FROM ledger_posting WHERE home_id = %s AND leg / 1000 = 11"
    assert town.query(postings, town.party("lin")) == [(0,)]
    refund(ORDER_FEN - first_fen)
    has(newest(signed_in("lin")), "E16", "比一比 一样")
