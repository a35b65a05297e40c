"""api.md: every operation of the HTTP API, what it wants and what it answers, from its description.

The description itself is at `/api/v1/openapi.json` of every platform, the page to try it at
`/api/v1/docs`.
"""

from typing import Any

from docs.generate.markdown import code, one_line, page, table
from gongxiang.api.problems import CODES
from gongxiang.api.site import DESCRIPTION, PREFIX, api
from gongxiang.refusals import CODES as REFUSALS


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Give every operation: its method, its path, what the description says of it."""
    paths = api.get_openapi_schema(path_prefix=PREFIX)["paths"]
    return [
        (method.upper(), path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def api_page() -> str:
    """Make the page."""
    parts = [DESCRIPTION, "## Operations", _overview()]
    for method, path, operation in operations():
        parts += [f"### {operation['operationId']}", code(f"{method} {path}"), *_told(operation)]
    rows = [(code(name), str(kind.status), kind.detail) for name, kind in CODES.items()]
    parts += ["## Problems of every request", table(head=("code", "status", "detail"), rows=rows)]
    refused = [(code(name), str(status)) for name, status in sorted(REFUSALS.items())]
    parts += ["## Refusals of acts", table(head=("code", "status"), rows=refused)]
    return page(title="HTTP API", parts=parts)


def _overview() -> str:
    rows = [
        (code(f"{method} {path}"), operation["summary"], _scope(operation))
        for method, path, operation in operations()
    ]
    return table(head=("operation", "中文", "scope"), rows=rows)


def _told(operation: dict[str, Any]) -> list[str]:
    parts = [f"{operation['summary']}: {one_line(operation['description'])}"]
    rows = [
        (
            code(each["name"]),
            each["in"],
            "yes" if each["required"] else "no",
            _shape(each["schema"]),
        )
        for each in operation["parameters"]
    ]
    if rows:
        parts.append(table(head=("parameter", "in", "needed", "shape"), rows=rows))
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        parts.append(f"Body: {_shape(body['schema'])}.")
    statuses = ", ".join(code(status) for status in sorted(map(str, operation["responses"])))
    return [*parts, f"Answers {statuses}."]


def _needed(is_required: object) -> str:
    return "yes" if is_required else "no"


def _scope(operation: dict[str, Any]) -> str:
    security = operation.get("security")
    return ", ".join(code(each) for each in security[0]["Token"]) if security else "none"


def _shape(schema: dict[str, Any]) -> str:
    """Name a schema in a few words."""
    if "$ref" in schema:
        return code(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " or ".join(_shape(each) for each in schema["anyOf"])
    words = [schema.get("type", "any")]
    words += [
        f"{name} {schema[name]}" for name in ("minimum", "maximum", "maxLength") if name in schema
    ]
    if "pattern" in schema:
        words.append(code(schema["pattern"]))
    return ", ".join(words)
