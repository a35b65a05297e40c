"""A validator for the part of JSON Schema that rules/schema.json uses, to check it from outside."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

Json = Any
"""What a JSON text can hold."""

TYPES = {"object": dict, "array": list, "string": str, "integer": int}
KEYWORDS = {
    "$ref", "type", "properties", "required", "additionalProperties", "items", "minItems",
    "minLength", "minimum", "pattern", "enum", "const", "oneOf",
}  # fmt: skip


def plain(value: Json) -> Json:
    """Write TOML's dates as texts, which is what JSON has."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def is_valid(value: Json, schema: Json, root: Mapping[str, Any]) -> bool:
    """Tell whether a value is what a schema says."""
    assert set(schema) <= KEYWORDS, set(schema) - KEYWORDS
    if "$ref" in schema:
        return is_valid(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "oneOf" in schema:
        return sum(is_valid(value, form, root) for form in schema["oneOf"]) == 1
    if "type" in schema and (
        not isinstance(value, TYPES[schema["type"]]) or isinstance(value, bool)
    ):
        return False
    return all(
        (
            "enum" not in schema or value in schema["enum"],
            "const" not in schema or value == schema["const"],
            "minimum" not in schema or value >= schema["minimum"],
            "minLength" not in schema or len(value) >= schema["minLength"],
            "minItems" not in schema or len(value) >= schema["minItems"],
            "pattern" not in schema or re.search(schema["pattern"], value) is not None,
            "items" not in schema or all(is_valid(item, schema["items"], root) for item in value),
            set(schema.get("required", ())) <= set(value) if isinstance(value, dict) else True,
            _is_valid_object(value, schema, root) if isinstance(value, dict) else True,
        )
    )


def _is_valid_object(value: dict[str, Any], schema: Json, root: Mapping[str, Any]) -> bool:
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    for key, item in value.items():
        if key in known:
            if not is_valid(item, known[key], root):
                return False
        elif others is False or (others is not True and not is_valid(item, others, root)):
            return False
    return True
