"""The recruiter's reward (招商奖励): who brought the store in, on all of its turnover (R4).

Units: none. Source: R4.
"""

from gongxiang.economy.events import Key


def may_recruit(recruiter: Key | None, *, owner: Key | None) -> bool:
    """Tell whether a person may be recorded as a store's recruiter: never its owner (R4).

    >>> may_recruit("x", owner="x"), may_recruit("y", owner="x"), may_recruit(None, owner=None)
    (False, True, True)
    """
    return recruiter is None or recruiter != owner
