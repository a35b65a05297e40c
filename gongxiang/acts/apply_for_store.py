"""A member begins to apply for a store: a draft, one at a time, free of charge.

Units: none. Source: spec/platform.md (Store); R11; design/ui/faces.md 6.3.
"""

from typing import Final

from django.db import transaction

from gongxiang.base import ids
from gongxiang.ledger import raw

_BEGIN: Final = """
INSERT INTO merchants_application (id, member_id, state, typed, name, category, phone,
    division_code, address, uscc, started_at, officer, reason, missing)
VALUES (%s, %s, 'draft', '{}', '', '', '', '', '', '', clock_timestamp(), '', '', '{}')
ON CONFLICT (member_id) WHERE state = 'draft' DO NOTHING
"""
_DRAFT: Final = "SELECT id FROM merchants_application WHERE member_id = %s AND state = 'draft'"


def apply_for_store(*, member: int) -> int:
    """Begin an application, or give the draft that is there; however often it is asked."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_BEGIN, (ids.next_id(), member))
        cursor.execute(_DRAFT, (member,))
        row = cursor.fetchone()
        assert row is not None, "a draft was there or was begun"
        return int(row[0])
