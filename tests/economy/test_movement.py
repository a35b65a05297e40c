"""What moved is told as balanced postings that agree with the state (I-1, I-2, I-4)."""

from collections import Counter

import pytest

from gongxiang.economy import accounts
from gongxiang.economy.movement import (
    CapitalInjected,
    CashWithdrawn,
    Escrowed,
    Exited,
    PointsSold,
    RefundedByCase,
    Returned,
    Settled,
    StoreMoneyPaidIn,
    StoreMoneyReceived,
    opening,
)
from tests.economy.watched import at_random

KINDS = (
    *(Escrowed, Returned, Settled, PointsSold, Exited),
    *(RefundedByCase, CapitalInjected, CashWithdrawn),
    *(StoreMoneyReceived, StoreMoneyPaidIn),
)
OF_THE_POOL = Settled | PointsSold | Exited | RefundedByCase | CapitalInjected
SEEDS = range(40)


def test_the_genesis_holding_is_posted_first_and_balances() -> None:
    sums: Counter[int] = Counter()
    for _, account, party, amount in opening(money=100_000, points=10**11):
        sums[accounts.unit_of(account)] += amount
        assert party is None
    assert set(sums.values()) == {0}


@pytest.mark.parametrize("seed", SEEDS)
def test_books_and_state_agree_after_every_event_of_a_random_history(seed: int) -> None:
    watched = at_random(seed, lines=80)
    watched.replay.finish()
    owed = -sum(
        min(balance, 0)
        for (account, _), balance in watched.books.items()
        if account == accounts.STORE
    )
    capital = sum(
        balance for (account, _), balance in watched.books.items() if account == accounts.CAPITAL
    )
    for (account, _), balance in watched.books.items():
        if balance < 0:
            assert account in accounts.MAY_BE_NEGATIVE | accounts.DEBTS
        elif account == accounts.CHANNEL:
            # More left through the channel than came: out of capital that came otherwise, and for
            # stores that a replay assumes to have paid in what a refund by case took (E16).
            assert balance + capital <= owed
        elif balance:
            assert account not in accounts.MAY_BE_NEGATIVE


@pytest.mark.parametrize("seed", SEEDS)
def test_each_posting_names_a_party_exactly_where_there_are_several(seed: int) -> None:
    for movement in at_random(seed, lines=80).moved:
        for _, account, party, _ in movement.postings():
            assert (party is not None) == (account in accounts.OF_A_PARTY)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_steps_of_the_pool_are_numbered_without_a_gap(seed: int) -> None:
    watched = at_random(seed, lines=80)
    steps = [one.step for one in watched.moved if isinstance(one, OF_THE_POOL)]
    assert steps == list(range(1, len(steps) + 1))
    assert watched.state.step == len(steps)


def test_the_random_histories_hold_every_kind_of_movement() -> None:
    kinds = {type(one) for seed in SEEDS for one in at_random(seed, lines=80).moved}
    assert kinds == set(KINDS)
