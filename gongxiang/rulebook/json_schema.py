"""rules/schema.json: what the rules files may contain, in JSON Schema, for editors and programs.

It is made from the units and rules that there are (`gongxiang rules schema`), so it cannot differ
from what schema.py reads. TOML's dates stand in it as texts of the form 2026-11-01.

Units: none.
Source: R9; JSON Schema draft 2020-12.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from gongxiang.rulebook.book import Unit
from gongxiang.rulebook.load import Library, read_library
from gongxiang.rulebook.schema import DATED_KEYS, KINDS, PRESET_KEYS, RULE_KEYS, UNIT_KEYS

Schema = dict[str, object]

TEXT: Final[Schema] = {"type": "string", "minLength": 1}
DAY: Final[Schema] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
VALUE_OF_KIND: Final[Mapping[str, Schema]] = {
    "whole": {"type": "integer"},
    "list": {"type": "array", "items": {"type": "integer"}},
}


def json_schema() -> Schema:
    """Make the schema: under `$defs` one for each kind of file and each unit's dated values.

    >>> json_schema()["title"]
    'Rules files of Gongxiang (共享)'
    """
    library = read_library()
    units = {rule.unit.name: rule.unit for rule in library.rules.values()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rules files of Gongxiang (共享)",
        "$defs": {
            "units": _units(),
            "rules": _rules(units=units),
            "preset": _preset(library=library),
            "law": _law(),
        }
        | {f"{name}_values": _history(unit=unit) for name, unit in sorted(units.items())},
    }


def _units() -> Schema:
    """Describe units.toml."""
    optional: Schema = {"choices": {"type": "object", "additionalProperties": TEXT}}
    return _map_of(_table(keys=UNIT_KEYS, special={"kind": {"enum": list(KINDS)}}, more=optional))


def _rules(*, units: Iterable[str]) -> Schema:
    """Describe the rules of all groups: each unit has its own form of value."""
    forms = [
        _table(keys=RULE_KEYS, special={"unit": {"const": name}, "values": _values_of(unit=name)})
        for name in sorted(units)
    ]
    return _map_of({"oneOf": forms})


def _preset(*, library: Library) -> Schema:
    """Describe presets/*.toml: only rules that exist, each with the values of its unit."""
    values: Schema = {
        "type": "object",
        "properties": {
            rule.name: _values_of(unit=rule.unit.name) for rule in library.rules.values()
        },
        "additionalProperties": False,
    }
    return _table(keys=PRESET_KEYS, special={"values": values})


def _law() -> Schema:
    """Describe law.toml."""
    keys = ("citation", "sentence_zh", "sentence_en")
    return _map_of(_table(keys=keys, more={"days": {"type": "integer", "minimum": 0}}))


def _values_of(*, unit: str) -> Schema:
    """Point at the dated values of a unit."""
    return {"$ref": f"#/$defs/{unit}_values"}


def _history(*, unit: Unit) -> Schema:
    """Describe dated values of a unit."""
    value = VALUE_OF_KIND.get(unit.kind, {"enum": list(unit.choices)})
    dated = _table(keys=DATED_KEYS, special={"since": DAY, "value": value})
    return {"type": "array", "minItems": 1, "items": dated}


def _table(
    *, keys: Iterable[str], special: Mapping[str, Schema] | None = None, more: Schema | None = None
) -> Schema:
    """Describe a table with exactly these keys, texts unless they are special, and some more."""
    required = sorted(keys)
    properties: Schema = {key: (special or {}).get(key, TEXT) for key in required}
    return {
        "type": "object",
        "properties": properties | (more or {}),
        "required": required,
        "additionalProperties": False,
    }


def _map_of(schema: Schema) -> Schema:
    """Describe a file whose every table is of one form."""
    return {"type": "object", "additionalProperties": schema}
