"""All orders in which a few things can happen to one payment, cut into parts.

Each part is played in a world of its own: what one more payment costs does not grow with those that
were played before it, and parts can be shared among processes.

Source: reliability C13 (permutations, and what is repeated).
"""

import itertools
from collections.abc import Sequence
from random import Random
from typing import Final, TypeAlias

from tests.conftest import IS_LONG

Order: TypeAlias = tuple[str, ...]
PART: Final = 60


def orders_of(events: Sequence[str], *, sample: int | None = None) -> list[list[Order]]:
    """Give all orders of `events` in parts of sixty; outside the long form `sample` of them."""
    orders = list(itertools.permutations(events))
    if sample is not None and not IS_LONG:
        orders = Random("orders").sample(orders, sample)  # noqa: S311  a seed, not a secret
    return [orders[first : first + PART] for first in range(0, len(orders), PART)]
