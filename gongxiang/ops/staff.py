"""The staff's accounts as Django asks for them: guarded by axes, read together with their role.

Units: none. Source: design/stack.md (staff security); reliability 8 (23).
"""

from typing import Any

from axes.backends import AxesBackend, AxesStandaloneBackend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest


class StaffBackend(AxesBackend):  # type: ignore[misc]
    """Signs in with a password unless too many failed; gives user and role in one question."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:  # noqa: ANN401  passed on
        """Look at the password, unless account or address is locked."""
        AxesStandaloneBackend.authenticate(self, request, **credentials)
        found = ModelBackend.authenticate(self, request, **credentials)
        return found if isinstance(found, User) else None

    def get_user(self, user_id: int) -> User | None:
        """Give the user of a session, nothing once the account was disabled."""
        user = User.objects.select_related("officer").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
