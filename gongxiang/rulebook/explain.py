"""Why a number is what it is: rule, value, since when, from which source, and its history.

Units: as the rule's unit says; words.py writes them out.
Source: R9, R10; platform.md (the public page shows all rules in force with their history).
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from gongxiang.economy.terms import Terms
from gongxiang.rulebook.book import Book, Dated, Rule, Value
from gongxiang.rulebook.load import read_library
from gongxiang.rulebook.words import in_chinese, in_english


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value of a rule, in words."""

    since: date
    value: Value
    chinese: str
    english: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything there is to say about a rule in one book."""

    rule: Rule
    in_force: Line
    history: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What differs between two versions in one rule."""

    rule: Rule
    before: Value
    after: Value
    sentence: str


def explain(*, book: Book, name: str) -> Explanation:
    """Tell everything about a rule of a book.

    Errors: `UnknownRule` with the nearest name.

    >>> from gongxiang.rulebook.load import load_book
    >>> told = explain(book=load_book(preset="seed-1"), name="backing_rate")
    >>> told.in_force.chinese, told.in_force.since.isoformat(), told.in_force.source
    ('70%', '2026-11-01', '方案原文：70% 兑冲基金，30% 增量资金')
    """
    rule = book.rule(name=name)
    return Explanation(
        rule=rule,
        in_force=_line(rule=rule, dated=book.in_force[name]),
        history=tuple(_line(rule=rule, dated=dated) for dated in rule.history),
    )


def explain_all(*, book: Book) -> tuple[Explanation, ...]:
    """Tell everything about every rule, in the order of the files."""
    return tuple(explain(book=book, name=name) for name in book.rules)


def differences(*, before: Terms, after: Terms) -> tuple[Change, ...]:
    """Tell in words (Chinese) what changes from one version of the terms to another.

    >>> from dataclasses import replace
    >>> from gongxiang.rulebook.load import load_terms
    >>> first = load_terms(preset="town")
    >>> second = replace(first, window=2 * first.window, rank_mode="statement_only")
    >>> [change.sentence for change in differences(before=first, after=second)]
    ['店内退款期 24 小时 → 2 天', '级差奖励 关闭 → 只出报表']
    """
    return tuple(_changes(before=before, after=after))


def _changes(*, before: Terms, after: Terms) -> Iterator[Change]:
    """Go through the rules in the order of the files and give those that differ."""
    names = {field.name for field in fields(Terms)}
    for rule in read_library().rules.values():
        if rule.name not in names:
            continue
        old, new = getattr(before, rule.name), getattr(after, rule.name)
        if old != new:
            words = [in_chinese(value=value, unit=rule.unit) for value in (old, new)]
            sentence = f"{rule.title} {words[0]} → {words[1]}"
            yield Change(rule=rule, before=old, after=new, sentence=sentence)


def _line(*, rule: Rule, dated: Dated) -> Line:
    """Put one value into words."""
    return Line(
        since=dated.since,
        value=dated.value,
        chinese=in_chinese(value=dated.value, unit=rule.unit),
        english=in_english(value=dated.value, unit=rule.unit),
        source=dated.source,
    )
