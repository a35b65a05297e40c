"""Two accounts of one person become one to sign in to; both were proved in one session.

    identities, link codes     of the other -> of the one that is kept
    lots, cash, vouchers,      stay with their party for ever: nothing in the books moves, so
    orders, place in the tree  refunds, frozen rewards, exports and replays are as they were

Kept is the one that stands above the other in the tree, so that nobody is his own recommender in
what he pays from then on; where neither does, the one that joined first (bound once, R2). Whoever
waits for one of them is sent away: whose they are has proved both.

Units: none. Source: R2, I-20; docs/adr (accounts of one person).
"""

from django.db import transaction

from gongxiang.ledger import locks, raw
from gongxiang.members import joined, joining


class NotTwoAccounts(Exception):
    """Not two open accounts of which neither was joined already: nothing was changed."""


def join_accounts(*, one: int, other: int) -> int:
    """Join two proved accounts; give the one that is signed in to from now on.

    The same pair again gives the same answer. Raises `NotTwoAccounts`.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        heads = {joined.head(cursor, one), joined.head(cursor, other)}
        if len(heads) == 1 and one != other:
            return heads.pop()
        kept = joining.join(cursor, one, other)
        if kept is None:
            raise NotTwoAccounts(f"{one} and {other}")
    return kept
