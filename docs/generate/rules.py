"""rules.md: every rule with its value in each preset, its unit, its sources and its sentences.

Source: R8, R9.
"""

from collections.abc import Mapping

from docs.generate.markdown import code, page, table
from gongxiang.rulebook.book import Book, Dated, Rule
from gongxiang.rulebook.load import GROUPS, load_book, read_library
from gongxiang.rulebook.words import in_english

INTRODUCTION = """\
A rule (规则) is a number with a name, a unit, a start date, a source and a sentence. `rules/*.toml`
holds every rule with its safe default; `rules/presets/*.toml` holds the sets of values that differ
from them. Where a preset says nothing about a rule, the default is in force.

`python3 dev.py rules show PRESET` prints the same for one preset, `rules explain NAME` one rule
with its whole history, `rules check PRESET` whether a set holds together. `--set NAME=VALUE`
changes a rule for one run, in the stored unit (the number in brackets below)."""


def rules() -> str:
    """Make the page."""
    books = {name: load_book(preset=name) for name in sorted(read_library().presets)}
    parts = [INTRODUCTION, _presets(books)]
    for group in GROUPS:
        parts += [f"## {group}.toml", *(_rule(rule, books) for rule in _of(group))]
    return page(title="Rules", parts=[*parts, _units()])


def _of(group: str) -> list[Rule]:
    return [rule for rule in read_library().rules.values() if rule.group == group]


def _presets(books: dict[str, Book]) -> str:
    rows = [
        (code(name), book.preset.title, book.preset.sentence_en) for name, book in books.items()
    ]
    return table(head=("preset", "中文", "what it is"), rows=rows)


def _rule(rule: Rule, books: dict[str, Book]) -> str:
    heading = f"### {rule.name} · {rule.title}"
    sentences = f"{rule.sentence_en} ({rule.sentence_zh})"
    facts = f"Unit: {code(rule.unit.name)}. Clause: {rule.clause}."
    rows = [_row("default", rule, rule.history[-1])]
    for name, book in books.items():
        if rule.name in book.preset.histories:
            rows.append(_row(code(name), rule, book.in_force[rule.name]))
    values = table(head=("in", "value", "since", "source"), rows=rows)
    return f"{heading}\n\n{sentences}\n\n{facts}\n\n{values}"


def _row(place: str, rule: Rule, dated: Dated) -> tuple[str, str, str, str]:
    value = dated.value
    stored = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    words = in_english(value=value, unit=rule.unit)
    shown = words if words == stored else f"{words} ({code(stored)})" if stored else words
    return place, shown, dated.since.isoformat(), dated.source


def _units() -> str:
    units = {rule.unit.name: rule.unit for rule in read_library().rules.values()}
    rows = [
        (code(name), unit.kind, unit.title, _sentence(unit.sentence_en, unit.choices))
        for name, unit in sorted(units.items())
    ]
    return "## Units\n\n" + table(head=("unit", "kind", "中文", "what it is"), rows=rows)


def _sentence(sentence: str, choices: Mapping[str, str]) -> str:
    words = ", ".join(f"{code(word)} {title}" for word, title in choices.items())
    return f"{sentence} {words}".strip()
