"""A new beginning for somebody of the staff who lost his second factor: new password, none set.

The old factor, its recovery codes and all sessions end; the next sign-in sets up another.

Units: none. Source: reliability 8 (23, 26).
"""

import secrets

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from gongxiang.acts.change_officer import OwnAccount, UnknownOfficer, WhyMissing
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind, Factor, Officer, RecoveryCode
from gongxiang.ledger import raw


def reset_factor(*, user: int, officer: str, why: str) -> str:
    """Take factor and password away; give the new password, shown once.

    Raises `UnknownOfficer`, `OwnAccount`, `WhyMissing`; nothing has then changed.
    """
    if not why.strip():
        raise WhyMissing("say why the factor is reset")
    password = secrets.token_urlsafe(15)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        if not Officer.objects.filter(pk=user).update(epoch=F("epoch") + 1):
            raise UnknownOfficer(f"no officer {user}")
        account = User.objects.get(pk=user)
        if account.username == officer:
            raise OwnAccount(f"{officer} cannot reset his own factor")
        account.set_password(password)
        account.save(update_fields=["password"])
        Factor.objects.filter(user_id=user).delete()
        RecoveryCode.objects.filter(user_id=user).delete()
        audit_log.note(
            cursor,
            kind=AuditKind.FACTOR_RESET,
            subject=("staff", account.username),
            officer=officer,
            why=why.strip(),
        )
    return password
