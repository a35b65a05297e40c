"""Pictures that nobody needs any more go: of drafts never handed in, and files that were lost.

    a draft never handed in, its picture older than GONGXIANG_DRAFT_DAYS   file, then row
    what opened no store, of an account that was closed                    file, then row
    a file that no row names, a day to a week old (a crash on its way in)  file

A draft's texts stay, and its owner can hand a picture in again. What was ever handed in is kept.
Only pictures that are not kept are looked at, by an index of their own.
The file goes before its row: who dies between the two leaves a row that the next sweep finds again,
and never a file that nobody knows of.

Units: days, seconds. Source: H5 (kept no longer than needed); reliability 8 (20).
"""

import time
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.merchants import documents

BATCH: Final = 1_000
DAY: Final = 86_400
_LOST: Final = (8 * DAY, DAY)
_DRAFTS: Final = """
SELECT member_id, application_id FROM merchants_document
 WHERE NOT is_kept AND uploaded_at < clock_timestamp() - make_interval(days => %s)
 ORDER BY uploaded_at LIMIT %s
"""
_OF_THE_GONE: Final = """
SELECT going.member_id, going.application_id FROM merchants_document going
  JOIN members_account account USING (member_id)
 WHERE NOT going.is_kept AND account.closed_at IS NOT NULL ORDER BY going.uploaded_at LIMIT %s
"""
_STILL_A_DRAFT: Final = """
SELECT id FROM merchants_application
 WHERE member_id = %s AND id = %s AND state = 'draft' AND submitted_at IS NULL
   FOR UPDATE SKIP LOCKED
"""
_HELD: Final = """
SELECT id FROM merchants_application WHERE member_id = %s AND id = %s FOR UPDATE SKIP LOCKED
"""
_FORGET: Final = """
DELETE FROM merchants_document
 WHERE member_id = %s AND application_id = %s
   AND uploaded_at < clock_timestamp() - make_interval(days => %s)
RETURNING token
"""
_NAMED: Final = """
SELECT token FROM merchants_document WHERE token = ANY(%(names)s)
UNION SELECT photo FROM merchants_profile WHERE photo = ANY(%(names)s)
"""


def sweep_documents() -> int:
    """Forget what is due; give how many pictures went."""
    return _of_the_gone() + _of_drafts() + _lost()


def _of_drafts() -> int:
    """Forget the pictures of drafts, each while nobody can hand it in: the draft is locked."""
    with raw.cursor() as cursor:
        cursor.execute(_DRAFTS, (settings.DRAFT_DAYS, BATCH))
        drafts = dict.fromkeys(cursor.fetchall())
    days = settings.DRAFT_DAYS
    return sum(_forget(member, draft, _STILL_A_DRAFT, days) for member, draft in drafts)


def _of_the_gone() -> int:
    """Forget the pictures of who has left, but for those by which a store was opened."""
    with raw.cursor() as cursor:
        cursor.execute(_OF_THE_GONE, (BATCH,))
        found = dict.fromkeys(cursor.fetchall())
    return sum(_forget(member, number, _HELD, 0) for member, number in found)


def _forget(member: int, application: int, held: str, days: int) -> int:
    """Forget the pictures of one application, so many days old, while it can be locked."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(held, (member, application))
        if cursor.fetchone() is None:
            return 0
        cursor.execute(_FORGET, (member, application, days))
        tokens = cursor.fetchall()
        for (token,) in tokens:
            documents.drop(token)
    return len(tokens)


def _lost() -> int:
    """Forget files that no row names; older ones were looked at before."""
    now, count = time.time_ns() // 1_000_000_000, 0
    since, until = (now - seconds for seconds in _LOST)
    found = documents.written(since=since, until=until)
    while names := list(islice(found, BATCH)):
        with raw.cursor() as cursor:
            cursor.execute(_NAMED, {"names": names})
            known = {token for (token,) in cursor.fetchall()}
        lost = [name for name in names if name not in known]
        for name in lost:
            documents.drop(name)
        count += len(lost)
    return count
