"""Before it is reviewed: the new owner agrees to own a store, or the owner withdraws what he asked.

Units: none. Source: spec/platform.md (Store); H5.
"""

from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.ledger import raw
from gongxiang.members import consenting, papers

_AGREE: Final = """
UPDATE merchants_changerequest SET agreed_at = clock_timestamp()
 WHERE (store_id, id) = (%s, %s) AND owner_id = %s AND state = 'asked' AND agreed_at IS NULL
"""
_AGREED: Final = """
SELECT FROM merchants_changerequest
 WHERE (store_id, id) = (%s, %s) AND owner_id = %s AND state = 'asked' AND agreed_at IS NOT NULL
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
        if _is_done(cursor, _AGREE, store, request, member):
            consenting.give(cursor, member=member, purpose=papers.STORE_OWNER)
            return
        for again in (_WITHDRAW, _AGREED):
            if _is_done(cursor, again, store, request, member):
                return
        raise NothingAsked(f"request {request} of store {store}")


def _is_done(cursor: Cursor[Any], statement: str, store: int, request: int, member: int) -> bool:
    cursor.execute(statement, (store, request, member))
    return cursor.rowcount == 1
