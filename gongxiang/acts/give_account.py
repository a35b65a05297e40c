"""An account for a member who is known already, by a phone that is his: he can sign in with it.

Source: spec/platform.md (join by phone code); R2 (his binding does not change).
"""

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.members import keyed, phone

_ACCOUNT = """
INSERT INTO members_account (member_id, name, code, epoch, opened_at)
SELECT %s, %s, %s, 0, clock_timestamp()
 WHERE NOT EXISTS (SELECT FROM members_account WHERE member_id = %s)
"""
_INVITE = "INSERT INTO members_invitecode (code, member_id) VALUES (%s, %s)"
_IDENTITY = """
INSERT INTO members_identity (issuer, subject, member_id, shown, proved_at)
SELECT %s, %s, %s, %s, clock_timestamp() + make_interval(secs => offset_seconds)
  FROM points_horizon
"""


def give_account(*, member: int, name: str, number: str) -> bool:
    """Open the account of a member; False when he has one. `number` is his mobile number."""
    code = keyed.invite_code()
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_ACCOUNT, (member, name, code, member))
        if not cursor.rowcount:
            return False
        cursor.execute(_INVITE, (code, member))
        digits = phone.read(number)
        cursor.execute(
            _IDENTITY, (phone.ISSUER, phone.subject(digits), member, phone.masked(digits))
        )
    return True
