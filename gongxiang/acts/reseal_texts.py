"""Sealing anew, with the key of today, what older keys sealed: one stretch of one place at a time.

Until all of it is done the older keys are named in the settings; afterwards nothing needs them.

Units: none. Source: reliability 8 (33, 34); H5.
"""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.members import sealed

STRETCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A column of sealed texts, its table's key, and what they are sealed for."""

    table: str
    key: str
    column: str
    purpose: str


PLACES: Final = (
    Place(table="members_verified", key="member_id", column="name", purpose=sealed.NAME),
    Place(table="members_verified", key="member_id", column="document", purpose=sealed.DOCUMENT),
    Place(table="members_payee", key="member_id", column="account", purpose=sealed.ACCOUNT),
    Place(table="treasury_payout", key="withdrawal_id", column="payee", purpose=sealed.ACCOUNT),
    Place(table="treasury_transfer", key="id", column="payee", purpose=sealed.ACCOUNT),
    Place(table="otp_totp_totpdevice", key="id", column="key", purpose=sealed.FACTOR),
)
"""Everything that is kept sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """How far a stretch came, nothing at the end, and how many of its texts were sealed anew."""

    upto: int | None
    changed: int


def reseal_texts(*, place: Place, after: int) -> Stretch:
    """Seal the next stretch of a place anew; raises `sealed.Unreadable`, nothing has then changed.

    A text that somebody replaced meanwhile is under the key of today already and stays.
    """
    seek = (
        f"SELECT {place.key}, {place.column} FROM {place.table}"  # noqa: S608  names of PLACES
        f" WHERE {place.key} > %s AND {place.column} <> '' ORDER BY {place.key} LIMIT {STRETCH}"
    )
    write = (
        f"UPDATE {place.table} SET {place.column} = %s"  # noqa: S608  names of PLACES
        f" WHERE {place.key} = %s AND {place.column} = %s"
    )
    changed = 0
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        rows = cursor.execute(seek, (after,)).fetchall()
        for key, text in rows:
            fresh = sealed.reseal(purpose=place.purpose, sealed=text)
            if fresh is not None:
                cursor.execute(write, (fresh, key, text))
                changed += cursor.rowcount
    return Stretch(upto=rows[-1][0] if rows else None, changed=changed)
