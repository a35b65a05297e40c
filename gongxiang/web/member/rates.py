"""The rates in force that pages about people name.

Units: per myriad. Source: R3, R9.
"""

from gongxiang.queries import pool as queries
from gongxiang.queries.versions import shelf


def direct_rate() -> int:
    """Give what a recommender gets of an order, by the rules in force."""
    with queries.one_moment():
        now = queries.pool_now()
        return shelf(now=now.now).terms.direct
