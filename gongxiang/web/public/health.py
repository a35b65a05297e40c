"""`/healthz`: whether the database answers, how far the settler is behind, and what is overdue.

200 with the lag in seconds and how many payments, refunds and payouts should have ended by now
(`status` is then `late`: a channel or the worker is down); 503 when the database does not answer.

Units: whole seconds. Source: reliability (what is watched).
"""

import logging
from dataclasses import asdict

import psycopg
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongxiang.base import clock
from gongxiang.queries import pool as queries
from gongxiang.queries.overdue import overdue
from gongxiang.queries.pool_data import NotOpen

log = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  every page is called alike
    """Answer with the state of the database and of the settler."""
    try:
        late = asdict(overdue())
        lag = queries.pool_now().lag
    except (DatabaseError, InterfaceError, psycopg.Error) as error:
        log.warning("healthz: the database does not answer: %s", error)
        return JsonResponse({"status": "down", "database": "down"}, status=503)
    except NotOpen:
        return JsonResponse({"status": "ok", "database": "ok", "pool": "not open"})
    seconds = lag // clock.SECOND
    answer = {"database": "ok", "settler_lag_seconds": seconds, "overdue": late}
    return JsonResponse({"status": "late" if any(late.values()) else "ok", **answer})
