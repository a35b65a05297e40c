"""A new account of the staff, with a role and a password that is shown once.

Units: none. Source: spec/platform.md (operator staff); reliability 8 (23).
"""

import secrets

from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind, Officer, Role
from gongxiang.ledger import raw

_LENGTH_MAX = 40


class NameTaken(Exception):
    """Somebody signs in by this name already."""


class NameUnfit(Exception):
    """The name is empty, too long, or has characters that a sign-in does not take."""


def add_officer(*, name: str, role: Role, shown: str, officer: str) -> str:
    """Open the account; give its first password. Raises `NameTaken`, `NameUnfit`."""
    _refuse_unfit(name)
    password = secrets.token_urlsafe(15)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        if User.objects.filter(username__iexact=name).exists():
            raise NameTaken(f"{name} is taken")
        user = User(username=name, first_name=shown[:_LENGTH_MAX], is_staff=True)
        user.set_password(password)
        user.save(force_insert=True)
        Officer.objects.create(user=user, role=role.value, epoch=1)
        audit_log.note(
            cursor,
            kind=AuditKind.STAFF_ADDED,
            subject=("staff", name),
            officer=officer,
            after={"role": role.label, "name": shown[:_LENGTH_MAX]},
        )
    return password


def _refuse_unfit(name: str) -> None:
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise NameUnfit(f"{name!r} is no name to sign in by") from error
    if len(name) > _LENGTH_MAX or name.lower() == audit_log.SYSTEM:
        raise NameUnfit(f"{name!r} is no name to sign in by")
