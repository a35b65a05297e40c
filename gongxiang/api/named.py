"""Refusing what an operation does not name in its address: a misspelt parameter changes nothing.

    GET /orders?limt=10   ->   422 invalid, errors [{"where": "query.limt", ...}]

Units: none. Source: reliability 8 (12); issue "HTTP API v1".
"""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gongxiang.api.problems import FieldProblem, problem

UNKNOWN: Final = "这个地址没有这个参数"
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
        unknown = sorted(set(request.GET) - known)
        if unknown:
            errors = [FieldProblem(where=_where(name), what=UNKNOWN) for name in unknown]
            return problem(request, "invalid", errors=errors)
        return run(request, **named)

    return inside


def _where(name: str) -> str:
    """Name the place, also where the name is long or no text."""
    return f"query.{name}".encode("utf-8", "replace").decode()[:120]
