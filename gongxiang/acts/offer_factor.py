"""Offering a second factor to somebody of the staff who has none: a secret, not yet confirmed.

Units: none. Source: reliability 8 (23).
"""

from django.db import transaction

from gongxiang.governance.factor import LOCK, NAME, draw
from gongxiang.governance.models import Factor
from gongxiang.ledger import locks, raw


def offer_factor(*, user: int) -> None:
    """Make the secret that a set-up page shows, once; who has a factor keeps it."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_named(cursor, str(user), kind=LOCK)
        fresh = {"confirmed": False, "key": draw}
        Factor.objects.get_or_create(user_id=user, name=NAME, defaults=fresh)
