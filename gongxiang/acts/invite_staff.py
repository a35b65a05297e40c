"""Who runs a store invites somebody to work there: by a link that works once, for three days.

With a phone number, only who signs in by it may accept. The link's secret is given once, to who
invited; here stands its keyed hash.

Units: days. Source: spec/platform.md (Store: cashiers with roles); reliability 8 (27, 32, 36).
"""

import secrets
from typing import Final

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.members import keyed, phone
from gongxiang.merchants.access import Role, Task, require

PURPOSE: Final = "staff"
OPEN_MAX: Final = 20
_DAYS: Final = 3
_TOKEN_BYTES: Final = 24
_OPEN: Final = """
SELECT count(*) FROM merchants_invitation
 WHERE store_id = %s AND answered_at IS NULL AND ends_at > clock_timestamp()
"""
_INVITE: Final = """
INSERT INTO merchants_invitation
    (token, store_id, role, phone, shown, invited_by_id, sent_at, ends_at)
VALUES (%s, %s, %s, %s, %s, %s, statement_timestamp(),
        statement_timestamp() + make_interval(days => %s))
"""
TASKS: Final = {Role.MANAGER: Task.MANAGERS, Role.CASHIER: Task.CASHIERS}
"""What somebody must be allowed who gives or takes each role."""


class TooManyInvitations(Exception):
    """As many invitations as a store may have are open: withdraw one, or wait."""


def invite_staff(*, store: int, by: int, role: Role, number: str = "") -> str:
    """Invite for a role; give the secret of the link.

    Raises `access.NotAllowed`, `phone.UnreadablePhone`, `TooManyInvitations`.
    """
    assert role in TASKS, "an owner is not invited: a store changes its owner by request"
    plain = phone.read(number) if number.strip() else ""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        require(cursor, store=store, by=by, task=TASKS[role])
        cursor.execute(_OPEN, (store,))
        (count,) = cursor.fetchone() or (0,)
        if count >= OPEN_MAX:
            raise TooManyInvitations(f"{count} of store {store}")
        subject = phone.subject(plain) if plain else ""
        shown = phone.masked(plain) if plain else ""
        hashed = keyed.digest(PURPOSE, token)
        cursor.execute(_INVITE, (hashed, store, role.value, subject, shown, by, _DAYS))
    return token
