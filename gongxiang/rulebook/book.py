"""What a rulebook is: rules with their history, and the values in force on one day.

A rule (规则) has a name, a plain sentence, a unit, the clause of the specification it belongs to
and values by date, each with its source. A preset (预设) gives some of the rules its own history.
A book is one preset on one day: every rule with exactly one value, and the `Terms` made of them.

Units: a value is a whole number, a list of whole numbers or one word, as its rule's unit says.
Source: R9 (rules are data with a start date, a unit and a source), R8 (presets).
"""

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gongxiang.economy.terms import Terms

Value = int | str | tuple[int, ...]
"""A rule's value: a number, a word, or one number a level."""


class RulebookError(Exception):
    """Something is wrong with the rules, not with the run: the message says what to change."""


class UnknownRule(RulebookError):
    """No rule has this name."""

    def __init__(self, *, name: str, known: Mapping[str, object]) -> None:
        """Say which name is nearest to the unknown one."""
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the rules are: {', '.join(sorted(known))}"
        super().__init__(f"no rule is called {name!r}; {hint}")


class NoValueYet(RulebookError):
    """On this day the rule had no value yet."""

    def __init__(self, *, name: str, on: date, first: date) -> None:
        """Say from which day on the rule has a value."""
        super().__init__(f"{name} has no value on {on}: its first one is of {first}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What a value is counted in: `kind` is whole, list or choice."""

    name: str
    kind: str
    title: str
    sentence_en: str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A value, the day it takes effect and where it comes from."""

    since: date
    value: Value
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule and its whole history, oldest value first."""

    name: str
    title: str
    sentence_zh: str
    sentence_en: str
    unit: Unit
    clause: str
    group: str
    history: tuple[Dated, ...]

    def on(self, day: date | None) -> Dated:
        """Give the value in force on `day`, or the last one when no day is asked for.

        Errors: `NoValueYet` before the first value.
        """
        if day is None:
            return self.history[-1]
        begun = [dated for dated in self.history if dated.since <= day]
        if not begun:
            raise NoValueYet(name=self.name, on=day, first=self.history[0].since)
        return begun[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A named set of histories that stand in for those of the rules' own files (R8)."""

    name: str
    title: str
    sentence_zh: str
    sentence_en: str
    histories: Mapping[str, tuple[Dated, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason to refuse a rulebook or to look again; `rule` names what to change."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One preset on one day: every rule, the value of each in force, and the terms made of them.

    `settings` are the names set by hand; `unread` are settings that could not be read at all:
    they keep the preset's value here and make the check refuse the book.
    """

    preset: Preset
    on: date | None
    rules: Mapping[str, Rule]
    in_force: Mapping[str, Dated]
    settings: tuple[str, ...]
    unread: tuple[Problem, ...]
    terms: Terms

    def rule(self, *, name: str) -> Rule:
        """Give a rule by its name.

        Errors: `UnknownRule` with the nearest name.
        """
        if name not in self.rules:
            raise UnknownRule(name=name, known=self.rules)
        return self.rules[name]

    def value(self, *, name: str) -> Value:
        """Give the value in force of a rule.

        Errors: `UnknownRule` with the nearest name.
        """
        return self.in_force[self.rule(name=name).name].value

    def number(self, *, name: str) -> int:
        """Give the value in force of a rule that is one whole number."""
        value = self.value(name=name)
        assert isinstance(value, int), f"{name} is not a number"
        return value


def terms_of(*, values: Mapping[str, Value]) -> Terms:
    """Make the terms out of all values, leaving aside rules the economy does not read."""
    names = [field.name for field in dataclasses.fields(Terms)]
    return Terms(**{name: values[name] for name in names})  # type: ignore[arg-type]
