"""The API's description (OpenAPI 3.1), made complete: every status that an operation may answer.

What the operations say of themselves stands; what may happen to every request is added here:
problems with their media type, entity tags of public answers, `Retry-After`, scopes.

Units: none. Source: reliability 6.3 (API fuzz: no mismatch between schema and answer).
"""

from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from gongxiang.api.problems import CODES, MEDIA_TYPE, Problem
from gongxiang.api.token import Token

_ALWAYS: Final = (400, 413, 415, 422, 429, 500, 503)
_OF_MEMBERS: Final = (401, 403, 404)
_REF: Final = "#/components/schemas/{model}"
_WORDS: Final = {
    304: "Not changed since the entity tag that was sent",
    400: "The request cannot be read",
    401: "No token, or one that ended",
    403: "The token lacks the scope",
    404: "Nothing is here, or nothing of yours",
    409: "The key stands for something else",
    413: "The request is too large",
    415: "The body is no JSON",
    422: "A value is wrong, or a rule refuses; `code` says which",
    429: "Too many requests; `Retry-After` says how long to wait",
    500: "Our fault, recorded under `record`",
    503: "The books cannot be reached just now, or the platform has not begun",
}
_HEADER: Final = {
    "ETag": {"schema": {"type": "string"}, "description": "Tag of these bytes"},
    "Retry-After": {"schema": {"type": "string"}, "description": "Seconds to wait"},
    "WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer"},
}
_HEADERS: Final = {
    304: ("ETag",),
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


class Description(OpenAPISchema):
    """Ninja's description, each operation with the scope that its token needs."""

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        """Name the token and its scope; nothing for what everybody may ask."""
        wanted = [each for each in operation.auth_callbacks if isinstance(each, Token)]
        for each in wanted:
            self.securitySchemes["Token"] = each.openapi_security_schema
        return [{"Token": [each.scope.value]} for each in wanted] or None


class Api(NinjaAPI):
    """Ninja's API with a complete description."""

    def get_openapi_schema(self, **named: Any) -> OpenAPISchema:  # noqa: ANN401  passed on
        """Give the description."""
        prefix = named.get("path_prefix") or self.get_root_path({})
        schema = Description(self, prefix)
        schemas = schema["components"]["schemas"]
        told = Problem.model_json_schema(ref_template=_REF, mode="serialization")
        schemas.update(told.pop("$defs", {}))
        schemas["Problem"] = told
        for path in schema["paths"].values():
            for method, operation in path.items():
                _complete(operation, method)
        return schema


def _complete(operation: dict[str, Any], method: str) -> None:
    responses = operation["responses"]
    is_public = "security" not in operation
    statuses = [*_ALWAYS, *(() if is_public else _OF_MEMBERS)]
    if any(each["in"] == "path" for each in operation["parameters"]):
        statuses.append(404)
    if method == "get" and is_public:
        statuses.append(304)
        _name_headers(responses[200], ("ETag",))
    if method == "post":
        statuses.append(409)
    for status in sorted(set(statuses)):
        responses[status] = _response(status)


def _response(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {"description": _WORDS[status]}
    if status >= 400:  # noqa: PLR2004  problems
        told["content"] = {
            MEDIA_TYPE: {
                "schema": {"$ref": _REF.format(model="Problem")},
                "example": _example(status),
            }
        }
    _name_headers(told, _HEADERS.get(status, ()))
    return told


def _example(status: int) -> dict[str, Any]:
    code, kind = next(
        ((code, kind) for code, kind in CODES.items() if kind.status == status),
        ("key_taken", CODES["invalid"]),
    )
    return {
        "type": f"urn:gongxiang:problem:{code}",
        "title": kind.title,
        "status": status,
        "detail": kind.detail,
        "code": code,
        "record": "7f3a0c1d2e4b",
        "errors": [],
    }


def _name_headers(response: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        response.setdefault("headers", {})[name] = _HEADER[name]
