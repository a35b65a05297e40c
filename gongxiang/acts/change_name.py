"""A member says what he wants to be called.

Units: none. Source: H5.
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.members.names import NAME_MAX

_NAME: Final = "UPDATE members_account SET name = %s WHERE member_id = %s AND closed_at IS NULL"


class UnfitName(Exception):
    """A name that is too long or cannot be printed: nothing was changed."""


def change_name(*, member: int, name: str) -> None:
    """Set the name, or take it away with an empty one; raises `UnfitName`."""
    fit = " ".join(name.split())
    if len(fit) > NAME_MAX or not fit.isprintable():
        raise UnfitName(f"a name has at most {NAME_MAX} characters that can be printed")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_NAME, (fit, member))
