"""Direct and indirect rewards (直推, 间推): who brought the member (R2, R3).

The direct reward goes to the member's referrer. Only if there is one, the indirect reward goes to
the recruiter of the store that bound the member; where that store has none, to the referrer's
referrer. Any store's order counts, not only the one that bound him.

Units: none. Source: R2, R3.
"""

from gongxiang.economy.events import Key


def indirect(
    *, referrer: Key | None, bound_by_recruiter: Key | None, referrer_of_referrer: Key | None
) -> Key | None:
    """Give who earns the indirect reward, or None.

    >>> indirect(referrer="owner", bound_by_recruiter="r", referrer_of_referrer="up")
    'r'
    >>> indirect(referrer="friend", bound_by_recruiter=None, referrer_of_referrer="up")
    'up'
    >>> indirect(referrer=None, bound_by_recruiter="r", referrer_of_referrer=None) is None
    True
    """
    if referrer is None:
        return None
    if bound_by_recruiter is not None:
        return bound_by_recruiter
    return referrer_of_referrer
