"""Bodies of an operation with one field changed: made from the API's own description."""

from collections.abc import Iterator
from typing import Any, Final

from gongxiang.api.site import api

PREFIX: Final = "/api/v1"
Body = dict[str, Any]


def keyed() -> dict[str, Body]:
    """Give the description of every operation that wants a key, by method and path."""
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}": operation
        for path, methods in _schema()["paths"].items()
        for method, operation in methods.items()
        if any(each["name"] == "Idempotency-Key" for each in operation["parameters"])
    }


def changed(name: str, body: Body) -> Iterator[tuple[str, Body]]:
    """Give a body with each field of its description changed in turn, and the field's name."""
    content = keyed()[name]["requestBody"]["content"]["application/json"]["schema"]
    for field, told in _resolved(content)["properties"].items():
        yield field, {**body, field: _other(_resolved(told), body.get(field, told.get("default")))}


def _other(told: Body, value: Any) -> Any:  # noqa: ANN401  any JSON
    if "enum" in told:
        return next(each for each in told["enum"] if each != value)
    if told["type"] == "integer":
        return value - 1 if value > told.get("minimum", 0) else value + 1
    assert told["type"] == "string", told
    if str(value).isdigit():
        return str(int(value) - 1)
    return f"{value}啊"


def _resolved(told: Body) -> Body:
    name = told.get("$ref", "").rpartition("/")[2]
    found: Body = _schema()["components"]["schemas"][name] if name else told
    return found


def _schema() -> Body:
    return dict(api.get_openapi_schema(path_prefix=f"{PREFIX}/"))
