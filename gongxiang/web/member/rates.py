"""The rates in force that pages about people name.

Units: per myriad. Source: R3, R9.
"""

from gongxiang.queries.present import in_force


def direct_rate() -> int:
    """Give what a recommender gets of an order, by the rules in force."""
    return in_force().direct
