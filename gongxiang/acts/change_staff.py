"""Who runs a store gives somebody another role, or lets him go; anybody may leave by himself.

It takes effect with the next request of the person: no session keeps a role, and his sessions end
in the same commit.

Units: none. Source: spec/platform.md (Store); reliability 8 (25, 27, 31).
"""

from typing import Final

from django.db import transaction

from gongxiang.acts.invite_staff import TASKS
from gongxiang.ledger import raw
from gongxiang.members import joined
from gongxiang.merchants.access import Role, require

_NOW: Final = """
SELECT role FROM merchants_staff
 WHERE store_id = %s AND member_id = %s AND left_at IS NULL FOR UPDATE
"""
_CHANGE: Final = """
UPDATE merchants_staff SET role = %s, since_at = clock_timestamp()
 WHERE (store_id, member_id) = (%s, %s)
"""
_LET_GO: Final = """
UPDATE merchants_staff SET left_at = clock_timestamp() WHERE (store_id, member_id) = (%s, %s)
"""


class NotStaff(Exception):
    """The person does not work in the store (any more): nothing was changed."""


def change_staff(*, store: int, by: int, member: int, role: Role | None) -> None:
    """Give a role, or none: the person is let go; raises `access.NotAllowed`, `NotStaff`."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_NOW, (store, member))
        row = cursor.fetchone()
        if row is None:
            raise NotStaff(f"member {member} in store {store}")
        if role is not None or by != member:
            for each in {Role(row[0]), role or Role(row[0])}:
                require(cursor, store=store, by=by, task=TASKS[each])
        if role == row[0]:
            return
        if role is None:
            cursor.execute(_LET_GO, (store, member))
        else:
            cursor.execute(_CHANGE, (role.value, store, member))
        joined.end_sessions(cursor, member=member)
