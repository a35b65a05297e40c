"""From the files in rules/ to the `Terms` of one preset on one day.

    rules/GROUP.toml   the rules with their own history: the safe default of each (H4)
    rules/presets/     a preset's histories, in the place of those defaults
    --set NAME=VALUE   one value by hand, in the place of both

`load_book` reads and never refuses a number; `check.require` refuses; `load_terms` does both.

Units: as units.toml says.
Source: R8, R9; the names and forms of --set are those of the event files' specification.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from gongxiang.economy.terms import Terms
from gongxiang.rulebook.book import (
    Book,
    Dated,
    Preset,
    Problem,
    Rule,
    RulebookError,
    Unit,
    UnknownRule,
    Value,
    terms_of,
)
from gongxiang.rulebook.check import require
from gongxiang.rulebook.schema import MalformedRules, Table, read_preset, read_rule, read_unit

RULES = Path(__file__).parents[2] / "rules"
"""Where the rules stand: beside the package, to be read by people first."""

GROUPS = ("shares", "points", "rewards", "agents", "mall", "limits", "ranks")
"""The files of rules, in the order they are shown."""

DEFAULT_PRESET = "seed-1"
"""What a replay uses when nothing is said."""

WHOLE = re.compile(r"-?[0-9]{1,60}")


class UnknownPreset(RulebookError):
    """No preset has this name."""

    def __init__(self, *, name: str, known: Iterable[str]) -> None:
        """List the presets there are."""
        super().__init__(f"no preset is called {name!r}; there are {', '.join(sorted(known))}")


class MalformedSetting(RulebookError):
    """A setting is not of the form NAME=VALUE."""

    def __init__(self, *, setting: str) -> None:
        """Say what was given and what is wanted."""
        super().__init__(f"{setting!r} is not NAME=VALUE, as exit_cap=12000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All rules and presets of one folder."""

    rules: Mapping[str, Rule]
    presets: Mapping[str, Preset]


@cache
def read_library(*, folder: Path = RULES) -> Library:
    """Read every file of the rules folder, once a process.

    Errors: `MalformedRules`, naming file, rule and key.
    """
    units = {
        name: read_unit(name=name, table=table)
        for name, table in _read(path=folder / "units.toml").items()
    }
    rules: dict[str, Rule] = {}
    for group in GROUPS:
        rules |= _read_group(path=folder / f"{group}.toml", units=units, known=rules)
    presets = {
        path.stem: read_preset(name=path.stem, table=_read(path=path), rules=rules)
        for path in sorted((folder / "presets").glob("*.toml"))
    }
    return Library(rules=rules, presets=presets)


def load_book(
    *,
    preset: str = DEFAULT_PRESET,
    on: date | None = None,
    settings: Iterable[str] = (),
    folder: Path = RULES,
) -> Book:
    """Put together the book of a preset on a day, with single values set by hand.

    `on` None means the last value of every rule, announced ones included. `settings` are
    NAME=VALUE; of the same name the last counts; a list is written 10,20,30.

    Errors: `UnknownPreset`, `UnknownRule`, `MalformedSetting`, `NoValueYet`, `MalformedRules`.
    """
    library = read_library(folder=folder)
    if preset not in library.presets:
        raise UnknownPreset(name=preset, known=library.presets)
    chosen = library.presets[preset]
    rules = {
        name: replace(rule, history=chosen.histories.get(name, rule.history))
        for name, rule in library.rules.items()
    }
    in_force = {name: rule.on(on) for name, rule in rules.items()}
    given = dict(_split(setting=setting, rules=rules) for setting in settings)
    unread = []
    for name, text in given.items():
        value = _parse(text=text, unit=rules[name].unit)
        if value is None:
            unread.append(_not_read(name=name, text=text, unit=rules[name].unit))
        else:
            in_force[name] = Dated(since=in_force[name].since, value=value, source="--set")
    return Book(
        preset=chosen,
        on=on,
        rules=rules,
        in_force=in_force,
        settings=tuple(given),
        unread=tuple(unread),
        terms=terms_of(values={name: dated.value for name, dated in in_force.items()}),
    )


def load_terms(
    *,
    preset: str = DEFAULT_PRESET,
    on: date | None = None,
    settings: Iterable[str] = (),
    folder: Path = RULES,
) -> Terms:
    """Give the terms of a preset on a day, or refuse them.

    Errors: those of `load_book`, and `RefusedRulebook` with the first reason.

    >>> load_terms(preset="seed-1", settings=["exit_cap=20000"]).exit_cap
    20000
    """
    return require(book=load_book(preset=preset, on=on, settings=settings, folder=folder)).terms


def split_settings(*, text: str) -> tuple[str, ...]:
    """Cut a line of settings into single ones.

    >>> split_settings(text="direct=10  city=5")
    ('direct=10', 'city=5')
    """
    return tuple(text.split())


def _split(*, setting: str, rules: Mapping[str, Rule]) -> tuple[str, str]:
    """Cut NAME=VALUE and look the name up."""
    name, sign, text = setting.partition("=")
    if not sign or not name:
        raise MalformedSetting(setting=setting)
    if name not in rules:
        raise UnknownRule(name=name, known=rules)
    return name, text


def _parse(*, text: str, unit: Unit) -> Value | None:
    """Read a value as its unit wants it, or give None when it is none."""
    if unit.kind == "choice":
        return text if text in unit.choices else None
    if unit.kind == "whole":
        return int(text) if WHOLE.fullmatch(text) else None
    parts = text.split(",") if text else []
    if not all(WHOLE.fullmatch(part) for part in parts):
        return None
    return tuple(int(part) for part in parts)


def _not_read(*, name: str, text: str, unit: Unit) -> Problem:
    """Say why a setting is refused."""
    wanted = {
        "whole": "a whole number",
        "list": "whole numbers with commas between",
        "choice": f"one of {', '.join(unit.choices)}",
    }[unit.kind]
    return Problem(rule=name, message=f"{name} must be {wanted}, not {text!r}")


def _read_group(
    *, path: Path, units: Mapping[str, Unit], known: Mapping[str, Rule]
) -> dict[str, Rule]:
    """Read one file of rules; a name stands in one file only."""
    group = path.stem
    rules = {}
    for name, table in _read(path=path).items():
        if name in known:
            place, other = f"{group}.toml [{name}]", f"{known[name].group}.toml"
            raise MalformedRules(place=place, reason=f"the same rule stands in {other}")
        rules[name] = read_rule(group=group, name=name, table=table, units=units)
    return rules


def _read(*, path: Path) -> Table:
    """Parse one TOML file."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise MalformedRules(place=path.name, reason="the file is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedRules(place=path.name, reason=f"not TOML: {error}") from None
