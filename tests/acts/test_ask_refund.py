"""A member asks the store for money back: once for a form, one open request an order (I-18)."""

import pytest

from gongxiang.acts.ask_refund import AskedAlready, CannotAsk, RefundKeyTaken, ask_refund
from gongxiang.acts.pay_at_store import pay_at_store
from tests.acts import town
from tests.conftest import Database

REQUESTS = "SELECT key, amount_fen, reason FROM payments_refundrequest"


@pytest.fixture
def order(database: Database) -> int:
    assert database.name
    town.open_town()
    return paid()


def paid(key: str = "p1") -> int:
    """Let 林小满 pay at 阿芳小馆; give the order's number."""
    store = town.party("fang", kind=2)
    return pay_at_store(key=key, member=town.party("lin"), store=store, amount_fen=12_800).number


def ask(order: int, *, key: str = "k", amount_fen: int = 3_600, reason: str = "少上一菜") -> None:
    ask_refund(key=key, member=town.party("lin"), order=order, amount_fen=amount_fen, reason=reason)


def test_the_same_again_is_the_same_and_anything_else_is_refused(order: int) -> None:
    second = paid(key="p2")
    for _ in range(2):
        ask(order)
    with pytest.raises(RefundKeyTaken):
        ask(order, amount_fen=9_900)
    with pytest.raises(RefundKeyTaken):
        ask(order, reason="菜凉了")
    with pytest.raises(RefundKeyTaken):
        ask(second)
    with pytest.raises(AskedAlready) as refused:
        ask(order, key="k2", amount_fen=12_800)
    assert refused.value.amount_fen == 3_600
    assert town.query(REQUESTS) == [("k", 3_600, "少上一菜")]


def test_more_than_is_left_is_not_asked(order: int) -> None:
    with pytest.raises(CannotAsk):
        ask(order, amount_fen=12_801)
    assert town.query(REQUESTS) == []


def test_64_at_once_are_one(order: int) -> None:
    found = town.at_once(64, lambda place: ask(order, key=f"k{place}"))
    assert found.count(None) == 1
    assert sum(isinstance(one, AskedAlready) for one in found) == 63
