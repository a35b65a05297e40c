"""An applicant hands in a picture: drawn anew, kept outside the web, in place of the one before.

    bytes -> our own JPEG -> file under a name of chance -> row (commit) -> the old file goes

The file is there before its row and the old one goes after it, so a row never names nothing.

Units: bytes. Source: spec/platform.md (Store); reliability 8 (20).
"""

from typing import Final

from django.conf import settings
from django.db import transaction

from gongxiang.acts.save_application import EDITABLE, NotEditable
from gongxiang.base.picture import Picture, redraw
from gongxiang.ledger import raw
from gongxiang.merchants import documents
from gongxiang.merchants.applications import DOCUMENTS

_STATE: Final = """
SELECT state, submitted_at IS NOT NULL FROM merchants_application
 WHERE member_id = %s AND id = %s FOR UPDATE
"""
_OLD: Final = """
SELECT token FROM merchants_document WHERE (member_id, application_id, kind) = (%s, %s, %s)
"""
_PUT: Final = """
INSERT INTO merchants_document
    (token, member_id, application_id, kind, width, height, is_kept, uploaded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp())
ON CONFLICT (member_id, application_id, kind) DO UPDATE
   SET token = excluded.token, width = excluded.width, height = excluded.height,
       is_kept = excluded.is_kept, uploaded_at = excluded.uploaded_at
"""


class TooLarge(Exception):
    """More bytes than a picture may have: nothing was kept."""


def add_document(*, member: int, application: int, kind: str, data: bytes) -> None:
    """Keep a picture of a draft, or of one that was sent back.

    Raises `TooLarge`, `picture.NotAPicture`, `picture.TooManyPixels`, `NotEditable`; nothing has
    then changed.
    """
    assert kind in DOCUMENTS, f"{kind} is no document"
    if len(data) > settings.UPLOAD_BYTES_MAX:
        raise TooLarge(f"{len(data)} bytes of {settings.UPLOAD_BYTES_MAX}")
    picture = redraw(data)
    token = documents.keep(picture.data)
    try:
        old = _put(member, application, kind, token, picture)
    except BaseException:
        documents.drop(token)
        raise
    if old is not None:
        documents.drop(old)


def _put(member: int, application: int, kind: str, token: str, picture: Picture) -> str | None:
    """Write the row; give the name of the picture before."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_STATE, (member, application))
        row = cursor.fetchone()
        if row is None or row[0] not in EDITABLE:
            raise NotEditable(f"application {application}")
        cursor.execute(_OLD, (member, application, kind))
        old = cursor.fetchone()
        size = (picture.width, picture.height)
        cursor.execute(_PUT, (token, member, application, kind, *size, row[1]))
    return str(old[0]) if old else None
