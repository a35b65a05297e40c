"""Passing the second factor at the console's door, or once more before money moves.

A wrong code counts and is written down, also though it is refused.

Units: none. Source: reliability 8 (23).
"""

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.factor import check, check_recovery, device_of, is_recovery
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw


class NoFactor(Exception):
    """The account has no second factor yet: it is set up first."""


def pass_factor(*, user: int, code: str, officer: str, is_sign_in: bool) -> None:
    """Take a code of the moment or a recovery code, once.

    Raises `NoFactor`, and `WrongCode` and `TooManyCodes` of the factor.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        device = device_of(cursor, user=user)
        if not device.confirmed:
            raise NoFactor(f"{officer} has no second factor yet")
        by_recovery = is_recovery(code)
        refusal = check_recovery(device, code) if by_recovery else check(device, code)
        kinds = []
        if refusal is not None:
            kinds.append(AuditKind.SIGN_IN_DENIED)
        else:
            kinds += [AuditKind.RECOVERY_USED] if by_recovery else []
            kinds += [AuditKind.SIGNED_IN] if is_sign_in else []
        for kind in kinds:
            why = "" if refusal is None else "第二步验证码不对"
            audit_log.note(cursor, kind=kind, subject=("staff", officer), officer=officer, why=why)
    if refusal is not None:
        raise refusal
