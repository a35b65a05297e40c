"""How a template names a line of cash, and the price it was done at.

Units: ten-thousandths of a yuan. Source: design/ui/faces.md 3.1.
"""

from gongxiang.base import text
from gongxiang.queries.cash_data import Entry
from gongxiang.queries.explain import TITLES


def purpose(name: str) -> str:
    """Give the name of a purpose as its owner reads it."""
    return TITLES[name]


def price_before(entry: Entry) -> int:
    """Give the price just before an entry's step."""
    return text.price_units(pool=entry.money, circulating=entry.circulating)
