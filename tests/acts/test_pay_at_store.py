"""A payment is recorded once for its key, with everything it will be settled with.

Source: E7, R2-R5; reliability C2, I-18, I-27.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from gongxiang.acts.move_horizon import move_horizon
from gongxiang.acts.pay_at_store import UnknownParty, pay_at_store
from gongxiang.economy import accounts
from gongxiang.orders.facts import KeyTaken, Recorded
from tests.acts.town import (
    at_once,
    balance,
    member,
    open_town,
    paid,
    party,
    query,
    set_clock,
    settle_now,
    store,
)
from tests.acts.town import books as open_books
from tests.conftest import Database
from tests.settlement.platforms import Books, of_database, replayed, terms_with

pytestmark = pytest.mark.db

TOWN = (
    store("fang", owner="afang", recruiter="rui", district="440106"),
    store("qing", owner="qinghe", recruiter=None, district="440104"),
    member("lin", referrer="afang", via_store="fang"),
    {"type": "agent", "id": "a1", "member": "qu", "level": "district", "region": "440106"},
    {"type": "agent", "id": "a2", "member": "shi", "level": "city", "region": "440100"},
)
THREADS = 64


def pay(key: str = "k", *, who: str = "lin", amount_fen: int = 100_000) -> Recorded:
    """Pay 1,000 yuan at 阿芳小馆."""
    return pay_at_store(
        key=key, member=party(who), store=party("fang", kind=2), amount_fen=amount_fen
    )


@pytest.fixture
def town(books: Books) -> Books:
    """Give a town of one store, one member and two agents, where orders settle at once."""
    lines = (*TOWN, paid("o1", who="lin", store="fang", at="2026-03-01T10:00:00+08:00"))
    terms = terms_with()
    assert terms.window == 0
    open_town(lines, at="2026-03-02T10:00:00+08:00", settings=())
    return books


@pytest.fixture
def books(database: Database) -> Iterator[Books]:
    """Give the books of the test's platform."""
    with open_books(database) as opened:
        yield opened


def test_a_payment_freezes_who_is_rewarded_and_settles_as_a_replay_says(town: Books) -> None:
    recorded = pay()
    persons = query(
        "SELECT direct_id, indirect_id, recruiter_id, district_id, city_id, province_id,"
        " grand_region_id, amount, commission_rate FROM orders_order WHERE id = %s",
        recorded.number,
    )
    assert recorded.is_new
    assert persons == [
        (
            *(party("afang"), party("rui"), party("rui"), party("qu"), party("shi")),
            *(None, None, 1_000_000_000, 2_000),
        )
    ]
    settle_now()
    assert balance("qu", accounts.CASH) == 2_000_000
    assert of_database() == replayed(town.lines(), terms=terms_with())
    assert town.verdict() == ""


def test_the_same_payment_again_is_the_first_answer_again(town: Books) -> None:
    first = pay()
    again = pay()
    assert (again.number, again.at, again.is_new) == (first.number, first.at, False)
    settle_now()
    assert pay().number == first.number
    assert town.ask("SELECT orders FROM points_pool") == [(2,)]


def test_64_threads_confirm_one_payment_as_one_order(town: Books) -> None:
    found = at_once(THREADS, lambda _: pay())
    recorded = [one for one in found if isinstance(one, Recorded)]
    assert len(recorded) == THREADS, found
    assert len({(one.number, one.at) for one in recorded}) == 1
    assert [one.is_new for one in recorded].count(True) == 1
    assert town.ask("SELECT count(*) FROM orders_order") == [(2,)]
    settle_now()
    assert town.ask("SELECT count(*) FROM points_lot") == [(2,)]
    assert town.verdict() == ""


def test_64_payments_at_once_all_settle_in_the_order_of_the_history(town: Books) -> None:
    found = at_once(THREADS, lambda place: pay(f"k{place}", amount_fen=100 + place))
    assert all(isinstance(one, Recorded) and one.is_new for one in found), found
    settle_now()
    assert town.ask("SELECT orders FROM points_pool") == [(1 + THREADS,)]
    assert of_database() == replayed(town.lines(), terms=terms_with())
    assert town.verdict() == ""


@pytest.mark.parametrize("other", [{"amount_fen": 100_001}, {"who": "afang"}])
def test_a_key_that_stands_for_another_payment_is_refused(
    other: dict[str, Any], town: Books
) -> None:
    pay()
    before = of_database()
    with pytest.raises(KeyTaken, match="k stands for another event"):
        pay(**other)
    assert of_database() == before


def test_a_key_of_an_imported_order_stands_for_that_order(town: Books) -> None:
    assert not pay("o1").is_new
    with pytest.raises(KeyTaken):
        pay("o1", amount_fen=1)
    assert pay("o1x").is_new


def test_an_unknown_member_or_store_is_refused_and_nothing_recorded(town: Books) -> None:
    facts = town.ask("SELECT count(*) FROM orders_fact")
    for member_id, store_id in ((7, party("fang", kind=2)), (party("lin"), 7)):
        with pytest.raises(UnknownParty):
            pay_at_store(key="k", member=member_id, store=store_id, amount_fen=1)
    assert town.ask("SELECT count(*) FROM orders_fact") == facts


def test_a_payment_after_the_horizon_was_moved_lies_beyond_it(town: Books) -> None:
    horizon = move_horizon()
    assert pay().at > horizon
    before = move_horizon()
    assert pay("k2").at > before


def test_a_payment_settles_though_the_history_before_it_ran_ahead_of_the_clock(
    books: Books,
) -> None:
    lines = (*TOWN, paid("o1", who="lin", store="fang", at="2026-03-09T10:00:00+08:00"))
    open_town(lines, at="2026-03-02T10:00:00+08:00", settings=())
    recorded = pay()
    set_clock("2026-03-09T10:00:01+08:00")
    settle_now()
    assert books.ask("SELECT orders FROM points_pool") == [(2,)]
    assert books.ask("SELECT max(event_id) FROM points_step") == [(recorded.number,)]
    assert of_database() == replayed(books.lines(), terms=terms_with())
    assert books.verdict() == ""
