"""Refusing what an operation does not name in its address, or names once: a slip changes nothing.

    GET /orders?limt=10             ->   422 invalid, errors [{"where": "query.limt", ...}]
    GET /orders?limit=10&limit=20   ->   422 invalid, errors [{"where": "query.limit", ...}]

Units: none. Source: reliability 8 (12); issue "HTTP API v1".
"""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gongxiang.api.problems import FieldProblem, problem

UNKNOWN: Final = "这个地址没有这个参数"
TWICE: Final = "这个参数只能写一次"
Run = Callable[..., HttpResponseBase]


def named_only(run: Run) -> Run:
    """Let an operation, given as its `run`, be reached with the parameters alone that it names."""
    operation: Any = run.__self__  # type: ignore[attr-defined]  # Ninja hands over a bound method
    known = {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    }

    def inside(request: HttpRequest, **named: Any) -> HttpResponseBase:  # noqa: ANN401  passed on
        errors = [
            FieldProblem(where=_where(name), what=TWICE if name in known else UNKNOWN)
            for name, values in sorted(request.GET.lists())
            if name not in known or len(values) > 1
        ]
        if errors:
            return problem(request, "invalid", errors=errors)
        return run(request, **named)

    return inside


def _where(name: str) -> str:
    """Name the place, also where the name is long or no text."""
    return f"query.{name}".encode("utf-8", "replace").decode()[:120]
