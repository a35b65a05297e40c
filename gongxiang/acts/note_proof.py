"""A known identity was proved again: its account is the same person's, and nobody else's.

It is what keeps a phone from growing stale, and the objection to whoever asks for the account or
for one that was joined into it.

Units: none. Source: reliability 8 (22, 26); platform.md (People).
"""

from typing import Final

from django.db import transaction

from gongxiang.governance.limits import limit
from gongxiang.ledger import raw
from gongxiang.members import guests, joined, stale

_PROVED: Final = """
UPDATE members_identity
   SET proved_at = greatest(proved_at, (SELECT clock_timestamp()
                       + make_interval(secs => offset_seconds) FROM points_horizon))
 WHERE (issuer, subject) = (%s, %s)
"""


class StaleNumber(Exception):
    """A phone that was not proved for long: its code alone is no proof of the account."""


def note_proof(*, issuer: str, subject: str, is_beside_another: bool = False) -> None:
    """Write down that an identity was proved; raises `StaleNumber`.

    A stale number counts beside another proof of the same account.
    """
    days = limit(name="phone_stale_days")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        if not is_beside_another and stale.is_stale(
            cursor, issuer=issuer, subject=subject, days=days
        ):
            raise StaleNumber("the number may be another person's by now")
        cursor.execute(_PROVED, (issuer, subject))
        member = guests.whose(cursor, issuer, subject)
        if member is not None:
            own = (member, *joined.others(cursor, member))
            stale.cancel_recoveries(cursor, members=own)
