"""Before it is reviewed: the new owner agrees to own a store, or the owner withdraws what he asked.

Units: none. Source: spec/platform.md (Store); H5.
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw

_AGREE: Final = """
UPDATE merchants_changerequest SET agreed_at = coalesce(agreed_at, clock_timestamp())
 WHERE (store_id, id) = (%s, %s) AND owner_id = %s AND state = 'asked'
"""
_WITHDRAW: Final = """
UPDATE merchants_changerequest SET state = 'withdrawn'
 WHERE (store_id, id) = (%s, %s) AND asked_by_id = %s AND state = 'asked'
"""


class NothingAsked(Exception):
    """No such request waits for this person: nothing was changed."""


def answer_request(*, store: int, request: int, member: int) -> None:
    """Agree as the new owner, or withdraw as who asked; raises `NothingAsked`."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        for change in (_AGREE, _WITHDRAW):
            cursor.execute(change, (store, request, member))
            if cursor.rowcount:
                return
        raise NothingAsked(f"request {request} of store {store}")
