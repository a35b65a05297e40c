"""The queue gives the very lot that a search through all of them would (E14)."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.economy.exit_queue import ExitQueue
from gongxiang.economy.lot import Lot, cap_left, exit_price, is_at_cap
from tests.economy.watched import terms_with


def lot(step: int, *, cap: int, left: int) -> Lot:
    """Give a lot with a cap left and points."""
    terms = terms_with(exit_cap=10_000)
    return Lot(f"o{step}", "m", "s", cap, cap, 2_000, 0, terms, left, left, 0, 0, 0, step, 0)


def searched(lots: list[Lot], money: int, circulating: int) -> Lot | None:
    at_cap = [
        one for one in lots if one.left and is_at_cap(one, money=money, circulating=circulating)
    ]
    return min(at_cap, key=lambda one: (Fraction(cap_left(one), one.left), one.step), default=None)


@pytest.mark.parametrize("seed", range(60))
def test_it_agrees_with_a_search_while_the_price_rises_and_lots_change(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - chance, not a secret
    queue = ExitQueue()
    lots: list[Lot] = []
    money, circulating = chance.randrange(1, 10**6), chance.randrange(1, 10**6)
    for step in range(1, 400):
        if chance.random() < 0.6 or not lots:
            cap = chance.choice((0, 1, 7, chance.randrange(10 ** chance.randrange(1, 19))))
            new = lot(step, cap=cap, left=chance.randrange(1, 10 ** chance.randrange(1, 25)))
            lots.append(new)
            queue.put(new)
        elif chance.random() < 0.7:
            changed = chance.choice(lots)
            changed.left = chance.choice((changed.left, changed.left // 2, 0))
            changed.spend = changed.spend * chance.randrange(1, 4) // 2
            queue.put(changed)
        else:
            money = money * chance.randrange(10, 30) // 10 + chance.randrange(2)
        found = searched(lots, money, circulating)
        assert queue.first_at_cap(money=money, circulating=circulating) is found
        while found is not None:
            found.left = 0
            queue.put(found)
            found = searched(lots, money, circulating)
            assert queue.first_at_cap(money=money, circulating=circulating) is found


@given(
    caps=st.tuples(st.integers(0, 10**38), st.integers(0, 10**38)),
    lefts=st.tuples(st.integers(1, 10**38 - 1), st.integers(1, 10**38 - 1)),
)
def test_two_lots_are_told_apart_however_close(
    caps: tuple[int, int], lefts: tuple[int, int]
) -> None:
    first, second = (lot(step, cap=caps[step], left=lefts[step]) for step in (0, 1))
    queue = ExitQueue()
    queue.first_at_cap(money=10**80, circulating=1)
    queue.put(second)
    queue.put(first)
    leaves_first = min(
        (first, second), key=lambda one: (Fraction(cap_left(one), one.left), one.step)
    )
    assert queue.first_at_cap(money=10**80, circulating=1) is leaves_first


def test_fractions_that_differ_in_the_last_place_keep_their_order() -> None:
    # (n - 1) / n and n / (n + 1) differ by less than 10^-37.
    late, early = lot(1, cap=10**38 - 1, left=10**38), lot(2, cap=10**38 - 2, left=10**38 - 1)
    queue = ExitQueue()
    queue.first_at_cap(money=10**9, circulating=1)
    queue.put(late)
    queue.put(early)
    assert queue.first_at_cap(money=10**9, circulating=1) is early


def test_of_equal_lots_the_earlier_leaves_first() -> None:
    queue = ExitQueue()
    queue.put(lot(2, cap=200, left=20))
    first = lot(1, cap=100, left=10)
    queue.put(first)
    assert queue.first_at_cap(money=10, circulating=1) is first


def test_beyond_what_is_known_no_lot_is_given() -> None:
    one = lot(1, cap=100, left=10)
    queue = ExitQueue(known_until=exit_price(one) - 1)
    queue.put(one)
    assert queue.first_at_cap(money=10, circulating=1) is None
    queue.known_until = exit_price(one)
    assert queue.first_at_cap(money=10, circulating=1) is one


def test_an_empty_queue_gives_nothing() -> None:
    assert ExitQueue().first_at_cap(money=10**30, circulating=1) is None
