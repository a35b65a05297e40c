"""What a published version of the rules says, rule by rule, in words and with its source.

The values are those that were published; titles, sentences and sources are the rulebook's. A
value that the rulebook does not have was set by hand when the version was published.

Units: as each rule says.
Source: R9, R10, H3.
"""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from gongxiang.economy.terms import Terms
from gongxiang.ops.rows import Row, rows
from gongxiang.rulebook.book import Book, RulebookError, Value
from gongxiang.rulebook.explain import Explanation, explain, explain_all
from gongxiang.rulebook.load import load_book
from gongxiang.rulebook.values import from_values
from gongxiang.rulebook.words import in_chinese

BY_HAND: Final = "公布时另行设定"
_SET: Final = "--set"
_IN_TERMS: Final = frozenset(field.name for field in fields(Terms))
_VERSIONS: Final = """
SELECT id, preset, settings, terms, published_at, effective_at FROM governance_ruleversion
"""
_ALL: Final = f"{_VERSIONS} ORDER BY id DESC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One rule of a version: its name, its value in words, why it is so."""

    name: str
    group: str
    title: str
    words: str
    sentence: str
    clause: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A published version."""

    number: int
    preset: str
    settings: tuple[str, ...]
    terms: Terms
    published_at: datetime
    effective_at: datetime | None

    @property
    def book(self) -> Book:
        """Give the rulebook it was made from; its own words where that preset is gone."""
        try:
            return load_book(preset=self.preset, settings=self.settings)
        except RulebookError:
            return load_book()

    def value(self, told: Explanation) -> Value:
        """Give the published value of a rule."""
        name = told.rule.name
        value: Value = getattr(self.terms, name) if name in _IN_TERMS else told.in_force.value
        return value

    def tell(self, name: str) -> Told:
        """Explain one rule as this version has it."""
        return self._told(explain(book=self.book, name=name))

    def tell_all(self) -> tuple[Told, ...]:
        """Explain every rule, in the order of the rulebook."""
        return tuple(self._told(told) for told in explain_all(book=self.book))

    def _told(self, told: Explanation) -> Told:
        value = self.value(told)
        is_sourced = value == told.in_force.value and told.in_force.source != _SET
        return Told(
            name=told.rule.name,
            group=told.rule.group,
            title=told.rule.title,
            words=in_chinese(value=value, unit=told.rule.unit),
            sentence=told.rule.sentence_zh,
            clause=told.rule.clause,
            source=told.in_force.source if is_sourced else BY_HAND,
        )


def versions() -> list[Version]:
    """Give every version, newest first."""
    return [version_of(row) for row in rows(_ALL)]


def in_force(found: list[Version], *, at: datetime) -> Version | None:
    """Give the version in force at a moment, of those given newest first."""
    begun = [one for one in found if one.effective_at is None or one.effective_at <= at]
    return begun[0] if begun else None


def version_of(row: Row) -> Version:
    """Make a version of its row: number, preset, settings, terms, published, effective."""
    number, preset, settings, terms, published_at, effective_at = row
    return Version(
        number=number,
        preset=preset,
        settings=tuple(_plain(settings)),
        terms=from_values(_plain(terms)),
        published_at=published_at,
        effective_at=effective_at,
    )


def _plain(value: Any) -> Any:  # noqa: ANN401  JSON is what it is
    """Read a JSON column: Django's own driver hands it over as text."""
    return json.loads(value) if isinstance(value, str) else value
