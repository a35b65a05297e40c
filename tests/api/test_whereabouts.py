"""Every state of an order's money in a store's statement has its word in the API."""

from gongxiang.api.shop_statements import _WHEREABOUTS
from gongxiang.queries import store_statements_data as data


def test_each_state_has_a_word() -> None:
    states = {
        value for name, value in vars(data).items() if name.isupper() and isinstance(value, tuple)
    }
    assert states == set(_WHEREABOUTS)
