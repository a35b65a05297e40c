"""Another role for somebody of the staff, or his account disabled or opened again.

Every session of his ends with the next request: the epoch moves on. Somebody can always give out
roles: nobody changes himself, and the last admin stays.

Units: none. Source: spec/platform.md (operator staff); reliability 8 (26), I-26.
"""

from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from gongxiang.governance import audit_log
from gongxiang.governance.audit_log import Values
from gongxiang.governance.models import AuditKind, Officer, Role
from gongxiang.ledger import raw

_LOCKED: Final = "SELECT user_id, role FROM governance_officer ORDER BY user_id FOR UPDATE"


class UnknownOfficer(Exception):
    """Nobody of the staff has this number."""


class OwnAccount(Exception):
    """Nobody changes his own role, disables himself or resets his own factor here."""


class LastAdmin(Exception):
    """Without this account nobody could give out roles any more."""


class WhyMissing(Exception):
    """A change of somebody's rights says why."""


def change_officer(*, user: int, role: Role, is_active: bool, officer: str, why: str) -> None:
    """Set role and state; the same again changes nothing and ends no session.

    Raises `UnknownOfficer`, `OwnAccount`, `LastAdmin`, `WhyMissing`.
    """
    if not why.strip():
        raise WhyMissing("say why the account is changed")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_LOCKED)
        roles = dict(cursor.fetchall())
        if user not in roles:
            raise UnknownOfficer(f"no officer {user}")
        account = User.objects.get(pk=user)
        if account.username == officer:
            raise OwnAccount(f"{officer} cannot change his own account")
        before: Values = {"role": Role(roles[user]).label, "active": account.is_active}
        after: Values = {"role": role.label, "active": is_active}
        if before == after:
            return
        if not (is_active and role is Role.ADMIN) and not _has_other_admin(user):
            raise LastAdmin(f"{account.username} is the last admin")
        Officer.objects.filter(pk=user).update(role=role.value, epoch=F("epoch") + 1)
        User.objects.filter(pk=user).update(is_active=is_active)
        audit_log.note(
            cursor,
            kind=AuditKind.STAFF_CHANGED,
            subject=("staff", account.username),
            officer=officer,
            before=before,
            after=after,
            why=why.strip(),
        )


def _has_other_admin(user: int) -> bool:
    admins = Officer.objects.filter(role=Role.ADMIN.value, user__is_active=True)
    return admins.exclude(pk=user).exists()
