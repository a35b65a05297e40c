"""Vouchers are twice the spend from 20 % of commission on, and less below (E9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.base.money import MYRIAD, YUAN
from gongxiang.economy.events import Refunded
from gongxiang.economy.voucher import vouchers
from tests.economy.watched import SEED_1, Watched, order, terms_with


@pytest.mark.parametrize(
    ("rate", "yuan"), [(2_000, 2_000), (2_500, 2_000), (10_000, 2_000), (1_000, 1_000), (400, 400)]
)
def test_a_spend_of_a_thousand_grants(rate: int, yuan: int) -> None:
    assert vouchers(1_000 * YUAN, commission_rate=rate, terms=SEED_1) == yuan * YUAN


def test_the_rounding_goes_down() -> None:
    terms = terms_with(voucher_multiple=3_333)
    # 1 fen · 0.3333 · 1999 / 2000 = 3,331.3335
    assert vouchers(10_000, commission_rate=1_999, terms=terms) == 3_331


@given(
    spends=st.tuples(st.integers(0, 10**18), st.integers(0, 10**18)),
    rate=st.integers(0, MYRIAD),
    multiple=st.integers(0, 50_000),
)
def test_more_spend_never_grants_less(spends: tuple[int, int], rate: int, multiple: int) -> None:
    terms = terms_with(voucher_multiple=multiple)
    low, high = (vouchers(one, commission_rate=rate, terms=terms) for one in sorted(spends))
    assert 0 <= low <= high <= multiple * max(spends) // MYRIAD


def test_a_refund_after_settlement_takes_back_what_the_rest_would_not_have_granted() -> None:
    watched = Watched()
    watched.pay(order("o1"))
    watched.apply(Refunded("r1", "o1", 250 * YUAN))
    assert watched.state.vouchers == {"m": 1_500 * YUAN}
