"""A token ends before its time: its member says so, or the program itself.

Units: none. Source: reliability 8 (25).
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw

_END: Final = """
UPDATE members_apitoken SET revoked_at = clock_timestamp()
 WHERE member_id = %s AND id = %s AND revoked_at IS NULL
"""


def end_token(*, member: int, number: int) -> None:
    """End a token of a member, for good; one that has ended stays so."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_END, (member, number))
