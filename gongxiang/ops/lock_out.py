"""Who typed too many wrong passwords is locked out for a while, of the database's clock (I-27).

Units: none. Source: reliability 8 (22, 23), C9.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from django.http import HttpRequest

from gongxiang.payments.clock import database_now

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class LockOut(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts wrong passwords in the database, as axes does, by its clock."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Tell whether a password is looked at; what follows in the request has this moment."""
        now = _EPOCH + timedelta(microseconds=database_now())
        request.axes_attempt_time = now  # type: ignore[attr-defined]
        return bool(super().is_allowed(request, credentials))
