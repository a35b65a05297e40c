"""A code that somebody typed: right once, wrong a few times, for what it was sent for.

Units: none. Source: reliability 8 (22).
"""

import hmac
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.ledger import raw
from gongxiang.members import keyed

_TRY: Final = """
UPDATE members_phonecode SET tries_left = tries_left - 1
 WHERE id = %s AND purpose = %s AND used_at IS NULL AND tries_left > 0
   AND ends_at > clock_timestamp()
RETURNING tries_left, code, phone, shown
"""
_USE: Final = "UPDATE members_phonecode SET used_at = clock_timestamp() WHERE id = %s"


class WrongCode(Exception):
    """Not the code that was sent; `tries_left` more may be tried."""

    def __init__(self, tries_left: int) -> None:
        """Keep how many tries are left."""
        super().__init__(f"wrong code, {tries_left} tries left")
        self.tries_left = tries_left


class CodeEnded(Exception):
    """The code was used, tried too often, is too old or for something else: send a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The phone that was proved: the subject it is known under, and how it may be shown."""

    subject: str
    shown: str


def check_code(*, number: int, purpose: str, code: str) -> Checked:
    """Use up a code; raises `WrongCode` and `CodeEnded`, a try being gone then."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        found = _try(cursor, number, purpose, code)
    if isinstance(found, int):
        raise WrongCode(found) if found else CodeEnded("that was the last try")
    return found


def _try(cursor: Cursor[Any], number: int, purpose: str, code: str) -> Checked | int:
    """Give what was proved, or the tries that are left; the row is locked until the end."""
    cursor.execute(_TRY, (number, purpose))
    row = cursor.fetchone()
    if row is None:
        return 0
    tries_left, hidden, subject, shown = row
    if not hmac.compare_digest(hidden, keyed.digest(f"code {number}", code)):
        return int(tries_left)
    cursor.execute(_USE, (number,))
    return Checked(subject=subject, shown=shown)
