"""What the public pages ask the database about the rules: versions, and what each of them says.

The values are those that were published; titles, sentences and sources are the rulebook's.

Units: as the rules say; moments in microseconds since 1970 UTC.
Source: R9; design/ui/faces.md 6.1.
"""

from dataclasses import dataclass, fields
from typing import Any

from gongxiang.base import clock
from gongxiang.economy.terms import Terms
from gongxiang.governance.models import RuleVersion
from gongxiang.queries.pool_data import Change, NotOpen, Rule, Rules, Standing, Version
from gongxiang.rulebook.book import Book
from gongxiang.rulebook.book import Rule as BookRule
from gongxiang.rulebook.explain import differences
from gongxiang.rulebook.load import load_book
from gongxiang.rulebook.values import from_values
from gongxiang.rulebook.words import in_chinese

_IN_TERMS = frozenset(field.name for field in fields(Terms))
_BY_HAND = "--set"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    version: Version
    preset: str
    settings: tuple[str, ...]
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Every published version, oldest first, as of one moment; never empty."""

    published: tuple[_Published, ...]

    @property
    def versions(self) -> tuple[Version, ...]:
        """Give all versions, newest first."""
        return tuple(each.version for each in reversed(self.published))

    @property
    def in_force(self) -> Rules:
        """Give the version in force."""
        return self._rules(self._current())

    @property
    def terms(self) -> Terms:
        """Give the terms in force, without the words of their rules."""
        return self._current().terms

    def of(self, *, number: int) -> Rules | None:
        """Give a version by its number, or None where there is none."""
        found = [each for each in self.published if each.version.number == number]
        return self._rules(found[0]) if found else None

    def on(self, *, day: int) -> Rules:
        """Give the version that was in force at the end of a Shanghai day."""
        begun = [
            each for each in self.published if clock.shanghai_day(each.version.effective_at) <= day
        ]
        return self._rules(begun[-1] if begun else self.published[0])

    def _current(self) -> _Published:
        current = [each for each in self.published if each.version.standing is Standing.IN_FORCE]
        return current[0]

    def _rules(self, chosen: _Published) -> Rules:
        before = [each for each in self.published if each.version.number < chosen.version.number]
        return Rules(
            version=chosen.version,
            terms=chosen.terms,
            rules=_told(chosen),
            changes=_changes(before[-1].terms, chosen.terms) if before else (),
        )


def shelf(*, now: int) -> Shelf:
    """Give every published version as it stands at a moment; raises `NotOpen` without any."""
    rows = list(
        RuleVersion.objects.order_by("id").values_list(
            "id", "preset", "settings", "terms", "published_at", "effective_at"
        )
    )
    if not rows:
        raise NotOpen
    begun = [row[0] for row in rows if row[5] is None or clock.from_datetime(row[5]) <= now]
    current = begun[-1] if begun else rows[0][0]
    return Shelf(published=tuple(_published(row, current) for row in rows))


def _published(row: tuple[Any, ...], current: int) -> _Published:
    number, preset, settings, terms, published_at, effective_at = row
    standing = Standing.NOTICE if number > current else Standing.REPLACED
    return _Published(
        version=Version(
            number=number,
            standing=Standing.IN_FORCE if number == current else standing,
            published_at=clock.from_datetime(published_at),
            effective_at=clock.from_datetime(effective_at or published_at),
        ),
        preset=preset,
        settings=tuple(settings),
        terms=from_values(terms),
    )


def _told(chosen: _Published) -> tuple[Rule, ...]:
    """Put every rule into words: published values before those of the rulebook's files."""
    book = load_book(preset=chosen.preset, settings=chosen.settings)
    return tuple(_rule(rule, book, chosen) for rule in book.rules.values())


def _rule(rule: BookRule, book: Book, chosen: _Published) -> Rule:
    dated = book.in_force[rule.name]
    value = getattr(chosen.terms, rule.name) if rule.name in _IN_TERMS else dated.value
    is_sourced = value == dated.value and dated.source != _BY_HAND
    return Rule(
        name=rule.name,
        group=rule.group,
        title=rule.title,
        sentence=rule.sentence_zh,
        words=in_chinese(value=value, unit=rule.unit),
        clause=rule.clause,
        source=dated.source if is_sourced else f"第 {chosen.version.number} 版另行设定",
        since=dated.since.isoformat(),
    )


def _changes(before: Terms, after: Terms) -> tuple[Change, ...]:
    return tuple(
        Change(
            title=change.rule.title,
            before=in_chinese(value=change.before, unit=change.rule.unit),
            after=in_chinese(value=change.after, unit=change.rule.unit),
        )
        for change in differences(before=before, after=after)
    )
