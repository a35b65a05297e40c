"""`/healthz`: whether the database answers and how far the settler is behind, for machines.

200 with the lag in seconds; 503 when the database does not answer.

Units: whole seconds. Source: reliability (what is watched).
"""

import logging

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongxiang.base import clock
from gongxiang.web.errors import NotOpen
from gongxiang.web.public import queries

log = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  every page is called alike
    """Answer with the state of the database and of the settler."""
    try:
        lag = queries.pool_now().lag
    except (DatabaseError, InterfaceError) as error:
        log.warning("healthz: the database does not answer: %s", error)
        return JsonResponse({"status": "down", "database": "down"}, status=503)
    except NotOpen:
        return JsonResponse({"status": "ok", "database": "ok", "pool": "not open"})
    seconds = lag // clock.SECOND
    return JsonResponse({"status": "ok", "database": "ok", "settler_lag_seconds": seconds})
