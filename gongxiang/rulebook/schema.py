"""What a rules file may contain, checked key by key before anything is read from it.

json_schema.py says the same in JSON Schema for editors and other programs. Here an error names
file, rule and key.

Units: none.
Source: R9.
"""

from collections.abc import Mapping
from datetime import date, datetime

from gongxiang.rulebook.book import Dated, Preset, Rule, RulebookError, Unit, Value

UNIT_KEYS = {"kind", "name", "sentence_en"}
RULE_KEYS = {"name", "sentence_zh", "sentence_en", "unit", "clause", "values"}
PRESET_KEYS = {"title", "sentence_zh", "sentence_en", "values"}
DATED_KEYS = {"since", "value", "source"}
KINDS = ("whole", "list", "choice")

Table = Mapping[str, object]


class MalformedRules(RulebookError):
    """A rules file does not have the shape of one."""

    def __init__(self, *, place: str, reason: str) -> None:
        """Say where and why."""
        super().__init__(f"rules/{place}: {reason}")


def read_unit(*, name: str, table: object) -> Unit:
    """Read one unit of units.toml."""
    place = f"units.toml [{name}]"
    optional = {"choices"} if isinstance(table, dict) and table.get("kind") == "choice" else set()
    fields = _table(place=place, table=table, keys=UNIT_KEYS | optional)
    if fields["kind"] not in KINDS:
        raise MalformedRules(place=place, reason=f"kind must be one of {', '.join(KINDS)}")
    choices = fields.get("choices", {})
    if not isinstance(choices, dict):
        raise MalformedRules(place=place, reason="choices must be a table of words")
    return Unit(
        name=name,
        kind=_text(place=place, fields=fields, key="kind"),
        title=_text(place=place, fields=fields, key="name"),
        sentence_en=_text(place=place, fields=fields, key="sentence_en"),
        choices={word: _text(place=place, fields=choices, key=word) for word in choices},
    )


def read_rule(*, group: str, name: str, table: object, units: Mapping[str, Unit]) -> Rule:
    """Read one rule of a group's file."""
    place = f"{group}.toml [{name}]"
    fields = _table(place=place, table=table, keys=RULE_KEYS)
    unit = _text(place=place, fields=fields, key="unit")
    if unit not in units:
        raise MalformedRules(place=place, reason=f"unit {unit!r} is not in units.toml")
    return Rule(
        name=name,
        title=_text(place=place, fields=fields, key="name"),
        sentence_zh=_text(place=place, fields=fields, key="sentence_zh"),
        sentence_en=_text(place=place, fields=fields, key="sentence_en"),
        unit=units[unit],
        clause=_text(place=place, fields=fields, key="clause"),
        group=group,
        history=_history(place=place, values=fields["values"], unit=units[unit]),
    )


def read_preset(*, name: str, table: object, rules: Mapping[str, Rule]) -> Preset:
    """Read one preset; it can only name rules that exist."""
    place = f"presets/{name}.toml"
    fields = _table(place=place, table=table, keys=PRESET_KEYS)
    values = fields["values"]
    if not isinstance(values, dict):
        raise MalformedRules(place=place, reason="values must be a table")
    strangers = sorted(set(values) - set(rules))
    if strangers:
        raise MalformedRules(place=place, reason=f"no rule is called {', '.join(strangers)}")
    return Preset(
        name=name,
        title=_text(place=place, fields=fields, key="title"),
        sentence_zh=_text(place=place, fields=fields, key="sentence_zh"),
        sentence_en=_text(place=place, fields=fields, key="sentence_en"),
        histories={
            rule: _history(place=f"{place} {rule}", values=history, unit=rules[rule].unit)
            for rule, history in values.items()
        },
    )


def _history(*, place: str, values: object, unit: Unit) -> tuple[Dated, ...]:
    """Read dated values, which must be in order of their days."""
    if not isinstance(values, list) or not values:
        raise MalformedRules(place=place, reason="values must be a list with at least one value")
    history = tuple(_dated(place=place, table=table, unit=unit) for table in values)
    days = [dated.since for dated in history]
    if days != sorted(set(days)):
        raise MalformedRules(place=place, reason="values must be in order of date, one a day")
    return history


def _dated(*, place: str, table: object, unit: Unit) -> Dated:
    """Read one dated value."""
    fields = _table(place=place, table=table, keys=DATED_KEYS)
    since = fields["since"]
    if not isinstance(since, date) or isinstance(since, datetime):
        raise MalformedRules(place=place, reason="since must be a date, as 2026-11-01")
    return Dated(
        since=since,
        value=_value(place=place, value=fields["value"], unit=unit),
        source=_text(place=place, fields=fields, key="source"),
    )


def _value(*, place: str, value: object, unit: Unit) -> Value:
    """Read a value as its unit wants it."""
    if unit.kind == "whole" and type(value) is int:
        return value
    if unit.kind == "choice" and isinstance(value, str) and value in unit.choices:
        return value
    if unit.kind == "list" and isinstance(value, list):
        numbers = tuple(number for number in value if type(number) is int)
        if len(numbers) == len(value):
            return numbers
    wanted = f"one of {', '.join(unit.choices)}" if unit.choices else f"{unit.kind} ({unit.name})"
    raise MalformedRules(place=place, reason=f"value {value!r} must be {wanted}")


def _table(*, place: str, table: object, keys: set[str]) -> Table:
    """Check that a table has exactly these keys."""
    if not isinstance(table, dict):
        raise MalformedRules(place=place, reason="must be a table")
    missing, unknown = sorted(keys - set(table)), sorted(set(table) - keys)
    if missing:
        raise MalformedRules(place=place, reason=f"without {', '.join(missing)}")
    if unknown:
        raise MalformedRules(place=place, reason=f"unknown key {', '.join(unknown)}")
    return table


def _text(*, place: str, fields: Table, key: str) -> str:
    """Read a text, which must say something."""
    text = fields[key]
    if not isinstance(text, str) or not text.strip():
        raise MalformedRules(place=place, reason=f"{key} must be a text that is not empty")
    return text
