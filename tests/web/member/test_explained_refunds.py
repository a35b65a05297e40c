"""A refund that moved nothing of the member counts in the explanation of what came after it.

Source: R10; E16.
"""

import json
from collections.abc import Iterator, Mapping
from copy import copy

import pytest
from django.test import override_settings

from gongxiang.acts.sell_points import sell_points
from gongxiang.base.money import FEN
from gongxiang.economy.lot import Lot
from gongxiang.economy.refund import quote, take_back
from gongxiang.governance.models import Role
from gongxiang.governance.terms import all_terms
from gongxiang.lab.replay import fold
from gongxiang.queries.points import every_lot
from gongxiang.rulebook.load import load_terms
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.ops import staff
from tests.ops.staff import officer
from tests.ops.world import text_of
from tests.settlement.platforms import numbered
from tests.web.member.test_explained import has, newest, refund
from tests.web.signed import signed_in

ORDER_FEN = 100_000
SETTINGS = (*town.WINDOW, "voucher_multiple=0")


@pytest.fixture(autouse=True)
def _served(database: Database) -> Iterator[None]:
    assert database.name
    forget()
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


def silent(lot: Lot) -> int:
    """Find such a refund, in fen."""
    return next(fen for fen in range(1, ORDER_FEN) if is_silent(lot, fen))


def postings() -> int:
    """Count what refunds moved of lin."""
    counted = "SELECT count(*) FROM ledger_posting WHERE home_id = %s AND leg / 1000 = 11"
    return int(town.query(counted, town.party("lin"))[0][0])


def test_the_rest_of_an_order_is_smaller_by_a_refund_that_left_nothing_over() -> None:
    town.open_town(settings=SETTINGS)
    sell_points(
        key="s1",
        member=town.party("lin"),
        points=sum(lot.left for lot in lots()),
        shown_net=None,
    )
    town.settle_now()
    first_fen = silent(lots()[0])
    refund(first_fen)
    assert postings() == 0
    refund(ORDER_FEN - first_fen)
    assert postings() == 1
    has(newest(signed_in("lin")), "E16", "比一比 一样")
    officer("zhi", Role.AUDITOR)
    order = town.query("SELECT id FROM orders_fact WHERE key = 'o1'")[0][0]
    shown = text_of(staff.signed_in("zhi").get(f"/ops/orders/{town.party('lin')}/{order}/"))
    assert "没有动到任何积分" not in shown
    assert shown.count("；收回积分 0.0000，盈利池 ") == 2


def test_one_of_an_imported_history_counts_as_well() -> None:
    def at(seconds: int) -> str:
        return f"2026-11-22T20:37:{seconds:02}+08:00"

    def told(*lines: Mapping[str, object]) -> list[Mapping[str, object]]:
        return [*town.THE_WORLD, *lines]

    terms = load_terms(preset="seed-1", settings=SETTINGS)
    holding = fold(numbered(map(json.dumps, told())), terms).state.holdings["lin"]
    points = str(sum(lot.left for lot in holding))
    sold = {"type": "sold", "id": "s1", "member": "lin", "points": points, "at": at(1)}
    lot = fold(numbered(map(json.dumps, told(sold))), terms).state.lots["o1"]
    first_fen = silent(lot)
    refunds = [
        {"type": "refunded", "id": f"r{second}", "order": "o1", "amount_fen": fen, "at": at(second)}
        for second, fen in ((2, first_fen), (3, ORDER_FEN - first_fen))
    ]
    town.open_town(told(sold, *refunds), settings=SETTINGS)
    assert town.query("SELECT count(*) FROM orders_outcome") == [(1,)]
    assert postings() == 1
    has(newest(signed_in("lin")), "E16", "比一比 一样")
