"""Confirming a second factor with its first code, and giving recovery codes, shown this once.

Only hashes of the recovery codes are kept; a code has 50 bits, so a hash tells nothing of it that
trying it at the door, one at a time, would not.

Units: none. Source: reliability 8 (23).
"""

import secrets
from typing import Final

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.factor import CODES, check, device_of, digest
from gongxiang.governance.models import AuditKind, RecoveryCode
from gongxiang.ledger import raw

_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_HALF: Final = 5


class FactorSet(Exception):
    """The account has its second factor already: an admin can reset it."""


def set_factor(*, user: int, code: str, officer: str) -> tuple[str, ...]:
    """Confirm the offered factor; give the recovery codes.

    Raises `FactorSet`, and `WrongCode` and `TooManyCodes` of the factor; it is then as it was.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        device = device_of(cursor, user=user)
        if device.confirmed:
            raise FactorSet(f"{officer} has a second factor")
        refusal = check(device, code)
        codes: tuple[str, ...] = ()
        if refusal is None:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            codes = tuple(_fresh() for _ in range(CODES))
            RecoveryCode.objects.filter(user_id=user).delete()
            RecoveryCode.objects.bulk_create(
                RecoveryCode(digest=digest(user=user, code=each), user_id=user) for each in codes
            )
            audit_log.note(
                cursor, kind=AuditKind.FACTOR_SET, subject=("staff", officer), officer=officer
            )
    if refusal is not None:
        raise refusal
    return codes


def _fresh() -> str:
    letters = [secrets.choice(_LETTERS) for _ in range(2 * _HALF)]
    return "".join([*letters[:_HALF], "-", *letters[_HALF:]])
