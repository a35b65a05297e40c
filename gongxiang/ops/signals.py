"""What Django and axes tell of passwords at the console's door, written into the audit log.

A name that no account has is not kept: people type passwords into the wrong field.

Units: none. Source: H5; reliability 8 (18).
"""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver

from gongxiang.acts.note_officer import note_officer
from gongxiang.governance.models import AuditKind

NOBODY = "?"


@receiver(user_login_failed)
def denied(*, credentials: dict[str, Any], **_more: object) -> None:
    """Write down that a password was not taken."""
    _note(AuditKind.SIGN_IN_DENIED, credentials.get("username"), "密码不对")


@receiver(user_locked_out)
def locked(*, username: str | None, **_more: object) -> None:
    """Write down that an account or an address is locked."""
    _note(AuditKind.LOCKED_OUT, username, "错的次数多了")


def _note(kind: AuditKind, name: str | None, why: str) -> None:
    is_known = bool(name) and User.objects.filter(username=name).exists()
    told = name if is_known and name else NOBODY
    note_officer(kind=kind, officer=told, subject=("staff", told), why=why)
